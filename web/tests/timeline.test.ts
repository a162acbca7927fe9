/** Rows of a timeline: dates, runs, the new line. */
import { expect, test, vi } from "vitest";
import { paced } from "../src/model/store.ts";
import { rowsOf, settled, type MessageItem, type TimelineItem } from "../src/model/timeline.ts";

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

test("what says the same stays the same object", () => {
    const before = message("a", "x", START);
    expect(settled(message("a", "x", START), before)).toBe(before);
    const named = message("a", "x", START, { sender: { id: "x", name: "Anna", avatar: null } });
    expect(settled(named, before)).toBe(named);
    expect(settled(named, undefined)).toBe(named);
});

test("a stream of changes is shown in steps, the first at once and the last for certain", () => {
    vi.useFakeTimers();
    try {
        let shown = 0;
        const change = paced(() => (shown += 1), 40);
        for (let turn = 0; turn < 100; turn++) {
            change();
            vi.advanceTimersByTime(1);
            if (turn === 1) expect(shown).toBe(1);
        }
        expect(shown).toBe(3);
        vi.advanceTimersByTime(40);
        expect(shown).toBe(4);
        vi.advanceTimersByTime(400);
        expect(shown).toBe(4);
        change();
        vi.advanceTimersByTime(0);
        expect(shown).toBe(5);
    } finally {
        vi.useRealTimers();
    }
});
