/** History of a room page by page, newest first, opened with this device's keys. */
import { Direction, type MatrixClient, type MatrixEvent } from "matrix-js-sdk";
import { asked } from "./asked.ts";

export interface Page {
    /** Newest first. */
    events: MatrixEvent[];
    /** Where the next page begins; null at the beginning of the room. */
    next: string | null;
}

/** `from` null is the newest end. */
export async function readPage(client: MatrixClient, roomId: string, from: string | null, limit = 100): Promise<Page> {
    const answer = await asked(() => client.createMessagesRequest(roomId, from, limit, Direction.Backward));
    const map = client.getEventMapper({ decrypt: false });
    const events = answer.chunk.map((raw) => map(raw));
    for (const event of events) {
        // One that cannot be opened stays closed; the page is still good.
        if (event.isEncrypted()) await client.decryptEventIfNeeded(event).catch(() => undefined);
    }
    const next = answer.end && answer.end !== from && answer.chunk.length > 0 ? answer.end : null;
    return { events, next };
}
