/** The database of one session: what waits to be sent, and what is read without a server. Gone when it signs out. */

import { answer, deleteDatabase, openDatabase, type Table, within } from "./database.ts";

const TABLES: readonly Table[] = [
    { name: "keys", options: { keyPath: "name" } },
    {
        name: "outbox",
        options: { keyPath: "order", autoIncrement: true },
        indexes: [{ name: "txn", path: "txnId", unique: true }],
    },
    { name: "blobs", options: { keyPath: ["txnId", "part"] } },
    { name: "answers", options: { keyPath: "key" } },
    { name: "journal", options: { keyPath: "since" } },
    { name: "events", options: { keyPath: ["room", "segment", "place"] }, indexes: [{ name: "id", path: ["room", "id"] }] },
    { name: "tokens", options: { keyPath: ["room", "token"] }, indexes: [{ name: "place", path: ["room", "segment", "place"] }] },
    { name: "segments", options: { keyPath: ["room", "segment"] } },
    { name: "people", options: { keyPath: ["room", "user"] } },
];

const nameOf = (user: string, device: string): string => `alphorn-kept:${user}:${device}`;

export function openKept(factory: IDBFactory, user: string, device: string): Promise<IDBDatabase> {
    return openDatabase(factory, nameOf(user, device), TABLES);
}

/** About what a burst of new messages takes. */
const TRIED_BYTES = 256 * 1024;

/** Whether something new can be written down: tried, because browsers only estimate. */
export async function hasRoom(database: IDBDatabase): Promise<boolean> {
    const body = new Uint8Array(TRIED_BYTES);
    const key = "room";
    try {
        await within(database, "answers", "readwrite", (it) => answer(it.objectStore("answers").put({ key, body, at: 0 })), "strict");
        await within(database, "answers", "readwrite", (it) => answer(it.objectStore("answers").delete(key)));
        return true;
    } catch {
        return false;
    }
}

/** Nothing of the session stays on the device. */
export function forgetKept(factory: IDBFactory, user: string, device: string): Promise<void> {
    return deleteDatabase(factory, nameOf(user, device));
}
