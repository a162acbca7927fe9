/** Emoji with their words in the language in use. Loaded when first needed; nothing is fetched from elsewhere. */
import type { Language } from "../../i18n/i18n.ts";

export interface Emoji {
    text: string;
    label: string;
    group: number;
    order: number;
    /** Everything it is found by, without accents. */
    words: string;
    short: string;
}

interface Raw {
    unicode: string;
    label: string;
    hexcode: string;
    group?: number;
    order?: number;
    tags?: string[];
}

const LOAD: Record<Language, () => Promise<{ default: unknown }>> = {
    en: () => import("emojibase-data/en/compact.json"),
    fr: () => import("emojibase-data/fr/compact.json"),
    de: () => import("emojibase-data/de/compact.json"),
    it: () => import("emojibase-data/it/compact.json"),
};

const loaded = new Map<Language, Promise<readonly Emoji[]>>();
const SKIN = 2;
const KEPT = "alphorn.emoji";
const RECENT_MAX = 24;
const FIRST = ["👍", "❤️", "😂", "🙏", "✅", "👀"];

export function loadEmoji(language: Language): Promise<readonly Emoji[]> {
    let found = loaded.get(language);
    if (!found) {
        found = Promise.all([LOAD[language](), import("emojibase-data/en/shortcodes/github.json")]).then(([all, codes]) =>
            read(all.default as Raw[], codes.default as Record<string, string | string[]>),
        );
        found.catch(() => loaded.delete(language));
        loaded.set(language, found);
    }
    return found;
}

function read(all: readonly Raw[], codes: Record<string, string | string[]>): readonly Emoji[] {
    return all
        .filter((one) => one.group !== undefined && one.group !== SKIN)
        .map((one) => {
            const short = [codes[one.hexcode] ?? []].flat();
            return {
                text: one.unicode,
                label: one.label,
                group: one.group!,
                order: one.order ?? 0,
                words: plain([one.label, ...(one.tags ?? []), ...short].join(" ")),
                short: short[0] ?? plain(one.label).replace(/\W+/g, "_"),
            };
        })
        .sort((a, b) => a.order - b.order);
}

function plain(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Best first: what begins with the words, then what has a word that does. */
export function findEmoji(all: readonly Emoji[], typed: string, most: number): Emoji[] {
    const wanted = plain(typed).replace(/_/g, " ").trim().split(/\s+/);
    if (wanted[0] === "") return [];
    const code = plain(typed).replace(/\s/g, "_");
    const ranked: [number, Emoji][] = [];
    for (const one of all) {
        const words = one.words.split(/[\s_]+/);
        if (!wanted.every((part) => words.some((word) => word.startsWith(part)))) continue;
        ranked.push([one.short === code ? 0 : one.short.startsWith(code) ? 1 : plain(one.label).startsWith(wanted[0]!) ? 2 : 3, one]);
    }
    return ranked
        .sort((a, b) => a[0] - b[0] || a[1].order - b[1].order)
        .slice(0, most)
        .map(([, one]) => one);
}

export function recentEmoji(): string[] {
    try {
        const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
        const list = Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string" && one.length < 30) : [];
        return [...new Set([...list, ...FIRST])].slice(0, RECENT_MAX);
    } catch {
        return FIRST;
    }
}

export function usedEmoji(emoji: string): void {
    try {
        localStorage.setItem(KEPT, JSON.stringify([emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, RECENT_MAX)));
    } catch {
        // It is not remembered.
    }
}
