/** Messages on their way out, from the first key press of Send until their event id came back. */
import type { MatrixClient } from "matrix-js-sdk";
import { Store, type Readable } from "../model/store.ts";
import { isRefusal, toFailure } from "./failures.ts";
import type { Session } from "./session.ts";

export interface OutgoingItem {
    roomId: string;
    txnId: string;
    type: string;
    content: Record<string, unknown>;
    createdAt: number;
    state: "sending" | "waiting" | "sent" | "refused";
    /** A name of `errors`, for "refused". */
    refusal: string | null;
    eventId: string | null;
    /** Files that wait with it. */
    attachments?: readonly { part: string; name: string; type: string; size: number }[];
    /** How much of them is uploaded, between 0 and 1. */
    progress?: number | null;
}

/** A file that goes with a message: "file" is what it is about, "thumbnail" the small picture of it. */
export interface AttachedFile {
    part: "file" | "thumbnail";
    name: string;
    blob: Blob;
}

/** Sends one message; the same `txnId` on every attempt. Answers with the event id. */
export type Deliver = (item: { roomId: string; txnId: string; type: string; content: Record<string, unknown> }) => Promise<string>;

/** What the client needs of an outbox. `src/continuity` has the one that survives reload and death of the tab. */
export interface Outgoing extends Readable<readonly OutgoingItem[]> {
    /** Keeps the message before it is shown; answers with its transaction id. */
    submit(roomId: string, type: string, content: Record<string, unknown>): Promise<string>;
    /** The same with files: they are kept beside it, encrypted and uploaded before it is sent, and named in it then. */
    submitFiles?(roomId: string, type: string, content: Record<string, unknown>, files: readonly AttachedFile[]): Promise<string>;
    retry(roomId: string, txnId: string): void;
    drop(roomId: string, txnId: string): Promise<OutgoingItem | null>;
    /** The event has come back through the timeline: its item is no longer needed. */
    arrived(roomId: string, eventId: string, txnId?: string): void;
    /** Removes everything from this device. */
    forget?(): Promise<void>;
    /** On a full device: makes room; true once there is some and all that waits is on the disk. */
    regain?(): Promise<boolean>;
    /** Begins to send, with what sends. */
    start(deliver: Deliver, client: MatrixClient): void;
    stop(): void;
}

const RETRY_MS = 1500;

/** In memory only: for tests and until a kept one is handed in. Order is kept per room. */
export class MemoryOutgoing extends Store<readonly OutgoingItem[]> implements Outgoing {
    #deliver: Deliver | null = null;
    readonly #busy = new Set<string>();

    constructor() {
        super([]);
    }

    async submit(roomId: string, type: string, content: Record<string, unknown>): Promise<string> {
        const txnId = `a${crypto.randomUUID()}`;
        const item: OutgoingItem = { roomId, txnId, type, content, createdAt: Date.now(), state: "sending", refusal: null, eventId: null };
        this.set([...this.getSnapshot(), item]);
        void this.#run(roomId);
        return txnId;
    }

    retry(roomId: string, txnId: string): void {
        this.#change(txnId, { state: "sending", refusal: null });
        void this.#run(roomId);
    }

    async drop(_roomId: string, txnId: string): Promise<OutgoingItem | null> {
        const found = this.getSnapshot().find((item) => item.txnId === txnId) ?? null;
        this.set(this.getSnapshot().filter((item) => item.txnId !== txnId));
        return found;
    }

    arrived(_roomId: string, eventId: string, txnId?: string): void {
        if (this.getSnapshot().some((item) => item.eventId === eventId || item.txnId === txnId)) {
            this.set(this.getSnapshot().filter((item) => item.eventId !== eventId && item.txnId !== txnId));
        }
    }

    start(deliver: Deliver): void {
        this.#deliver = deliver;
        for (const roomId of new Set(this.getSnapshot().map((item) => item.roomId))) void this.#run(roomId);
    }

    stop(): void {
        this.#deliver = null;
    }

    #change(txnId: string, change: Partial<OutgoingItem>): void {
        this.set(this.getSnapshot().map((item) => (item.txnId === txnId ? { ...item, ...change } : item)));
    }

    async #run(roomId: string): Promise<void> {
        if (this.#busy.has(roomId)) return;
        this.#busy.add(roomId);
        try {
            for (;;) {
                const next = this.getSnapshot().find(
                    (item) => item.roomId === roomId && (item.state === "sending" || item.state === "waiting"),
                );
                if (!next || !this.#deliver) return;
                try {
                    const eventId = await this.#deliver(next);
                    this.#change(next.txnId, { state: "sent", eventId });
                } catch (error) {
                    if (isRefusal(error)) this.#change(next.txnId, { state: "refused", refusal: toFailure(error).kind });
                    else {
                        this.#change(next.txnId, { state: "waiting" });
                        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
                    }
                }
            }
        } finally {
            this.#busy.delete(roomId);
        }
    }
}

type Make = (session: Session) => Promise<Outgoing> | Outgoing;
let make: Make = () => new MemoryOutgoing();

/** Where outgoing messages are kept. `src/connect.ts` hands in what survives, before anybody signs in. */
export function useOutgoing(maker: Make): void {
    make = maker;
}

export async function makeOutgoing(session: Session): Promise<Outgoing> {
    return make(session);
}
