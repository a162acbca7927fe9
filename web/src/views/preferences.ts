/** How one writes, on this device. */
import { Store } from "../model/store.ts";

export interface Preferences {
    /** What sends; the other one makes a line. */
    sendKey: "enter" | "ctrl-enter";
    /** Single letters act on the message that has the focus (R, T, E, C). */
    singleKeys: boolean;
}

const KEPT = "alphorn.preferences";
const DEFAULT: Preferences = { sendKey: "enter", singleKeys: true };

function read(): Preferences {
    try {
        return { ...DEFAULT, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Preferences>) };
    } catch {
        return DEFAULT;
    }
}

class PreferenceStore extends Store<Preferences> {
    constructor() {
        super(read());
    }

    change(part: Partial<Preferences>): void {
        this.set({ ...this.getSnapshot(), ...part });
        try {
            localStorage.setItem(KEPT, JSON.stringify(this.getSnapshot()));
        } catch {
            // It holds until the page is closed.
        }
    }
}

export const preferences = new PreferenceStore();
