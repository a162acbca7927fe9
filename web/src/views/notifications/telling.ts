/** What this device does when something arrives. */
import { TELLING_DEFAULT, type Telling } from "../../model/notify.ts";
import { Store } from "../../model/store.ts";

const KEPT = "alphorn.telling";

function read(): Telling {
    try {
        return { ...TELLING_DEFAULT, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Telling>) };
    } catch {
        return TELLING_DEFAULT;
    }
}

class TellingStore extends Store<Telling> {
    constructor() {
        super(read());
    }

    change(part: Partial<Telling>): void {
        this.set({ ...this.getSnapshot(), ...part });
        try {
            localStorage.setItem(KEPT, JSON.stringify(this.getSnapshot()));
        } catch {
            // It holds until the page is closed.
        }
    }
}

export const telling = new TellingStore();
