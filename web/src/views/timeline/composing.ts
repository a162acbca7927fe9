/** What a room's composer is about: an answer, a change, or neither; and how urgent it is. One for each room and thread. */
import type { Urgency } from "../../model/compose.ts";
import { Cell } from "../../model/store.ts";
import type { MessageItem } from "../../model/timeline.ts";

export type Composing = { mode: "reply" | "edit"; item: MessageItem } | null;

function perPlace<T>(): (roomId: string, threadId: string | null) => Cell<T | null> {
    const all = new Map<string, Cell<T | null>>();
    return (roomId, threadId) => {
        const key = `${roomId} ${threadId ?? ""}`;
        let cell = all.get(key);
        if (!cell) all.set(key, (cell = new Cell<T | null>(null)));
        return cell;
    };
}

export const composing = perPlace<NonNullable<Composing>>();
export const urgency = perPlace<Urgency>();
