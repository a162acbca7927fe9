/** What a hostile name must not be able to do. */
import { expect, test } from "vitest";
import { cleanName, hue, initials, localpart } from "../src/model/names.ts";

test("a name cannot turn, hide or break the text around it", () => {
    expect(cleanName("Anna\u202eevil\u2066", "x")).toBe("Annaevil");
    expect(cleanName("Dr.\nAnna\u0000  Meier", "x")).toBe("Dr. Anna Meier".replace(". ", "."));
    expect(cleanName("\u200b\u3164\ufeff", "anna")).toBe("anna");
    expect(cleanName("a".repeat(5000), "x").length).toBeLessThanOrEqual(100);
    expect(cleanName(`Z${"\u0351".repeat(80)}algo`, "x").length).toBeLessThan(12);
});

test("initials are two letters, titles left out", () => {
    expect(initials("Nadia Frei")).toBe("NF");
    expect(initials("Dr. Elif Yalçın")).toBe("EY");
    expect(initials("anna")).toBe("AN");
    expect(initials("💥")).toBe("");
});

test("the local part of an address, also of none", () => {
    expect(localpart("@anna:example.org")).toBe("anna");
    expect(localpart("nothing")).toBe("nothing");
});

test("one of twelve hues, always the same for one id", () => {
    const hues = new Set(Array.from({ length: 500 }, (_, index) => hue(`@user${index}:x`)));
    expect(hues.size).toBe(12);
    expect(hue("@anna:x")).toBe(hue("@anna:x"));
});
