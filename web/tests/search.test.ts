import { expect, test } from "vitest";
import { MessageIndex, piecesOf, wordsOf, type SearchDoc } from "../src/model/search.ts";

const doc = (id: string, text: string, more: Partial<SearchDoc> = {}): SearchDoc => ({ id, room: "!r", sender: "@a:x", at: Number(id.replace(/\D/g, "")) || 1, text, kind: "text", edit: 0, ...more });
const ask = (index: MessageIndex, words: string, more = {}) => index.find({ words, room: null, since: 0, limit: 10, ...more }).hits.map(({ id }) => id);

test("words, in quotation marks too", () => {
    expect(wordsOf('Fridge "Compressor of" frIdge «größe»')).toEqual(["fridge", "compressor of", "große"]);
    expect(wordsOf("   ")).toEqual([]);
});

test("all words must stand in it, newest first, whatever the accents", () => {
    const index = new MessageIndex();
    for (const one of [doc("1", "Kühlschrank 2 ist warm"), doc("2", "KUHLSCHRANK zwei"), doc("3", "nothing"), doc("4", "warm", { room: "!s" })]) index.add(one);
    expect(ask(index, "kuhlschrank")).toEqual(["2", "1"]);
    expect(ask(index, "warm kühl")).toEqual(["1"]);
    expect(ask(index, "warm", { room: "!s" })).toEqual(["4"]);
    expect(ask(index, "warm", { since: 2 })).toEqual(["4"]);
    expect(ask(index, "")).toEqual([]);
});

test("edits replace, deletions stay away, others cannot edit, in any order", () => {
    const index = new MessageIndex();
    index.add(doc("1", "second words", { at: 50, edit: 50 }));
    index.add(doc("1", "first words", { at: 1 }));
    expect(ask(index, "first")).toEqual([]);
    expect(index.find({ words: "second", room: null, since: 0, limit: 1 }).hits[0]).toMatchObject({ at: 1, edit: 50 });
    index.add(doc("1", "of somebody else", { edit: 90, sender: "@evil:x" }));
    expect(ask(index, "somebody")).toEqual([]);
    index.remove("1");
    index.add(doc("1", "second again", { edit: 99 }));
    expect(index.size).toBe(0);
});

test("what is oldest goes when there is too much", () => {
    const index = new MessageIndex(100);
    for (let at = 1; at <= 150; at++) index.add(doc(`${at}`, "word", { at }));
    expect(index.size).toBeLessThanOrEqual(110);
    expect(ask(index, "word")[0]).toBe("150");
});

test("where the words stand", () => {
    const hits = (text: string, typed: string) => piecesOf(text, wordsOf(typed)).filter(({ hit }) => hit).map(({ text: one }) => one);
    expect(hits("Der KÜHLSCHRANK und der kühlschrank", "kuhl")).toEqual(["KÜHL", "kühl"]);
    expect(hits("e\u0301te\u0301 2", "éte")).toEqual(["e\u0301te\u0301"]);
    expect(hits("İstanbul ﬃ 🎉 fridge", "fridge")).toEqual(["fridge"]);
    expect(piecesOf(`${"x".repeat(1000)} here`, ["here"])[0]).toEqual({ text: "…", hit: false });
    expect(piecesOf("no words", ["zzz"])).toEqual([{ text: "no words", hit: false }]);
});

test("a search over everything that fits takes a moment only", () => {
    const index = new MessageIndex();
    for (let at = 0; at < 60_000; at++) index.add(doc(`$${at}`, `Message ${at} about beds, fridges and the lift in building ${at % 7}`, { at }));
    const started = performance.now();
    expect(index.find({ words: "fridges 59999", room: null, since: 0, limit: 10 }).total).toBe(1);
    expect(performance.now() - started).toBeLessThan(2000);
});
