/** The database of one session: what waits to be sent, and what is read without a server. Gone when it signs out. */

import { deleteDatabase, openDatabase, type Table } from "./database.ts";

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

/** Nothing of the session stays on the device. */
export function forgetKept(factory: IDBFactory, user: string, device: string): Promise<void> {
    return deleteDatabase(factory, nameOf(user, device));
}
