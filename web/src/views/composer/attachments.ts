/** Files that wait above the field until they are sent. One list for each room and thread. */
import { sizeWords } from "../../model/files.ts";
import { cleanName } from "../../model/names.ts";
import { Cell } from "../../model/store.ts";
import { toasts } from "../../design/Toasts.tsx";
import { language, t } from "../../i18n/i18n.ts";

export interface Tile {
    id: number;
    file: File;
    /** An address of this page, for pictures. */
    preview: string | null;
    /** Sent as it is, with what a photo tells besides the picture. */
    original: boolean;
}

const all = new Map<string, Cell<readonly Tile[]>>();
const TILES_MAX = 20;
let next = 1;

export function tilesOf(roomId: string, threadId: string | null): Cell<readonly Tile[]> {
    const key = `${roomId} ${threadId ?? ""}`;
    let cell = all.get(key);
    if (!cell) all.set(key, (cell = new Cell<readonly Tile[]>([])));
    return cell;
}

/** `most` is what the server takes: what is larger is said at once, and not attached. */
export function addTiles(cell: Cell<readonly Tile[]>, files: Iterable<File>, most: number | null): void {
    const original = cell.getSnapshot().some((tile) => tile.original);
    const given = [...files];
    const large = given.filter((file) => most !== null && file.size > most);
    if (large.length > 0 && most !== null) toasts.show({ title: t("composer.tooLarge", { size: sizeWords(most, language.getSnapshot()) }), text: large.map((file) => cleanName(file.name, "file")).join(", ") });
    const added = given.filter((file) => !large.includes(file)).map((file) => ({ id: next++, file, original: original && losesPlace(file.type), preview: /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type) ? URL.createObjectURL(file) : null }));
    cell.set([...cell.getSnapshot(), ...added].slice(0, TILES_MAX));
}

/** Place, time and camera are taken out of these before they are sent. */
export function losesPlace(type: string): boolean {
    return /^image\/(jpeg|png|webp)$/.test(type);
}

export function setOriginal(cell: Cell<readonly Tile[]>, original: boolean): void {
    cell.set(cell.getSnapshot().map((tile) => ({ ...tile, original: original && losesPlace(tile.file.type) })));
}

export function dropTile(cell: Cell<readonly Tile[]>, id: number): void {
    for (const tile of cell.getSnapshot()) if (tile.id === id && tile.preview) URL.revokeObjectURL(tile.preview);
    cell.set(cell.getSnapshot().filter((tile) => tile.id !== id));
}

export function clearTiles(cell: Cell<readonly Tile[]>): readonly Tile[] {
    const tiles = cell.getSnapshot();
    for (const { preview } of tiles) if (preview) URL.revokeObjectURL(preview);
    cell.set([]);
    return tiles;
}
