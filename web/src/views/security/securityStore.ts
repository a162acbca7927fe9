/** Which of the dialogs about keys is open, and what was put off until later. */
import { Cell } from "../../model/store.ts";

export type SecurityDialog = "key" | "this-device" | "guide" | null;

export const securityDialog = new Cell<SecurityDialog>(null);

const KEPT = "alphorn.guide";
const LATER_MS = 20 * 60 * 60 * 1000;

/** Until when nobody is reminded of what is not done yet. */
export const putOffUntil = new Cell(read());

function read(): number {
    try {
        return Number(localStorage.getItem(KEPT) ?? 0) || 0;
    } catch {
        return 0;
    }
}

export function putOff(): void {
    const until = Date.now() + LATER_MS;
    putOffUntil.set(until);
    try {
        localStorage.setItem(KEPT, String(until));
    } catch {
        // It holds until the page is closed.
    }
}

/** Somebody else may sign in here next. */
export function forgetPutOff(): void {
    try {
        localStorage.removeItem(KEPT);
    } catch {
        // There was nothing.
    }
    putOffUntil.set(0);
}
