/** Reads a room from its newest message to its first, opens it with this device's keys, and writes it out. */
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { exportHtml, exportJson, type Exported, type ExportMeta, type ExportWords } from "../model/exporting.ts";
import { messageContent, personOf } from "./convert.ts";
import { readPage } from "./pages.ts";

export interface ExportOrder {
    format: "html" | "json";
    /** Nothing older than this. */
    since: number;
    language: string;
    words: ExportWords;
    signal: AbortSignal;
    /** How many there are so far, and how far back. */
    onProgress: (count: number, at: number) => void;
}

const EVENTS_MAX = 200_000;

export interface ExportResult {
    blob: Blob;
    count: number;
    /** False where the room was longer than can be written at once. */
    complete: boolean;
}

export async function exportRoom(client: MatrixClient, roomId: string, order: ExportOrder): Promise<ExportResult> {
    const room = client.getRoom(roomId);
    if (!room) throw new TypeError("not in this room");
    await room.loadMembersIfNeeded().catch(() => false);
    const { events, complete } = await readAll(client, roomId, order);
    const meta: ExportMeta = {
        roomId,
        roomName: room.name,
        topic: String(room.currentState.getStateEvents("m.room.topic", "")?.getContent().topic ?? ""),
        exportedAt: Date.now(),
        exportedBy: client.getSafeUserId(),
        language: order.language,
    };
    events.reverse();
    const messages = order.format === "html" ? messagesIn(room, events) : [];
    const pieces = order.format === "html" ? exportHtml(meta, messages, order.words) : exportJson(meta, events.map(plain));
    const type = order.format === "html" ? "text/html" : "application/json";
    return { blob: new Blob(pieces, { type }), count: order.format === "html" ? messages.length : events.length, complete };
}

async function readAll(client: MatrixClient, roomId: string, order: ExportOrder): Promise<{ events: MatrixEvent[]; complete: boolean }> {
    const events: MatrixEvent[] = [];
    let from: string | null = null;
    for (;;) {
        order.signal.throwIfAborted();
        const page: { events: MatrixEvent[]; next: string | null } = await readPage(client, roomId, from, 200);
        const wanted = page.events.filter((event) => event.getTs() >= order.since);
        events.push(...wanted);
        order.onProgress(events.length, page.events.at(-1)?.getTs() ?? 0);
        from = page.next;
        if (from === null || wanted.length < page.events.length) return { events, complete: true };
        if (events.length >= EVENTS_MAX) return { events, complete: false };
        // The page stays usable.
        await new Promise((resolve) => setTimeout(resolve, 0));
    }
}

/** An event as the room has it, opened where this device can. */
function plain(event: MatrixEvent): unknown {
    const state = event.getStateKey();
    return {
        event_id: event.getId(),
        type: event.getType(),
        sender: event.getSender(),
        origin_server_ts: event.getTs(),
        ...(state === undefined ? {} : { state_key: state }),
        content: event.isRedacted() ? {} : event.getContent(),
        ...(event.isRedacted() ? { redacted: true } : {}),
    };
}

/** Messages oldest first, each with its last edit. */
function messagesIn(room: Room, events: readonly MatrixEvent[]): Exported[] {
    const edits = new Map<string, Record<string, unknown>>();
    for (const event of events) {
        const relation = event.getRelation();
        const content = event.getContent()["m.new_content"];
        if (relation?.rel_type === "m.replace" && relation.event_id && typeof content === "object" && content && !event.isRedacted()) {
            edits.set(`${relation.event_id} ${event.getSender()}`, content as Record<string, unknown>);
        }
    }
    return events.flatMap((event) => exportedOf(room, event, edits) ?? []);
}

function exportedOf(room: Room, event: MatrixEvent, edits: ReadonlyMap<string, Record<string, unknown>>): Exported | null {
    const sender = event.getSender();
    const id = event.getId();
    if (!sender || !id || event.isState() || event.getRelation()?.rel_type === "m.replace") return null;
    const about = { id, at: event.getTs(), sender, senderName: personOf(room, sender).name, text: "", file: null, edited: false };
    if (event.isRedacted()) return event.getType() === "m.room.message" || event.isEncrypted() ? { ...about, note: "deleted" } : null;
    if (event.isDecryptionFailure() || event.getType() === "m.room.encrypted") return { ...about, note: "locked" };
    if (event.getType() !== "m.room.message") return null;
    const edit = edits.get(`${id} ${sender}`);
    const content = messageContent(edit ?? event.getContent());
    const text = content.type === "text" || content.type === "location" || content.type === "unknown" ? content.body : "caption" in content ? (content.caption ?? "") : "";
    return { ...about, text, file: "file" in content ? content.file.name : null, edited: edit !== undefined, note: null };
}
