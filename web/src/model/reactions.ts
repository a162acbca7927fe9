/** Reactions as they are shown: the key that others chose may be anything. */
import { cleanName } from "./names.ts";

const KEY_LENGTH_MAX = 32;
const SHOWN_MAX = 6;
/** What turns or hides text; joiners and selectors belong to emoji and stay. */
const TURNING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200c\u200e-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\ufe0f?\u20e3/u;

/** The key without what deceives: emoji as they are, words shortened. */
export function shownKey(key: string): string {
    const calm = key.slice(0, 200).replace(TURNING, "");
    if (PICTURE.test(calm) && calm.length <= KEY_LENGTH_MAX && !/[\p{L}]/u.test(calm)) return calm;
    const clean = cleanName(key, "·");
    const letters = [...clean];
    return letters.length > 20 ? `${letters.slice(0, 19).join("")}…` : clean;
}

/** The first six, and how many more there are. */
export function folded<T>(all: readonly T[], open: boolean): { shown: readonly T[]; more: number } {
    if (open || all.length <= SHOWN_MAX) return { shown: all, more: 0 };
    return { shown: all.slice(0, SHOWN_MAX), more: all.length - SHOWN_MAX };
}
