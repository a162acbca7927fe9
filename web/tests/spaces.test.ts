import { expect, test } from "vitest";
import { below, compareChildren, orderOf, tops } from "../src/model/spaces.ts";

test("what lies below a space, also in circles", () => {
    const children = new Map([["a", ["b", "r1"]], ["b", ["c", "r2", "a"]], ["c", ["b", "r3", "r1"]]]);
    expect([...below(children, "a")].sort()).toEqual(["b", "c", "r1", "r2", "r3"]);
    expect([...below(children, "none")]).toEqual([]);
    expect(tops(new Map([["a", ["b"]], ["b", []]]))).toEqual(["a"]);
    expect(tops(children)).toHaveLength(3);
});

test("order of children", () => {
    const one = (id: string, order: unknown, at: number) => ({ id, order: orderOf(order), at });
    const sorted = [one("x", null, 1), one("b", "b", 9), one("a", "a", 9), one("y", "\u0000", 0), one("z", "z".repeat(51), 2)].sort(compareChildren);
    expect(sorted.map(({ id }) => id)).toEqual(["a", "b", "y", "x", "z"]);
});
