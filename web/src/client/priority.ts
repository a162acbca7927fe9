/**
 * Which messages have priority: those to everybody in the room (`m.mentions` with `room`), and those with the mark
 * `io.alphorn.priority`; both only from people who may address everybody there (power level `notifications.room`).
 */
import type { MatrixEvent, Room } from "matrix-js-sdk";

export const PRIORITY = "io.alphorn.priority";

export function hasPriority(room: Room, event: MatrixEvent): boolean {
    const sender = event.getSender();
    if (!sender || event.isRedacted()) return false;
    const content = event.getContent();
    const everybody = (content["m.mentions"] as { room?: unknown } | null | undefined)?.room === true;
    return (everybody || isMarked(event)) && room.currentState.mayTriggerNotifOfType("room", sender);
}

/** The mark alone, whoever wrote it. */
export function isMarked(event: MatrixEvent): boolean {
    const mark = event.getContent()[PRIORITY];
    return mark === "urgent" || mark === "critical";
}
