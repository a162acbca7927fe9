/** Search over messages that were opened on this device. Pure: an index in memory, and where in a text the words stand. */
import { fold } from "./room.ts";

export type HitKind = "text" | "file" | "picture" | "voice" | "poll";

export interface SearchDoc {
    /** The event. */
    id: string;
    room: string;
    sender: string;
    at: number;
    text: string;
    kind: HitKind;
    /** When it was edited; 0 for what was first written. */
    edit: number;
}

export interface SearchQuery {
    words: string;
    /** Only this room; null is everywhere. */
    room: string | null;
    /** Nothing older. */
    since: number;
    limit: number;
}

export interface SearchFound {
    hits: SearchDoc[];
    total: number;
}

export const DOCS_MAX = 100_000;
const TEXT_MAX = 2000;
const WORDS_MAX = 12;

/** What is looked for: words, and parts in quotation marks as they stand. */
export function wordsOf(typed: string): string[] {
    const found: string[] = [];
    for (const [, quoted, plain] of typed.slice(0, 500).matchAll(/["“«„]([^"”»“]+)["”»“]|(\S+)/gu)) {
        const word = fold((quoted ?? plain ?? "").trim());
        if (word && !found.includes(word)) found.push(word);
    }
    return found.slice(0, WORDS_MAX);
}

export interface Piece {
    text: string;
    hit: boolean;
}

/** The text cut where the words stand, whatever their case and accents; shortened around the first. */
export function piecesOf(text: string, words: readonly string[], around = 160): Piece[] {
    const letters = [...text.slice(0, TEXT_MAX)];
    // Each folded letter knows which letter it came from.
    let folded = "";
    const from: number[] = [];
    letters.forEach((letter, index) => {
        const one = fold(letter);
        folded += one;
        for (let count = 0; count < one.length; count++) from.push(index);
    });
    const marked = new Uint8Array(letters.length);
    for (const word of words) {
        for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + word.length)) {
            marked.fill(1, from[at]!, (from[at + word.length - 1] ?? from[at]!) + 1);
        }
    }
    // Accents that stand as letters of their own belong to the one before.
    for (let index = 1; index < letters.length; index++) if (marked[index - 1] && /^\p{M}$/u.test(letters[index]!)) marked[index] = 1;
    const first = marked.indexOf(1);
    const start = first > around ? first - Math.floor(around / 2) : 0;
    const end = Math.min(letters.length, start + around * 3);
    const pieces: Piece[] = start > 0 ? [{ text: "…", hit: false }] : [];
    for (let index = start; index < end; ) {
        const hit = marked[index] === 1;
        let stop = index;
        while (stop < end && (marked[stop] === 1) === hit) stop++;
        pieces.push({ text: letters.slice(index, stop).join(""), hit });
        index = stop;
    }
    if (end < letters.length) pieces.push({ text: "…", hit: false });
    return pieces;
}

interface Kept {
    doc: SearchDoc;
    folded: string;
}

/** All messages in memory: few enough to look at each one for every search. */
export class MessageIndex {
    readonly #kept = new Map<string, Kept>();
    readonly #gone = new Set<string>();

    constructor(private readonly most = DOCS_MAX) {}

    get size(): number {
        return this.#kept.size;
    }

    has(id: string): boolean {
        return this.#kept.has(id) || this.#gone.has(id);
    }

    /** The last edit of a message counts; only its writer can edit it. True if something changed. */
    add(doc: SearchDoc): boolean {
        if (this.#gone.has(doc.id)) return false;
        const before = this.#kept.get(doc.id)?.doc;
        if (before && (before.sender !== doc.sender || before.edit === doc.edit)) return false;
        const later = !before || doc.edit > before.edit ? doc : before;
        const at = before ? (doc.edit === 0 ? doc.at : before.at) : doc.at;
        const one = { ...later, at, text: later.text.slice(0, TEXT_MAX) };
        this.#kept.set(doc.id, { doc: one, folded: fold(one.text) });
        if (this.#kept.size > this.most * 1.1) this.#prune();
        return true;
    }

    remove(id: string): boolean {
        this.#gone.add(id);
        return this.#kept.delete(id);
    }

    removeRoom(room: string): void {
        for (const [id, { doc }] of this.#kept) if (doc.room === room) this.#kept.delete(id);
    }

    find({ words, room, since, limit }: SearchQuery): SearchFound {
        const wanted = wordsOf(words);
        if (wanted.length === 0) return { hits: [], total: 0 };
        const found: SearchDoc[] = [];
        for (const { doc, folded } of this.#kept.values()) {
            if ((room && doc.room !== room) || doc.at < since) continue;
            if (wanted.every((word) => folded.includes(word))) found.push(doc);
        }
        found.sort((a, b) => b.at - a.at);
        return { hits: found.slice(0, limit), total: found.length };
    }

    all(): SearchDoc[] {
        return [...this.#kept.values()].map(({ doc }) => doc);
    }

    removed(): string[] {
        return [...this.#gone];
    }

    #prune(): void {
        const byAge = [...this.#kept.values()].sort((a, b) => a.doc.at - b.doc.at);
        for (const { doc } of byAge.slice(0, byAge.length - this.most)) this.#kept.delete(doc.id);
    }
}
