/** Rows of a timeline: dates, runs, the new line. */
import { expect, test } from "vitest";
import { rowsOf, type MessageItem, type TimelineItem } from "../src/model/timeline.ts";

const MINUTE = 60_000;
const START = new Date(2026, 10, 12, 9, 0).getTime();

function message(id: string, sender: string, at: number, change: Partial<MessageItem> = {}): MessageItem {
    return {
        kind: "message", key: id, eventId: id, txnId: null, sender: { id: sender, name: sender, avatar: null }, own: sender === "me", at,
        content: { type: "text", body: id, html: null, style: "text" }, edited: false, encrypted: true, replyTo: null, threadRoot: null, thread: null,
        reactions: [], mentions: [], mentionsMe: false, priority: null, state: "sent", readBy: 0, refusal: null, progress: null, ...change,
    };
}
const kinds = (items: TimelineItem[], read: string | null = null): string[] =>
    rowsOf(items, read).map((row) => (row.row === "message" ? `${row.key}${row.first ? "+" : ""}` : row.row));

test("messages of one sender within five minutes share a head", () => {
    expect(kinds([message("a", "x", START), message("b", "x", START + MINUTE), message("c", "y", START + 2 * MINUTE), message("d", "y", START + 20 * MINUTE)])).toEqual([
        "day", "a+", "b", "c+", "d+",
    ]);
});

test("each day has one line", () => {
    expect(kinds([message("a", "x", START), message("b", "x", START + 24 * 60 * MINUTE)])).toEqual(["day", "a+", "day", "b+"]);
});

test("the new line stands before the first message of somebody else after the last read one", () => {
    const items = [message("a", "x", START), message("b", "me", START + MINUTE), message("c", "x", START + 2 * MINUTE)];
    expect(kinds(items, "a")).toEqual(["day", "a+", "b+", "new", "c+"]);
    expect(kinds(items, "c")).toEqual(["day", "a+", "b+", "c+"]);
});

test("what waits stands behind its own line", () => {
    const items = [message("a", "me", START), message("b", "me", START + MINUTE, { state: "waiting" }), message("c", "me", START + MINUTE, { state: "waiting" })];
    expect(kinds(items)).toEqual(["day", "a+", "only-here", "b+", "c"]);
});
