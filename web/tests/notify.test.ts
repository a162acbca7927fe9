import { describe, expect, it } from "vitest";
import { isQuiet, QUIET_DEFAULT, quietOf, tell, TELLING_DEFAULT, type Arriving, type Surroundings } from "../src/model/notify.ts";

const message: Arriving = {
    roomId: "!a",
    roomName: "Ward 4B",
    eventId: "$1",
    sender: { id: "@b:x", name: "Beat" },
    direct: false,
    preview: { kind: "text", sender: "Beat", own: false, text: "hello" },
    notify: true,
    highlight: false,
    priority: false,
};
const away: Surroundings = { quiet: false, focused: false, seen: false, telling: TELLING_DEFAULT };

describe("what is told", () => {
    it("depends on who looks", () => {
        expect(tell(message, away)).toEqual({ banner: true, inside: false, tone: "message" });
        expect(tell(message, { ...away, focused: true })).toEqual({ banner: false, inside: false, tone: "message" });
        expect(tell(message, { ...away, focused: true, seen: true })).toEqual({ banner: false, inside: false, tone: null });
    });
    it("has its own tone by gravity", () => {
        expect(tell({ ...message, direct: true }, away).tone).toBe("mention");
        expect(tell({ ...message, highlight: true }, away).tone).toBe("mention");
        expect(tell({ ...message, highlight: true, priority: true }, away).tone).toBe("priority");
        expect(tell(message, { ...away, telling: { ...TELLING_DEFAULT, sounds: false } }).tone).toBeNull();
    });
    it("follows the rules of the account", () => {
        expect(tell({ ...message, notify: false }, away)).toEqual({ banner: false, inside: false, tone: null });
    });
    it("is nothing in quiet hours, but for priority", () => {
        const quiet = { ...away, quiet: true };
        expect(tell({ ...message, highlight: true, direct: true }, quiet).tone).toBeNull();
        expect(tell({ ...message, priority: true }, quiet)).toEqual({ banner: true, inside: false, tone: "priority" });
        expect(tell({ ...message, priority: true }, { ...quiet, focused: true })).toEqual({ banner: false, inside: true, tone: "priority" });
    });
});

describe("quiet hours", () => {
    const at = (hours: number, minutes = 0): Date => new Date(2026, 10, 23, hours, minutes);
    it("may pass midnight", () => {
        const night = { ...QUIET_DEFAULT, on: true };
        expect([21, 22, 2, 5, 6, 12].map((hour) => isQuiet(night, at(hour)))).toEqual([false, true, true, true, false, false]);
        const noon = { ...night, from: "12:00", to: "13:30" };
        expect([isQuiet(noon, at(11, 59)), isQuiet(noon, at(12)), isQuiet(noon, at(13, 29)), isQuiet(noon, at(13, 30))]).toEqual([false, true, true, false]);
        expect(isQuiet({ ...night, on: false }, at(23))).toBe(false);
    });
    it("may be begun by hand", () => {
        const now = at(12);
        expect(isQuiet({ ...QUIET_DEFAULT, until: now.getTime() + 1 }, now)).toBe(true);
        expect(isQuiet({ ...QUIET_DEFAULT, until: now.getTime() - 1 }, now)).toBe(false);
    });
    it("are checked when they come from elsewhere", () => {
        expect(quietOf(undefined)).toEqual(QUIET_DEFAULT);
        expect(quietOf({ on: "yes", from: "25:00", to: 6, until: "x" })).toEqual(QUIET_DEFAULT);
        expect(quietOf({ on: true, from: "20:15", to: "06:30", until: 5 })).toEqual({ on: true, from: "20:15", to: "06:30", until: 5 });
    });
});
