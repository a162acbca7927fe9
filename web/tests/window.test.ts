import { Direction } from "matrix-js-sdk";
import { describe, expect, it } from "vitest";
import { RoomWindow } from "../src/client/window.ts";

/** A room as the SDK holds it, and a server whose answers the test gives. */
function scene() {
    const event = (id: string) => ({ getId: () => id, status: null, getType: () => "m.room.message", event: { event_id: id } });
    const timeline = (ids: string[], token: string | null) => {
        let back = token;
        return {
            getEvents: () => ids.map(event),
            getPaginationToken: (way: Direction) => (way === Direction.Backward ? back : null),
            setPaginationToken: (to: string | null) => void (back = to),
        };
    };
    let live = timeline(["$1", "$2"], "t1");
    const asked: { token: string; answer(chunk: string[], end?: string): void }[] = [];
    const client = {
        getRoom: () => ({ getLiveTimeline: () => live, findEventById: () => undefined, currentState: { setUnknownStateEvents: () => undefined } }),
        getEventMapper: () => (raw: { event_id: string }) => event(raw.event_id),
        createMessagesRequest: (_room: string, token: string) =>
            new Promise((resolve) => asked.push({ token, answer: (chunk, end) => resolve({ chunk: chunk.map((event_id) => ({ event_id })), state: [], end }) })),
    };
    const window = new RoomWindow(client as never, "!r:b");
    const ids = () => window.events().map((one) => one.getId());
    const reset = (to: string[], token: string) => {
        const before = live.getEvents();
        live = timeline(to, token);
        window.liveWasReset(before as never, "t1", "s1", false);
    };
    return { window, asked, ids, reset };
}

describe("the window on a room", () => {
    it("goes back to the beginning", async () => {
        const { window, asked, ids } = scene();
        const loading = window.loadOlder();
        await Promise.resolve();
        asked[0]!.answer(["$0"]);
        await loading;
        expect(ids()).toEqual(["$0", "$1", "$2"]);
        expect(window.hasOlder).toBe(false);
    });

    it("does not take for older what was asked before the live events began anew", async () => {
        const { window, asked, ids, reset } = scene();
        const loading = window.loadOlder();
        await Promise.resolve();
        // The device knew events 1 and 2; the server then tells of 8 and 9 only.
        reset(["$8", "$9"], "t8");
        asked[0]!.answer(["$0"]);
        await loading;
        expect(ids()).toEqual(["$8", "$9"]);
        expect(window.hasOlder).toBe(true);
        const again = window.loadOlder();
        await Promise.resolve();
        expect(asked[1]!.token).toBe("t8");
        asked[1]!.answer(["$7", "$6", "$5"], "t5");
        await again;
        expect(ids()).toEqual(["$5", "$6", "$7", "$8", "$9"]);
        expect(window.hasOlder).toBe(true);
    });
});
