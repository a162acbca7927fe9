import { expect, test } from "vitest";
import { governors, isCustom, levelOf, may, mayActOn, mayGive, needed, powersOf, roleOf, withLevel, withNeeded } from "../src/model/powers.ts";

const content = { users: { "@a:x": 100, "@m:x": 50, "@c:x": 60, "@old:x": "75", "@bad:x": 1.5 }, events: { "m.room.name": 50, "m.room.power_levels": 100 }, kick: 50, other: "kept" };
const powers = powersOf(content, "@a:x", []);

test("levels, roles, and levels that no role has", () => {
    expect(roleOf(powers, "@a:x")).toBe("administrator");
    expect(roleOf(powers, "@m:x")).toBe("moderator");
    expect([roleOf(powers, "@c:x"), isCustom(powers, 60)]).toEqual(["moderator", true]);
    expect(levelOf(powers, "@old:x")).toBe(75);
    expect(levelOf(powers, "@bad:x")).toBe(0);
    expect(roleOf(powers, "@n:x")).toBe("member");
    expect(levelOf(powers, "constructor")).toBe(0);
});

test("who writes only where others may is a reader", () => {
    const quiet = powersOf({ ...content, events_default: 50 }, null, []);
    expect(roleOf(quiet, "@n:x")).toBe("reader");
    expect(may(quiet, "@m:x", "write")).toBe(true);
});

test("defaults of a room without levels", () => {
    const none = powersOf(null, "@a:x", []);
    expect(levelOf(none, "@a:x")).toBe(100);
    expect(needed(none, "name")).toBe(0);
    expect(needed(powersOf({}, null, []), "name")).toBe(50);
});

test("makers of newer rooms stand above all, and nobody changes them", () => {
    const owned = powersOf(content, "@o:x", ["@o:x"]);
    expect(roleOf(owned, "@o:x")).toBe("owner");
    expect(mayActOn(owned, "@a:x", "@o:x", "ban")).toBe(false);
    expect(mayGive(owned, "@o:x", "@o:x", 100)).toBe(false);
    expect(mayGive(owned, "@o:x", "@a:x", 0)).toBe(true);
});

test("one acts on those below, and gives what one has", () => {
    expect(mayActOn(powers, "@m:x", "@n:x", "remove")).toBe(true);
    expect(mayActOn(powers, "@m:x", "@c:x", "remove")).toBe(false);
    expect(mayGive(powers, "@a:x", "@m:x", 100)).toBe(true);
    expect(mayGive(powers, "@a:x", "@a:x", 0)).toBe(true);
    expect(mayGive(powers, "@m:x", "@n:x", 50)).toBe(false);
    expect(governors(powers, "@a:x", 0)).toBe(0);
});

test("changes keep everything else", () => {
    expect(withLevel(content, "@m:x", 0)).toMatchObject({ other: "kept", users: { "@c:x": 60 } });
    expect((withLevel(content, "@m:x", 0).users as object)).not.toHaveProperty("@m:x");
    expect(withNeeded(content, "remove", 100)).toMatchObject({ kick: 100, other: "kept" });
    expect(withNeeded(content, "topic", 100)).toMatchObject({ events: { "m.room.name": 50, "m.room.topic": 100 } });
    expect(withNeeded({ events: { "m.room.message": 10 } }, "write", 50)).toEqual({ events: { "m.room.message": 50 } });
});
