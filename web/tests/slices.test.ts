/** Large sync answers are worked through in slices; the list of the last visit stands there meanwhile. */
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { SyncApi } from "matrix-js-sdk/lib/sync.js";
import { expect, test, vi } from "vitest";
import { LateEncryption } from "../src/client/lateEncryption.ts";
import { keepable } from "../src/client/lastVisit.ts";
import { waitFor, workInSlices } from "../src/client/slices.ts";
import type { RoomSummary } from "../src/model/room.ts";
import { nextSize, orderOf, sliceOf } from "../src/model/slices.ts";

const part = (at: number) => ({ timeline: { events: [{ origin_server_ts: at }] } });

test("rooms where something was said last come first", () => {
    const rooms: [string, object][] = [["!a", part(1)], ["!b", part(3)], ["!c", {}], ["!d", part(2)]];
    expect(orderOf(rooms).map(([id]) => id)).toEqual(["!b", "!d", "!a", "!c"]);
});

test("what somebody waits for comes with the next slice", () => {
    const left = new Map(["!a", "!b", "!c", "!d", "!e"].map((id) => [id, id]));
    expect(Object.keys(sliceOf(left, 2, new Set(["!d", "!gone"])))).toEqual(["!d", "!a"]);
    expect(Object.keys(sliceOf(left, 2, new Set(["!d"])))).toEqual(["!b", "!c"]);
    expect(Object.keys(sliceOf(left, 9, new Set()))).toEqual(["!e"]);
    expect(left.size).toBe(0);
});

test("slices become smaller where they take long, and larger where they do not, never empty", () => {
    expect(nextSize(16, 1000)).toBe(8);
    expect(nextSize(1, 5000)).toBe(1);
    expect(nextSize(16, 1)).toBe(32);
    expect(nextSize(64, 1)).toBe(64);
    expect(nextSize(20, 24)).toBe(20);
});

/** The SDK's own working through, seen from outside. */
function work() {
    const calls: { rooms: string[]; keys: string[]; hears: unknown }[] = [];
    const inner = SyncApi.prototype as unknown as { processSyncResponse: unknown };
    const prior = inner.processSyncResponse;
    inner.processSyncResponse = vi.fn(async function (this: { catchingUp: boolean; syncOpts: { cryptoCallbacks: { processSyncChanges: () => Promise<unknown>; name: string } } }, _about: unknown, answer: Record<string, unknown>) {
        const rooms = Object.keys((answer.rooms as { join?: object } | undefined)?.join ?? {});
        const { cryptoCallbacks } = this.syncOpts;
        calls.push({ rooms, keys: Object.keys(answer), hears: `${cryptoCallbacks.name} ${JSON.stringify(await cryptoCallbacks.processSyncChanges())}` });
        if (!answer.to_device) this.catchingUp = false;
        if (rooms.includes("!bad")) throw new Error("one room is bad");
    });
    workInSlices();
    const process = inner.processSyncResponse as (about: unknown, answer: unknown) => Promise<void>;
    return { calls, process, prior };
}

test("a large answer is handed on in slices: all rooms once, all else with the first", async () => {
    expect(typeof (SyncApi.prototype as unknown as Record<string, unknown>).processSyncResponse).toBe("function");
    const { calls, process } = work();
    const client = {} as MatrixClient;
    const crypto = { name: "crypto", processSyncChanges: async () => ["heard"], onCryptoEvent: async () => undefined, encryptEvent: async () => undefined, prepareToEncrypt: () => undefined };
    const syncOpts = { cryptoCallbacks: crypto };
    const self = { client, running: true, catchingUp: true, syncOpts };
    const rooms = Array.from({ length: 500 }, (_none, index) => `!r${index}`);
    waitFor(client, "!r400");
    const join = Object.fromEntries(rooms.map((id, index) => [id, part(1000 - index)]));
    const answer = { next_batch: "t", to_device: { events: [1] }, device_one_time_keys_count: { a: 50 }, rooms: { join, invite: { "!i": {} } } };
    await process.call(self, {}, answer);
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.flatMap((one) => one.rooms).sort()).toEqual(rooms.toSorted());
    expect(calls[0]!.rooms).toContain("!r400");
    expect(calls[0]!.keys).toContain("to_device");
    expect(calls.slice(1).every((one) => !one.keys.includes("to_device"))).toBe(true);
    // The crypto layer hears of it once: without a count it would think that the server has no keys of this device.
    expect(calls[0]!.hears).toBe('crypto ["heard"]');
    expect(calls.slice(1).every((one) => one.hears === "crypto []")).toBe(true);
    expect(self.syncOpts).toBe(syncOpts);
    // That there were keys for this device is still known.
    expect(self.catchingUp).toBe(true);

    calls.length = 0;
    await process.call(self, {}, { next_batch: "t", rooms: { join: { "!a": {}, "!b": {} } } });
    expect(calls).toHaveLength(1);

    calls.length = 0;
    await expect(process.call(self, {}, { next_batch: "t", rooms: { join: { ...join, "!bad": part(2000) } } })).rejects.toThrow("one room is bad");
    expect(calls.flatMap((one) => one.rooms)).toHaveLength(501);
});

test("a room's encryption is set up before something is encrypted for it, once, and else later", async () => {
    const done: string[] = [];
    const room = (roomId: string) => ({ roomId }) as Room;
    const event = {} as MatrixEvent;
    const crypto = {
        onCryptoEvent: async ({ roomId }: Room) => {
            await Promise.resolve();
            done.push(`set up ${roomId}`);
        },
        encryptEvent: async (_event: MatrixEvent, { roomId }: Room) => void done.push(`encrypt ${roomId}`),
        prepareToEncrypt: ({ roomId }: Room) => void done.push(`prepare ${roomId}`),
    };
    const late = new LateEncryption(crypto);
    for (const id of ["!a", "!b", "!c"]) late.add(room(id), event);
    expect(done).toEqual([]);
    await Promise.all([crypto.encryptEvent(event, room("!b")), crypto.encryptEvent(event, room("!b"))]);
    expect(done).toEqual(["set up !b", "encrypt !b", "encrypt !b"]);
    crypto.prepareToEncrypt(room("!c"));
    await late.drain(() => true);
    expect(done.slice(3).toSorted()).toEqual(["prepare !c", "set up !a", "set up !c"]);
    expect(done.indexOf("set up !c")).toBeLessThan(done.indexOf("prepare !c"));
    await crypto.encryptEvent(event, room("!other"));
    expect(done.at(-1)).toBe("encrypt !other");
});

test("what disappears for people is not kept on the device, nor who writes", () => {
    const room = { id: "!a", typing: ["Anna"], preview: { kind: "text", text: "secret", sender: "Beat", own: false } } as unknown as RoomSummary;
    const [plain, fleeting] = keepable([room, { ...room, fleeting: true }]);
    expect(plain).toMatchObject({ typing: [], preview: { text: "secret" } });
    expect(fleeting!.preview).toBeNull();
});
