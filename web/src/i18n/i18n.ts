/** Words in four languages. Catalogues: one file per place and language, `<place>.<language>.json`. */
import type { Catalogue } from "./catalogue.ts";
import { loaded } from "../model/loaded.ts";
import { Store } from "../model/store.ts";

export type Language = "en" | "fr" | "de" | "it";
export const LANGUAGES: readonly Language[] = ["en", "de", "fr", "it"];

/** `place.name`, as in `shell.settings`. */
export type Key = { [P in keyof Catalogue & string]: `${P}.${keyof Catalogue[P] & string}` }[keyof Catalogue & string];

export type Params = Record<string, string | number>;
type Text = string | { one?: string; many?: string; other: string };
type Words = Map<string, Text>;

const KEPT = "alphorn.language";

const LOAD: Record<Language, () => Promise<{ words: Record<string, Record<string, unknown>> }>> = {
    en: () => import("./languages/en.ts"),
    fr: () => import("./languages/fr.ts"),
    de: () => import("./languages/de.ts"),
    it: () => import("./languages/it.ts"),
};

/** Words that come with their place. */
const LATER = {
    admin: {
        en: () => import("./languages/admin/en.ts"),
        fr: () => import("./languages/admin/fr.ts"),
        de: () => import("./languages/admin/de.ts"),
        it: () => import("./languages/admin/it.ts"),
    },
    keys: {
        en: () => import("./languages/keys/en.ts"),
        fr: () => import("./languages/keys/fr.ts"),
        de: () => import("./languages/keys/de.ts"),
        it: () => import("./languages/keys/it.ts"),
    },
    rooms: {
        en: () => import("./languages/rooms/en.ts"),
        fr: () => import("./languages/rooms/fr.ts"),
        de: () => import("./languages/rooms/de.ts"),
        it: () => import("./languages/rooms/it.ts"),
    },
};

async function load(from: () => Promise<{ words: Record<string, Record<string, unknown>> }>): Promise<Words> {
    const words: Words = new Map();
    for (const [path, texts] of Object.entries((await loaded(from)).words)) {
        const place = path.slice(path.lastIndexOf("/") + 1).split(".")[0];
        for (const [name, text] of Object.entries(texts)) words.set(`${place}.${name}`, text as Text);
    }
    return words;
}

/** The language in use; `getSnapshot` changes when another one has been loaded. */
class LanguageStore extends Store<Language> {
    #words: Words = new Map();
    #plural = new Intl.PluralRules("en");
    readonly #needed = new Set<keyof typeof LATER>();

    async use(language: Language): Promise<void> {
        const words = await load(LOAD[language]);
        for (const place of this.#needed) for (const [name, text] of await load(LATER[place][language])) words.set(name, text);
        this.#words = words;
        this.#plural = new Intl.PluralRules(language);
        this.set(language);
    }

    /** Fetches the words of a place that is about to be shown. */
    async need(place: keyof typeof LATER): Promise<void> {
        if (this.#needed.has(place)) return;
        const language = this.getSnapshot();
        const words = await load(LATER[place][language]);
        this.#needed.add(place);
        // Another language was chosen meanwhile: all is loaded anew.
        if (language !== this.getSnapshot()) return this.use(this.getSnapshot());
        for (const [name, text] of words) this.#words.set(name, text);
    }

    text(key: string, count: number | undefined): string {
        const text = this.#words.get(key);
        if (text === undefined) return key;
        if (typeof text === "string") return text;
        const form = this.#plural.select(count ?? 0);
        return (form === "one" ? text.one : form === "many" ? text.many : undefined) ?? text.other;
    }
}

export const language = new LanguageStore("en");

/** The chosen language, else the first of the browser's that we have. */
export function preferredLanguage(): Language {
    const known = (code: string | null | undefined): Language | undefined =>
        LANGUAGES.find((one) => one === code?.slice(0, 2).toLowerCase());
    let kept: string | null = null;
    try {
        kept = localStorage.getItem(KEPT);
    } catch {
        // Nothing may be kept here: the browser's languages decide.
    }
    return known(kept) ?? navigator.languages.map(known).find((one) => one !== undefined) ?? "en";
}

export async function chooseLanguage(chosen: Language): Promise<void> {
    try {
        localStorage.setItem(KEPT, chosen);
    } catch {
        // It holds until the page is closed.
    }
    await language.use(chosen);
}

/** The words of `key` with `{name}` filled in. A text with forms takes them by `count`. */
export function t(key: Key, params: Params = {}): string {
    const count = typeof params.count === "number" ? params.count : undefined;
    return language.text(key, count).replace(/\{(\w+)\}/g, (all, name: string) => String(params[name] ?? all));
}

/** The same in pieces, for places that put something other than text into the gaps (names, buttons). */
export function pieces(key: Key, count?: number): ({ text: string } | { gap: string })[] {
    return language
        .text(key, count)
        .split(/(\{\w+\})/)
        .filter((part) => part !== "")
        .map((part) => (/^\{\w+\}$/.test(part) ? { gap: part.slice(1, -1) } : { text: part }));
}
