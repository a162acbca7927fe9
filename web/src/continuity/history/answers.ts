/**
 * The last good answer to what the client asks when it starts, so that it starts without a server too. Nothing secret:
 * what the server can, the user's push rules, the filter's id.
 */

import { answer, within } from "../database.ts";

const KEPT: readonly { method: string; path: RegExp }[] = [
    { method: "GET", path: /^\/_matrix\/client\/versions$/ },
    { method: "GET", path: /^\/_matrix\/client\/v3\/pushrules\/$/ },
    { method: "GET", path: /^\/_matrix\/client\/v3\/capabilities$/ },
    { method: "GET", path: /^\/_matrix\/client\/v3\/user\/[^/]+\/filter\/[^/]+$/ },
    { method: "POST", path: /^\/_matrix\/client\/v3\/user\/[^/]+\/filter$/ },
    { method: "GET", path: /^\/_matrix\/client\/v3\/account\/whoami$/ },
    { method: "GET", path: /^\/_matrix\/client\/v3\/rooms\/[^/]+\/members$/ },
    { method: "GET", path: /^\/_matrix\/client\/v3\/profile\/[^/]+$/ },
    { method: "GET", path: /^\/_matrix\/client\/v1\/rooms\/[^/]+\/hierarchy$/ },
];

interface Kept {
    key: string;
    body: string;
    at: number;
}

export class Answers {
    readonly #database: IDBDatabase;
    readonly #written = new Map<string, string>();

    constructor(database: IDBDatabase) {
        this.#database = database;
    }

    keyOf(method: string, path: string, body: unknown): string | null {
        const plain = path.split("?")[0] ?? path;
        if (!KEPT.some((one) => one.method === method && one.path.test(plain))) return null;
        return `${method} ${path} ${typeof body === "string" ? body : ""}`;
    }

    async keep(key: string, body: string, at: number): Promise<void> {
        // Asked again and again with the same answer: written once.
        if (this.#written.get(key) === body) return;
        this.#written.set(key, body);
        const kept: Kept = { key, body, at };
        await within(this.#database, "answers", "readwrite", (it) => answer(it.objectStore("answers").put(kept)));
    }

    async find(key: string): Promise<string | null> {
        const kept = await within(this.#database, "answers", "readonly", (it) =>
            answer(it.objectStore("answers").get(key) as IDBRequest<Kept | undefined>),
        );
        return kept?.body ?? null;
    }
}
