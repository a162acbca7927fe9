/** What a room's composer is about: an answer, a change, or neither. One for each room and thread. */
import { Cell } from "../../model/store.ts";
import type { MessageItem } from "../../model/timeline.ts";

export type Composing = { mode: "reply" | "edit"; item: MessageItem } | null;

const all = new Map<string, Cell<Composing>>();

export function composing(roomId: string, threadId: string | null): Cell<Composing> {
    const key = `${roomId} ${threadId ?? ""}`;
    let cell = all.get(key);
    if (!cell) all.set(key, (cell = new Cell<Composing>(null)));
    return cell;
}
