/** A timeline as views show it: items from the client, rows for the screen. Pure. */
import type { Urgency } from "./compose.ts";
import { sameDay } from "./time.ts";

/** Text of others without what turns the lines around it or grows over them. Isolates stay: they harm nobody. */
export function calm(text: string): string {
    return text.replace(/[\u202a-\u202e]/g, "").replace(/(\p{M}{4})\p{M}+/gu, "$1");
}

const LINE_FROM_MAX = 5000;

/** A text where there is room for a line only: links to people are their names, what was hidden stays hidden. */
export function plainLine(body: string, html: unknown): string {
    let line = body.slice(0, LINE_FROM_MAX).replace(/\[([^\]\n]{1,80})\]\(https:\/\/matrix\.to\/#\/[^)\s]{1,300}\)/g, "$1");
    if (typeof html !== "string" || !html.includes("data-mx-spoiler")) return line;
    for (const [, inner] of html.slice(0, LINE_FROM_MAX).matchAll(/<span[^>]*\sdata-mx-spoiler\b[^>]*>([^<]*)/g)) if (inner) line = line.replaceAll(inner, "▒▒▒");
    return line;
}

export type DeliveryState = "sending" | "waiting" | "sent" | "read" | "refused";

export interface Person {
    id: string;
    name: string;
    avatar: string | null;
}

export interface FileInfo {
    name: string;
    mime: string;
    sizeBytes: number | null;
    /** mxc:// address. */
    url: string | null;
    /** What is needed to open an encrypted file. */
    encrypted: Record<string, unknown> | null;
    width?: number;
    height?: number;
    durationMs?: number;
    waveform?: readonly number[];
    thumbnail?: { url: string | null; encrypted: Record<string, unknown> | null };
    blurhash?: string;
}

export type MessageContent =
    | { type: "text"; body: string; html: string | null; style: "text" | "emote" | "notice" }
    | { type: "image" | "video" | "audio" | "voice" | "file"; file: FileInfo; caption: string | null; captionHtml: string | null }
    | { type: "location"; uri: string; body: string }
    | { type: "poll"; raw: Record<string, unknown> }
    | { type: "sticker"; file: FileInfo }
    | { type: "locked"; reason: LockedReason }
    | { type: "deleted"; by: Person | null }
    | { type: "unknown"; body: string };

/** What was made anew, or what was there before if it says the same: what shows it need not be drawn anew. */
export function settled<T>(now: T, before: T | undefined): T {
    return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** Why a message cannot be opened yet. */
export type LockedReason =
    | "waiting"
    /** Written before this device was there. */
    | "before-device"
    | "before-joining"
    | "withheld"
    /** The sender writes to confirmed devices only. */
    | "withheld-unverified"
    | "sender-changed"
    | "sender-unknown";

/** Why a message breaks through quiet hours: it names everybody in the room, or carries a mark. */
export type Priority = "everybody" | Urgency;

export interface Reaction {
    key: string;
    /** The key as it may be shown. */
    shown: string;
    count: number;
    /** My own reaction, to take it back; `~` and a transaction id while it is on its way. */
    mine: string | null;
    people: readonly string[];
}

export interface ThreadLine {
    count: number;
    lastAt: number;
    people: readonly Person[];
}

export interface MessageItem {
    kind: "message";
    /** Stays the same from the first shown waiting state to the event's arrival. */
    key: string;
    eventId: string | null;
    txnId: string | null;
    sender: Person;
    own: boolean;
    at: number;
    content: MessageContent;
    edited: boolean;
    encrypted: boolean;
    replyTo: string | null;
    /** The first message of the thread it is in. */
    threadRoot: string | null;
    /** The thread that begins with it. */
    thread: ThreadLine | null;
    reactions: readonly Reaction[];
    /** Ids of the people it names. */
    mentions: readonly string[];
    mentionsMe: boolean;
    priority: Priority | null;
    state: DeliveryState;
    readBy: number;
    /** For refused messages: a name of `errors`. */
    refusal: string | null;
    /** How much of its file is uploaded, between 0 and 1. */
    progress: number | null;
}

/** Something that happened in the room, in one grey line. */
export type Happening =
    | { what: "joined" | "left" | "rejected" | "created" | "encrypted" | "avatar" | "topic" | "upgraded" | "pinned" | "powers" | "knocked" }
    | { what: "invited" | "removed" | "banned" | "unbanned"; target: Person }
    | { what: "renamed"; name: string }
    | { what: "called-themselves"; before: string; after: string };

export interface HappeningItem {
    kind: "happening";
    key: string;
    eventId: string;
    sender: Person;
    own: boolean;
    at: number;
    happening: Happening;
}

export type TimelineItem = MessageItem | HappeningItem;

export type Row =
    | { row: "day"; key: string; at: number }
    | { row: "new"; key: string; at: number }
    | { row: "only-here"; key: string }
    | { row: "message"; key: string; item: MessageItem; first: boolean; last: boolean }
    | { row: "happenings"; key: string; items: readonly HappeningItem[] };

const RUN_MS = 5 * 60 * 1000;
const HAPPENINGS_FOLDED_MAX = 50;

/** Rows with date lines, the new line, and runs of the same sender. `readUpTo` is the last event read on opening. */
export function rowsOf(items: readonly TimelineItem[], readUpTo: string | null): Row[] {
    const rows: Row[] = [];
    let before: TimelineItem | null = null;
    let newLine = false;
    let onlyHere = false;
    let day = 0;
    let newWaits = false;
    for (const item of items) {
        if (!day || !sameDay(day, item.at)) {
            rows.push({ row: "day", key: `day-${new Date(item.at).toDateString()}`, at: item.at });
            day = item.at;
            before = null;
        }
        if (newWaits && !newLine && !item.own) {
            rows.push({ row: "new", key: "new", at: item.at });
            newLine = true;
            before = null;
        }
        if (item.kind === "message" && item.state === "waiting" && !onlyHere) {
            rows.push({ row: "only-here", key: "only-here" });
            onlyHere = true;
            before = null;
        }
        push(rows, item, before);
        before = item;
        if (readUpTo !== null && item.eventId === readUpTo) newWaits = true;
    }
    return rows;
}

function push(rows: Row[], item: TimelineItem, before: TimelineItem | null): void {
    const top = rows.at(-1);
    if (item.kind === "happening") {
        if (top?.row === "happenings" && top.items.length < HAPPENINGS_FOLDED_MAX) {
            rows[rows.length - 1] = { ...top, items: [...top.items, item] };
        } else {
            rows.push({ row: "happenings", key: item.key, items: [item] });
        }
        return;
    }
    const joins =
        before?.kind === "message" &&
        before.sender.id === item.sender.id &&
        item.at - before.at < RUN_MS &&
        item.replyTo === null &&
        before.content.type !== "deleted" &&
        item.content.type !== "deleted";
    if (joins && top?.row === "message") rows[rows.length - 1] = { ...top, last: false };
    rows.push({ row: "message", key: item.key, item, first: !joins, last: true });
}
