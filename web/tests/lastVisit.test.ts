/** The list of the last visit: kept sealed when it is whole, shown early, and given up when the rooms are read. */
import { SyncState, type MatrixClient } from "matrix-js-sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LastVisit, seenLast } from "../src/client/lastVisit.ts";
import { RoomList } from "../src/client/roomList.ts";
import type { SpaceInfo } from "../src/client/spaces.ts";
import type { Vault } from "../src/client/vault.ts";
import type { RoomSummary } from "../src/model/room.ts";
import { Cell } from "../src/model/store.ts";

const ME = "@me:b";

function summary(id: string, lastAt: number, change: Partial<RoomSummary> = {}): RoomSummary {
    return {
        id, name: id, kind: "room", person: null, avatar: null, membership: "join", inviter: null, encrypted: true, members: 2, unread: 0, mentions: 0, marked: false,
        muted: false, favourite: false, low: false, priority: null, knocks: 0, lastAt, preview: { kind: "text", sender: "Anna", own: false, text: "hello" }, typing: [], isSpace: false, ...change,
    };
}

/** A vault that seals nothing. */
function vault(): Vault & { held: Map<string, string> } {
    const held = new Map<string, string>();
    return {
        held,
        get: async (name: string) => JSON.parse(held.get(name) ?? "null") as unknown,
        put: async (name: string, value: unknown) => void held.set(name, JSON.stringify(value)),
        remove: async (name: string) => void held.delete(name),
    } as unknown as Vault & { held: Map<string, string> };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the list is kept when it is whole, and of this person only", async () => {
    const kept = vault();
    const rooms = new Cell<readonly RoomSummary[]>([]);
    const inside = new Set(["!a"]);
    const spaces = new Cell<readonly SpaceInfo[]>([{ id: "!s", name: "Ward", avatar: null, top: true, inside }]);
    let whole = false;
    const visit = new LastVisit(kept, ME, rooms, spaces, () => whole);
    rooms.set([summary("!a", 1)]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await seenLast(kept, ME)).toEqual({ rooms: [], spaces: [] });

    whole = true;
    rooms.set([summary("!a", 1), summary("!b", 2, { typing: ["Anna"] })]);
    await vi.advanceTimersByTimeAsync(60_000);
    const seen = await seenLast(kept, ME);
    expect(seen.rooms.map(({ id, typing }) => [id, typing])).toEqual([["!a", []], ["!b", []]]);
    expect(seen.spaces[0]!.inside).toEqual(inside);
    expect(await seenLast(kept, "@other:b")).toEqual({ rooms: [], spaces: [] });
    const written = kept.held.get("last-visit")!;
    kept.held.set("last-visit", written.replace("lastVisit", "lastVisit-of-another-version"));
    expect(await seenLast(kept, ME)).toEqual({ rooms: [], spaces: [] });

    // Written once, however often it changes meanwhile; at once when it is asked for; never after it was stopped.
    const put = vi.spyOn(kept, "put");
    for (let turn = 0; turn < 20; turn++) rooms.set([summary("!a", turn)]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(put).toHaveBeenCalledTimes(1);
    rooms.set([]);
    await visit.flush();
    expect(put).toHaveBeenCalledTimes(2);
    rooms.set([summary("!a", 5)]);
    visit.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(put).toHaveBeenCalledTimes(2);
});

/** What the list asks of a room of the SDK. */
function room(roomId: string, at: number, membership = "join") {
    return {
        roomId, name: roomId, tags: {},
        getMyMembership: () => membership, getDMInviter: () => undefined, canInvite: () => false, getMember: () => null, getMxcAvatarUrl: () => null, hasEncryptionStateEvent: () => true,
        getJoinedMemberCount: () => 2, getUnreadNotificationCount: () => 0, getAccountData: () => undefined, getLastActiveTimestamp: () => at, getMembersWithMembership: () => [],
        isSpaceRoom: () => false, getLiveTimeline: () => ({ getEvents: () => [] }), currentState: { getStateEvents: () => null },
    };
}

function list(early: readonly RoomSummary[]) {
    const heard = new Map<string, (...about: unknown[]) => void>();
    const held: ReturnType<typeof room>[] = [];
    const world = { state: null as SyncState | null };
    const client = {
        on: (name: string, listener: (...about: unknown[]) => void) => void heard.set(name, listener),
        getRooms: () => held, getRoom: (id: string) => held.find((one) => one.roomId === id) ?? null,
        getSyncState: () => world.state, getSafeUserId: () => ME, getAccountData: () => undefined, getIgnoredUsers: () => [], isUserIgnored: () => false,
    } as unknown as MatrixClient;
    const rooms = new RoomList(client);
    rooms.showEarly(early);
    rooms.start();
    return {
        rooms,
        come: (one: ReturnType<typeof room>) => (held.push(one), heard.get("Room")!(one)),
        reach: (state: SyncState) => ((world.state = state), heard.get("sync")!()),
        shown: () => rooms.getSnapshot().map(({ id, early: is }) => (is ? `${id} early` : id)),
    };
}

test("rooms of the last visit stand there until they are read; those one is no longer in go then", async () => {
    const { rooms, come, reach, shown } = list([summary("!a", 3), summary("!b", 2), summary("!gone", 1)]);
    expect(shown()).toEqual(["!a early", "!b early", "!gone early"]);
    expect(rooms.whole).toBe(false);
    come(room("!b", 9));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown()).toEqual(["!b", "!a early", "!gone early"]);
    expect(rooms.find("!a")?.early).toBe(true);
    come(room("!a", 3));
    reach(SyncState.Prepared);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown()).toEqual(["!b", "!a"]);
    expect(rooms.whole).toBe(true);
    expect(rooms.find("!gone")).toBeUndefined();
});

test("without a server and with nothing else kept, what is remembered stays", async () => {
    const { rooms, reach, shown } = list([summary("!a", 3)]);
    reach(SyncState.Error);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown()).toEqual(["!a early"]);
    expect(rooms.whole).toBe(false);
    reach(SyncState.Syncing);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown()).toEqual([]);
});

test("a room in which nothing changes that shows here stays the same object", async () => {
    const { rooms, come, reach } = list([]);
    const one = room("!a", 3);
    come(one);
    reach(SyncState.Prepared);
    await vi.advanceTimersByTimeAsync(1_000);
    const before = rooms.find("!a");
    come(one);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rooms.find("!a")).toBe(before);
});
