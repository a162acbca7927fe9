/** Names as people see them, and what a hostile name must not be able to do. */

/** Characters that turn the direction of text, are invisible, or break lines: none of them belongs in a name. */
const DECEIVING =
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;

const NAME_LENGTH_MAX = 100;

/** A name without what deceives, on one line and of bounded length; the fallback where nothing is left. */
export function cleanName(name: string | null | undefined, fallback: string): string {
    const clean = (name ?? "").slice(0, 1000).replace(DECEIVING, "").replace(/\s+/gu, " ").trim();
    // Not more than a few marks on one letter: they would grow over the lines above and below.
    const calm = clean.replace(/(\p{M}{3})\p{M}+/gu, "$1");
    if (calm === "") return fallback;
    const letters = [...calm];
    return letters.length > NAME_LENGTH_MAX ? `${letters.slice(0, NAME_LENGTH_MAX - 1).join("")}…` : calm;
}

/** `@anna:example.org` without what all share: `anna`. */
export function localpart(userId: string): string {
    const found = /^[@#!]([^:]+)/u.exec(userId);
    return cleanName(found?.[1] ?? userId, userId);
}

/** At most two letters for the round picture of a person or the square one of a room. */
export function initials(name: string): string {
    const words = name.split(/[\s\-_.,/]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
    const firstOf = (word: string | undefined): string => /[\p{L}\p{N}]/u.exec(word ?? "")?.[0] ?? "";
    const one = firstOf(words[0]);
    if (words.length > 1) {
        // Titles are not what people call each other.
        const start = /^(dr|prof|med)$/iu.test(words[0] ?? "") && words.length > 2 ? 1 : 0;
        return (firstOf(words[start]) + firstOf(words.at(-1))).toUpperCase();
    }
    const second = /[\p{L}\p{N}]/gu;
    const letters = (words[0] ?? "").match(second) ?? [];
    return (one + (letters[1] ?? "")).toUpperCase();
}

/** One of twelve hues, the same on every device: design.md section 4. */
export function hue(id: string): number {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(id)) {
        hash ^= byte;
        hash = Math.imul(hash, 0x01000193) >>> 0;
    }
    return 15 + 30 * (hash % 12);
}
