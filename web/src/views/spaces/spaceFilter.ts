/** The space whose rooms the list shows, kept on this device. */
import { Store } from "../../model/store.ts";

const KEPT = "alphorn.space";

function read(): string | null {
    try {
        return localStorage.getItem(KEPT);
    } catch {
        return null;
    }
}

class SpaceFilter extends Store<string | null> {
    choose(id: string | null): void {
        try {
            if (id) localStorage.setItem(KEPT, id);
            else localStorage.removeItem(KEPT);
        } catch {
            // It holds until the page is closed.
        }
        this.set(id);
    }
}

export const spaceFilter = new SpaceFilter(read());
