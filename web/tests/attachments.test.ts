// @vitest-environment jsdom
/** What is attached waits; what the server does not take is said at once. */
import { expect, test } from "vitest";
import { toasts } from "../src/design/Toasts.tsx";
import { addTiles, clearTiles, setOriginal, tilesOf } from "../src/views/composer/attachments.ts";

const file = (name: string, size: number, type = "text/plain"): File => new File([new Uint8Array(size)], name, { type });
const names = (cell: ReturnType<typeof tilesOf>): string[] => cell.getSnapshot().map((tile) => tile.file.name);

test("a file larger than the server takes is named and not attached; without a limit all are", () => {
    const cell = tilesOf("!a", null);
    addTiles(cell, [file("small.txt", 10), file("film.mp4", 3000)], 2000);
    expect(names(cell)).toEqual(["small.txt"]);
    expect(toasts.getSnapshot().map((toast) => toast.text)).toEqual(["film.mp4"]);
    addTiles(cell, [file("film.mp4", 3000)], null);
    expect(names(cell)).toEqual(["small.txt", "film.mp4"]);
});

test("only photos are asked to be originals, and a further one follows the others", () => {
    URL.createObjectURL = () => "blob:x";
    URL.revokeObjectURL = () => undefined;
    const cell = tilesOf("!b", null);
    addTiles(cell, [file("a.jpg", 1, "image/jpeg"), file("b.txt", 1)], null);
    setOriginal(cell, true);
    addTiles(cell, [file("c.png", 1, "image/png")], null);
    expect(clearTiles(cell).map((tile) => tile.original)).toEqual([true, false, true]);
    expect(names(cell)).toEqual([]);
});
