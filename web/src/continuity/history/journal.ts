/**
 * The sync answers since the SDK's store was last written. The SDK writes its store every few minutes only: a page
 * that is opened without a server would lack what came since. It asks for what follows the token it has written, and
 * the journal answers as the server did. All as it came: encrypted messages stay encrypted.
 */

import { answer, within } from "../database.ts";

interface Entry {
    /** The token it was asked with. */
    since: string;
    next: string;
    body: string;
    at: number;
    /** The SDK has asked for what follows: it has taken this in, keys for the device included. */
    taken: boolean;
}

/** Twice the time within which the SDK writes its store, and some more. */
const AGE_MS = 15 * 60 * 1000;
const BYTES_MAX = 16 * 1024 * 1024;

export class Journal {
    readonly #database: IDBDatabase;
    /** Written and not given up yet, oldest first: since, when, how large. */
    #held: { since: string; at: number; size: number }[] | null = null;

    constructor(database: IDBDatabase) {
        this.#database = database;
    }

    /** The server answered a sync that was asked with `since`. */
    async keep(since: string, next: string, body: string, at: number): Promise<void> {
        // Nothing new: the same token again.
        if (since === next) return;
        const held = await this.#list();
        held.push({ since, at, size: body.length });
        const entry: Entry = { since, next, body, at, taken: false };
        const old: string[] = [];
        let bytes = held.reduce((sum, one) => sum + one.size, 0);
        while (held[0] && held.length > 1 && (at - held[0].at > AGE_MS || bytes > BYTES_MAX)) {
            bytes -= held[0].size;
            old.push(held[0].since);
            held.shift();
        }
        await within(this.#database, "journal", "readwrite", (it) => {
            const table = it.objectStore("journal");
            for (const one of old) if (one !== since) table.delete(one);
            table.put(entry);
        });
    }

    /** The SDK asks for what follows `next`: all up to there is in its hands. */
    async taken(since: string): Promise<void> {
        await within(this.#database, "journal", "readwrite", async (it) => {
            const table = it.objectStore("journal");
            const entry = await answer(table.get(since) as IDBRequest<Entry | undefined>);
            if (entry && !entry.taken) table.put({ ...entry, taken: true });
        });
    }

    /** What the server answered to this token. */
    async find(since: string): Promise<string | null> {
        const entry = await within(this.#database, "journal", "readonly", (it) =>
            answer(it.objectStore("journal").get(since) as IDBRequest<Entry | undefined>),
        );
        if (!entry) return null;
        if (!entry.taken) return entry.body;
        // Keys sent to this device are in the key store since; a second time they could not be opened any more.
        const body = JSON.parse(entry.body) as Record<string, unknown>;
        delete body.to_device;
        return JSON.stringify(body);
    }

    async clear(): Promise<void> {
        this.#held = [];
        await within(this.#database, "journal", "readwrite", (it) => answer(it.objectStore("journal").clear()));
    }

    async #list(): Promise<{ since: string; at: number; size: number }[]> {
        if (this.#held) return this.#held;
        const all = await within(this.#database, "journal", "readonly", (it) =>
            answer(it.objectStore("journal").getAll() as IDBRequest<Entry[]>),
        );
        all.sort((a, b) => a.at - b.at);
        this.#held ??= all.map(({ since, at, body }) => ({ since, at, size: body.length }));
        return this.#held;
    }
}
