/** Changes to the text of a field. Pure. */

export interface Typed {
    text: string;
    from: number;
    to: number;
}

/** The word before the caret that asks for a suggestion: `@an`, `:smi`. */
export function asked(text: string, caret: number): { kind: "@" | ":"; word: string; from: number } | null {
    const before = text.slice(Math.max(0, caret - 60), caret);
    const found = /(?:^|[\s(])([@:])([\p{L}\p{N}_.\-+]*(?: [\p{L}\p{N}_.\-]+)?)$/u.exec(before);
    if (!found) return null;
    const [, kind, word] = found as unknown as [string, "@" | ":", string];
    if (kind === ":" && (word.length < 2 || word.includes(" "))) return null;
    return { kind, word, from: caret - word.length - 1 };
}

/** Puts `insert` in place of what stands between two places. */
export function put(text: string, from: number, to: number, insert: string): { text: string; caret: number } {
    return { text: text.slice(0, from) + insert + text.slice(to), caret: from + insert.length };
}

export type Style = "bold" | "italic" | "strike" | "code" | "quote" | "list";

const AROUND: Partial<Record<Style, string>> = { bold: "**", italic: "_", strike: "~~", code: "`" };
const LINE: Partial<Record<Style, string>> = { quote: "> ", list: "- " };

/** Marks what is selected, or takes the marks away. */
export function style({ text, from, to }: Typed, how: Style): Typed {
    const line = LINE[how];
    if (line) {
        const start = text.lastIndexOf("\n", from - 1) + 1;
        const lines = text.slice(start, to).split("\n");
        const on = lines.every((one) => one.startsWith(line));
        const changed = lines.map((one) => (on ? one.slice(line.length) : line + one)).join("\n");
        return { text: text.slice(0, start) + changed + text.slice(to), from: start, to: start + changed.length };
    }
    const chosen = text.slice(from, to);
    const mark = how === "code" && chosen.includes("\n") ? "\n```\n" : AROUND[how]!;
    if (text.slice(from - mark.length, from) === mark && text.slice(to, to + mark.length) === mark) {
        return { text: text.slice(0, from - mark.length) + chosen + text.slice(to + mark.length), from: from - mark.length, to: to - mark.length };
    }
    return { text: text.slice(0, from) + mark + chosen + mark + text.slice(to), from: from + mark.length, to: to + mark.length };
}
