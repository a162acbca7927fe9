/** What lies over a timeline, one at a time: the menu of a message, the emoji, who has read, where to forward. */
import { Cell } from "../../model/store.ts";
import type { FileInfo, MessageItem } from "../../model/timeline.ts";
import type { Action } from "./actions.tsx";

/** A place on the screen; an element is one as long as it is in the page. */
export interface Anchor {
    getBoundingClientRect(): DOMRect;
}

/** Where an element is now: the bar over a message goes away when something opens over it. */
export function placeOf(element: Element): Anchor {
    const rect = element.getBoundingClientRect();
    return { getBoundingClientRect: () => rect };
}

export type Overlay =
    | { kind: "menu"; anchor: Anchor; align?: "start" | "end"; actions: readonly Action[] }
    | { kind: "sheet"; actions: readonly Action[]; react: ((key: string) => void) | null }
    | { kind: "emoji"; anchor: Anchor; align?: "start" | "end"; pick: (emoji: string) => void }
    | { kind: "read"; roomId: string; eventId: string }
    | { kind: "forward"; roomId: string; item: MessageItem }
    | { kind: "viewer"; roomId: string; threadId: string | null; eventId: string; file: FileInfo }
    | { kind: "location"; roomId: string; threadId: string | null }
    | { kind: "poll"; roomId: string; threadId: string | null };

export const overlay = new Cell<Overlay | null>(null);
