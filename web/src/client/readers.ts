/** Who has read how far. */
import type { MatrixEvent, Room } from "matrix-js-sdk";

const LOOKED_BACK = 400;

/** For each of the newest events: how many others have read it. */
export function readersOf(room: Room, events: readonly MatrixEvent[], me: string): Map<MatrixEvent, number> {
    const found = new Map<MatrixEvent, number>();
    const readers = new Set<string>();
    for (let index = events.length - 1; index >= 0 && index > events.length - LOOKED_BACK; index--) {
        const event = events[index]!;
        readAt(room, event, me, readers);
        found.set(event, readers.size);
        wrote(event, me, readers);
    }
    return found;
}

/** The people who have read this event, newest readers first. */
export function peopleWhoRead(room: Room, events: readonly MatrixEvent[], eventId: string, me: string): string[] {
    const readers = new Set<string>();
    for (let index = events.length - 1; index >= 0; index--) {
        const event = events[index]!;
        readAt(room, event, me, readers);
        if (event.getId() === eventId) break;
        wrote(event, me, readers);
    }
    return [...readers];
}

function readAt(room: Room, event: MatrixEvent, me: string, readers: Set<string>): void {
    for (const { userId } of room.getReceiptsForEvent(event)) if (userId !== me) readers.add(userId);
    const threadId = event.threadRootId;
    const thread = threadId ? room.getThread(threadId) : null;
    for (const { userId } of thread?.getReceiptsForEvent(event) ?? []) if (userId !== me) readers.add(userId);
}

/** Who writes has read what stood before. */
function wrote(event: MatrixEvent, me: string, readers: Set<string>): void {
    const author = event.getSender();
    if (author && author !== me && !event.isState()) readers.add(author);
}
