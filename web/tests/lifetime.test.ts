/** Messages that disappear. */
import { expect, test } from "vitest";
import { effectiveLifetime, lifetimeOf, lifetimeWords, NO_LIFETIMES, serverLifetimesOf } from "../src/model/lifetime.ts";

test("only a sound limit counts", () => {
    expect(lifetimeOf({ max_lifetime: 86_400_000 })).toBe(86_400_000);
    expect(lifetimeOf({ max_lifetime: 5 })).toBe(1_000);
    for (const bad of [null, undefined, {}, { max_lifetime: "1" }, { max_lifetime: -1 }, { max_lifetime: 0 }, { max_lifetime: 1.5 }, { max_lifetime: 1e300 }, { min_lifetime: 5 }]) expect(lifetimeOf(bad)).toBeNull();
});

test("it is said in the largest whole unit", () => {
    expect(lifetimeWords(7 * 86_400_000, "en")).toBe("1 week");
    expect(lifetimeWords(5_000, "en")).toBe("5 seconds");
    expect(lifetimeWords(3 * 86_400_000, "de")).toBe("3 Tage");
    expect(lifetimeWords(90 * 60_000, "en")).toBe("90 minutes");
    expect(lifetimeWords(86_400_000 + 1, "fr")).toMatch(/1\sjour/);
});

test("what the server says holds in rooms that say nothing, and bounds the others", () => {
    const server = serverLifetimesOf({ policies: { "*": { max_lifetime: 30_000 }, "!a": { max_lifetime: 1 } }, limits: { max_lifetime: { min: 10_000, max: 60_000 } } });
    expect(server).toEqual({ default: 30_000, min: 10_000, max: 60_000 });
    expect([null, 5_000, 20_000, 90_000].map((own) => effectiveLifetime(own, server))).toEqual([30_000, 10_000, 20_000, 60_000]);
    expect([null, 5_000].map((own) => effectiveLifetime(own, NO_LIFETIMES))).toEqual([null, 5_000]);
    for (const bad of [null, undefined, "x", {}, { policies: null, limits: null }, { policies: { "*": 3 }, limits: { max_lifetime: { min: "1" } } }]) expect(serverLifetimesOf(bad)).toEqual(NO_LIFETIMES);
});
