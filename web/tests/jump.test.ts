import { expect, test } from "vitest";
import { fit, rankRooms } from "../src/model/jump.ts";
import { filterRooms, sectionsOf, type RoomSummary } from "../src/model/room.ts";

const room = (id: string, name: string, more: Partial<RoomSummary> = {}): RoomSummary => ({
    id, name, kind: "room", person: null, avatar: null, membership: "join", inviter: null, encrypted: true, members: 2, unread: 0, mentions: 0, marked: false,
    knocks: 0, muted: false, favourite: false, low: false, priority: null, lastAt: 0, preview: null, typing: [], isSpace: false, ...more,
});

test("a few letters find a name", () => {
    expect(fit("Zürich Nord", "zur")).toBeGreaterThan(0);
    expect(fit("Bed coordination", "bc")).toBeGreaterThan(0);
    expect(fit("Bed coordination", "coord bed")).toBeGreaterThan(0);
    expect(fit("Bed coordination", "x")).toBe(0);
    expect(fit("Ward 4B", "ward 4b")).toBeGreaterThan(fit("Ward 4B Cardiology", "ward 4b"));
});

test("better names first, then newer ones", () => {
    const found = rankRooms([room("1", "IT on call", { lastAt: 1 }), room("2", "Digital", { lastAt: 9 }), room("3", "IT", { lastAt: 0 }), room("4", "IT space", { isSpace: true })], "it", 5);
    expect(found.map(({ id }) => id)).toEqual(["3", "1", "2"]);
});

test("sections stand only where there is more than one", () => {
    const plain = [room("1", "a"), room("2", "b")];
    expect(sectionsOf(plain)).toHaveLength(2);
    const rows = sectionsOf([room("1", "a", { favourite: true }), room("2", "b"), room("3", "c", { low: true })]);
    expect(rows.map((row) => (row.row === "room" ? row.room.id : row.section))).toEqual(["favourites", "1", "recent", "2", "low", "3"]);
});

test("a room that was replaced goes from the list with the entry into the new one", () => {
    const old = room("1", "old", { successor: "2" });
    expect(filterRooms([old], "all", "")).toHaveLength(1);
    expect(filterRooms([old, room("2", "new")], "all", "").map(({ id }) => id)).toEqual(["2"]);
});

test("a space shows its rooms and every invitation", () => {
    const rooms = [room("1", "a"), room("2", "b"), room("3", "c", { membership: "invite" })];
    expect(filterRooms(rooms, "all", "", new Set(["2"])).map(({ id }) => id)).toEqual(["2", "3"]);
});
