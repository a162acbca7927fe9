/** What waits to be sent, as views and senders see it. */

export type Content = Record<string, unknown>;

/**
 * waiting: on this device, no node has it for certain. sending: a request is under way. sent: a node has stored it
 * durably, its echo in the timeline has not come yet. refused: a node said no, for good. withdrawn: the user took it
 * back after it may have gone out; it is not sent, and removed should it turn up.
 */
export type OutboxState = "waiting" | "sending" | "sent" | "refused" | "withdrawn";

export interface OutboxItem {
    txnId: string;
    /** Greater is later; within a room they go out in this order. */
    order: number;
    roomId: string;
    type: string;
    content: Content;
    /** Files that are uploaded before it is sent, by the part of the message they are. */
    attachments: readonly Attachment[];
    state: OutboxState;
    /** The server's wall clock when it was written. */
    createdAt: number;
    eventId: string | null;
    refusal: { errcode: string; reason: string } | null;
    /** It was given to the network at least once: a node may have it. */
    tried: boolean;
    /** It is on the disk. If not, the device is full, and it lives as long as the page. */
    kept: boolean;
    /** Of the upload, between 0 and 1. */
    progress: number | null;
}

export interface Attachment {
    part: string;
    name: string;
    type: string;
    size: number;
}

/** What the user hands in. */
export interface Draft {
    roomId: string;
    type: string;
    content: Content;
    attachments?: readonly { part: string; name: string; blob: Blob }[];
}

/** The server has looked at it and said no; asking again would not help. */
export class Refused extends Error {
    override name = "Refused";
    constructor(
        readonly errcode: string,
        readonly reason: string,
    ) {
        super(`${errcode}: ${reason}`);
    }
}

/** The server asks for patience. */
export class Later extends Error {
    override name = "Later";
    constructor(readonly afterMs: number) {
        super("later");
    }
}

/** How messages get out; the client layer encrypts and asks the server. */
export interface Transport {
    /** Sends one event and returns its id. Rejects with `Refused`, `Later`, or anything else for "no node has it". */
    send(item: { roomId: string; type: string; content: Content; txnId: string }): Promise<string>;
    /** Uploads files, encrypted where the room is, and returns the content that names them. */
    upload(
        item: { roomId: string; content: Content; txnId: string },
        files: readonly { part: string; name: string; blob: Blob }[],
        progress: (done: number) => void,
    ): Promise<Content>;
    /** Takes an event back. */
    redact(roomId: string, eventId: string, txnId: string): Promise<void>;
}

/** In an item's content, the id of a message that itself still waits: it is filled in when that one is sent. */
export const waitingId = (txnId: string): string => `~waiting:${txnId}`;

/** Puts real ids in place of waiting ones. Null if one is not known (yet). */
export function fillIn(content: Content, eventIdOf: (txnId: string) => string | null): Content | null {
    let missing = false;
    const walk = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(walk);
        if (value && typeof value === "object") {
            return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
        }
        return value;
    };
    const fill = (holder: unknown): void => {
        if (!holder || typeof holder !== "object") return;
        const named = holder as Record<string, unknown>;
        for (const key of ["event_id", "redacts"]) {
            const id = named[key];
            if (typeof id !== "string" || !id.startsWith("~waiting:")) continue;
            const real = eventIdOf(id.slice("~waiting:".length));
            if (real) named[key] = real;
            else missing = true;
        }
    };
    const copy = walk(content) as Content;
    const relation = copy["m.relates_to"] as Record<string, unknown> | undefined;
    fill(copy);
    fill(relation);
    fill(relation?.["m.in_reply_to"]);
    return missing ? null : copy;
}
