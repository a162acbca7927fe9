/** Theme, contrast and density of this device. public/boot.js sets them before the first paint. */
import { Store } from "../model/store.ts";

export interface Appearance {
    theme: "system" | "light" | "dark";
    contrast: "system" | "normal" | "more";
    density: "comfortable" | "compact";
}

const KEPT = "alphorn.appearance";
const DEFAULT: Appearance = { theme: "system", contrast: "system", density: "comfortable" };

function read(): Appearance {
    try {
        return { ...DEFAULT, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Appearance>) };
    } catch {
        return DEFAULT;
    }
}

class AppearanceStore extends Store<Appearance> {
    readonly #dark = matchMedia("(prefers-color-scheme: dark)");
    readonly #more = matchMedia("(prefers-contrast: more)");

    constructor() {
        super(read());
        this.#dark.addEventListener("change", () => this.#apply());
        this.#more.addEventListener("change", () => this.#apply());
        this.#apply();
    }

    change(part: Partial<Appearance>): void {
        this.set({ ...this.getSnapshot(), ...part });
        try {
            localStorage.setItem(KEPT, JSON.stringify(this.getSnapshot()));
        } catch {
            // It holds until the page is closed.
        }
        this.#apply();
    }

    #apply(): void {
        const { theme, contrast, density } = this.getSnapshot();
        const root = document.documentElement;
        root.dataset.theme = theme === "system" ? (this.#dark.matches ? "dark" : "light") : theme;
        const more = contrast === "more" || (contrast === "system" && this.#more.matches);
        if (more) root.dataset.contrast = "more";
        else delete root.dataset.contrast;
        if (density === "compact") root.dataset.density = "compact";
        else delete root.dataset.density;
    }
}

export const appearance = new AppearanceStore();
