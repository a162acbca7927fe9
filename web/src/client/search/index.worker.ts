/**
 * Holds the index of opened messages: in memory as it is, on the device sealed with the vault's key, in slices.
 * A slice is some hundreds of messages; later slices count over earlier ones.
 */
import type { FromIndex, RoomProgress, ToIndex } from "../../model/indexMessages.ts";
import { MessageIndex, type SearchDoc } from "../../model/search.ts";

const DATABASE = "alphorn-index";
const SLICES = "slices";
const SLICE_DOCS = 400;
const WRITE_AFTER_MS = 3000;
/** More slices than this are written anew as full ones. */
const SLICES_MAX = 60;

interface Slice {
    docs: SearchDoc[];
    gone: string[];
    rooms: Record<string, RoomProgress>;
}

interface Sealed {
    iv: Uint8Array<ArrayBuffer>;
    bytes: ArrayBuffer;
}

const index = new MessageIndex();
const rooms = new Map<string, RoomProgress>();
let key: CryptoKey | null = null;
let database: IDBDatabase | null = null;
let slices = 0;
let waiting: Slice = { docs: [], gone: [], rooms: {} };
let timer: ReturnType<typeof setTimeout> | undefined;
let writing: Promise<void> = Promise.resolve();

function promised<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
    });
}

async function openDatabase(): Promise<IDBDatabase> {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SLICES, { autoIncrement: true });
    const open = await promised(request);
    // Whoever signs out removes it.
    open.onversionchange = () => {
        open.close();
        database = null;
    };
    return open;
}

async function open(withKey: CryptoKey): Promise<void> {
    if (database) return;
    key = withKey;
    try {
        database = await openDatabase();
        const names = await promised(database.transaction(SLICES).objectStore(SLICES).getAllKeys());
        slices = names.length;
        for (const name of names) await readSlice(name);
        if (slices > SLICES_MAX) await compact();
    } catch (error) {
        // Without room on the device the index lives as long as the page.
        console.warn("the index is kept in memory only", error);
    }
}

async function readSlice(name: IDBValidKey): Promise<void> {
    const sealed = (await promised(database!.transaction(SLICES).objectStore(SLICES).get(name))) as Sealed | undefined;
    if (!sealed || !key) return;
    try {
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.bytes);
        const slice = JSON.parse(new TextDecoder().decode(plain)) as Slice;
        for (const doc of slice.docs) index.add(doc);
        for (const id of slice.gone) index.remove(id);
        for (const [room, progress] of Object.entries(slice.rooms)) rooms.set(room, progress);
    } catch {
        // Sealed with another key, or broken: it is read again from the server.
        await promised(database!.transaction(SLICES, "readwrite").objectStore(SLICES).delete(name));
    }
}

async function seal(slice: Slice): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key!, new TextEncoder().encode(JSON.stringify(slice)));
    return { iv, bytes };
}

function writeSoon(): void {
    if (waiting.docs.length >= SLICE_DOCS) return write();
    timer ??= setTimeout(write, WRITE_AFTER_MS);
}

function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const slice = waiting;
    waiting = { docs: [], gone: [], rooms: {} };
    writing = writing.then(() => put(slice)).catch((error: unknown) => console.warn("the index was not kept", error));
}

async function put(slice: Slice): Promise<void> {
    if (!database || !key) return;
    const sealed = await seal(slice);
    await promised(database.transaction(SLICES, "readwrite").objectStore(SLICES).add(sealed));
    slices += 1;
    if (slices > SLICES_MAX * 2) await compact();
}

/** All that counts, in full slices, in place of the many small ones. */
async function compact(): Promise<void> {
    if (!database) return;
    const docs = index.all();
    const all: Sealed[] = [];
    for (let at = 0; at < docs.length; at += SLICE_DOCS * 5) all.push(await seal({ docs: docs.slice(at, at + SLICE_DOCS * 5), gone: [], rooms: {} }));
    all.push(await seal({ docs: [], gone: index.removed(), rooms: Object.fromEntries(rooms) }));
    const store = database.transaction(SLICES, "readwrite").objectStore(SLICES);
    await promised(store.clear());
    for (const one of all) await promised(store.add(one));
    slices = all.length;
}

async function answer(asked: ToIndex): Promise<Omit<FromIndex, "answer">> {
    switch (asked.what) {
        case "open":
            await open(asked.key);
            break;
        case "add": {
            const fresh = asked.docs.filter((doc) => index.add(doc));
            const gone = asked.gone.filter((id) => index.remove(id));
            if (fresh.length + gone.length > 0) {
                waiting.docs.push(...fresh);
                waiting.gone.push(...gone);
                writeSoon();
            }
            break;
        }
        case "progress":
            rooms.set(asked.room, asked.progress);
            waiting.rooms[asked.room] = asked.progress;
            writeSoon();
            break;
        case "forget-room":
            index.removeRoom(asked.room);
            rooms.delete(asked.room);
            await writing;
            await compact();
            break;
        case "find":
            return { found: index.find(asked.query) };
    }
    return { state: { size: index.size, rooms: Object.fromEntries(rooms) } };
}

// One after the other: what was asked first is done first.
let turn: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<ToIndex>) => {
    turn = turn.then(async () => {
        const said: Omit<FromIndex, "answer"> = await answer(data).catch(() => ({ failed: true as const }));
        postMessage({ answer: data.ask, ...said } satisfies FromIndex);
    });
});
