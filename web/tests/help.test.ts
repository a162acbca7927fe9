import { expect, test } from "vitest";
import { topicsIn } from "../src/views/help/topics.ts";

test("help has the same pages, parts and pictures in all languages, without what the words forbid", async () => {
    const shape = async (language: "en" | "fr" | "de" | "it") =>
        (await topicsIn(language)).map(({ id, sections }) => [id, sections.map(({ lines, picture }) => [lines.length, picture?.name ?? null])]);
    const pattern = await shape("en");
    for (const language of ["fr", "de", "it"] as const) {
        expect(await shape(language)).toEqual(pattern);
        expect(JSON.stringify(await topicsIn(language))).not.toMatch(/ß|!/);
    }
});
