/**
 * Which messages have priority: those to everybody in the room (`m.mentions` with `room`), and those with the mark
 * `io.alphorn.priority`; both only from people who may address everybody there (power level `notifications.room`).
 */
import type { MatrixEvent, Room } from "matrix-js-sdk";
import { urgencyOf } from "../model/compose.ts";
import type { Priority } from "../model/timeline.ts";

export function priorityOf(room: Room, event: MatrixEvent): Priority | null {
    const sender = event.getSender();
    if (!sender || event.isRedacted() || room.client.isUserIgnored(sender)) return null;
    const content = event.getContent();
    const everybody = (content["m.mentions"] as { room?: unknown } | null | undefined)?.room === true;
    const priority = urgencyOf(content) ?? (everybody ? "everybody" : null);
    return priority && room.currentState.mayTriggerNotifOfType("room", sender) ? priority : null;
}

/** The mark alone, whoever wrote it. */
export function isMarked(event: MatrixEvent): boolean {
    return urgencyOf(event.getContent()) !== null;
}
