/** The held part of a long history: pages come and go at both ends, nothing is lost or doubled. */
import type { MatrixClient, MatrixEvent } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { HELD_MAX, RoomWindow } from "../src/client/window.ts";

interface Raw {
    event_id: string;
}

const COUNT = 5000;
const LIVE = 20;

/** A server with so many events; tokens are places between them. The newest are live. */
function world() {
    const event = (index: number): MatrixEvent => ({ index, getId: () => `$${index}`, status: null, getType: () => "m.room.message" }) as unknown as MatrixEvent;
    const live = Array.from({ length: LIVE }, (_none, index) => event(COUNT - LIVE + index));
    let back: string | null = `t${COUNT - LIVE}`;
    const timeline = { getEvents: () => live, getPaginationToken: () => back, setPaginationToken: (token: string) => (back = token) };
    const room = { getLiveTimeline: () => timeline, findEventById: () => undefined, currentState: { setUnknownStateEvents: () => undefined } };
    const asked: string[] = [];
    const client = {
        getRoom: () => room,
        getEventMapper: () => (raw: Raw) => event(Number(raw.event_id.slice(1))),
        createMessagesRequest: async (_room: string, from: string, limit: number, dir: string) => {
            asked.push(`${dir}${from}`);
            const at = Number(from.slice(1));
            const indexes = dir === "b" ? Array.from({ length: Math.min(limit, at) }, (_n, index) => at - 1 - index) : Array.from({ length: Math.min(limit, COUNT - at) }, (_n, index) => at + index);
            const end = dir === "b" ? at - indexes.length : at + indexes.length;
            return { chunk: indexes.map((index) => ({ event_id: `$${index}` })), state: [], end: (dir === "b" && end === 0) || (dir === "f" && end === COUNT) ? undefined : `t${end}` };
        },
    };
    return { window: new RoomWindow(client as unknown as MatrixClient, "!r:x"), live, asked };
}

const indexes = (window: RoomWindow): number[] => window.events().map((event) => (event as unknown as { index: number }).index);

function unbroken(numbers: readonly number[]): boolean {
    return numbers.every((number, at) => at === 0 || number === numbers[at - 1]! + 1);
}

test("all the way up and down again: unbroken, bounded, joined with what is live", async () => {
    const { window } = world();
    let most = 0;
    while (window.hasOlder) {
        await window.loadOlder();
        window.trim("newer");
        most = Math.max(most, indexes(window).length);
        expect(unbroken(indexes(window))).toBe(true);
    }
    expect(indexes(window)[0]).toBe(0);
    expect(window.hasNewer).toBe(true);
    while (window.hasNewer) {
        await window.loadNewer();
        window.trim("older");
        most = Math.max(most, indexes(window).length);
        expect(unbroken(indexes(window))).toBe(true);
    }
    expect(indexes(window).at(-1)).toBe(COUNT - 1);
    expect(window.hasOlder).toBe(true);
    expect(most).toBeLessThanOrEqual(HELD_MAX + LIVE + 100);
});

test("back to the end at once", async () => {
    const { window } = world();
    for (let page = 0; page < 30; page++) {
        await window.loadOlder();
        window.trim("newer");
    }
    expect(window.hasNewer).toBe(true);
    window.toEnd();
    expect(indexes(window)).toEqual(Array.from({ length: LIVE }, (_none, index) => COUNT - LIVE + index));
});

test("new live events stand at the end as long as the end is held", async () => {
    const { window, live } = world();
    await window.loadOlder();
    live.push({ index: COUNT, getId: () => `$${COUNT}` } as unknown as MatrixEvent);
    expect(indexes(window).at(-1)).toBe(COUNT);
    for (let page = 0; page < 20; page++) {
        await window.loadOlder();
        window.trim("newer");
    }
    expect(indexes(window)).not.toContain(COUNT);
});

test("a gap in what is live: what was read stays, and leads on", async () => {
    const { window, live } = world();
    const before = live.splice(0);
    live.push({ index: COUNT + 500, getId: () => `$${COUNT + 500}`, status: null, getType: () => "m.room.message" } as unknown as MatrixEvent);
    window.liveWasReset(before, `t${COUNT - LIVE}`, `t${COUNT}`, true);
    expect(indexes(window).at(-1)).toBe(COUNT - 1);
    expect(window.hasNewer).toBe(true);
    window.toEnd();
    expect(indexes(window)).toEqual([COUNT + 500]);
});
