/**
 * Files and pictures that were opened, for reading them without a server: the bytes as the server has them, so those of
 * encrypted rooms stay encrypted. While a node answers they are asked from there: what was deleted is deleted.
 */

const FILE_BYTES_MAX = 20 * 1024 * 1024;
const BYTES_MAX = 200 * 1024 * 1024;

/** What of a `Cache` is needed. */
export type FileCache = Pick<Cache, "match" | "put" | "delete" | "keys">;

export const isFile = (method: string, path: string): boolean =>
    method === "GET" && /^\/_matrix\/client\/v1\/media\/(download|thumbnail)\//.test(path);

export class Files {
    readonly #open: () => Promise<FileCache>;
    readonly #bytesMax: number;
    /** Path and size, what was used for longest first. */
    #held: Map<string, number> | null = null;
    #work: Promise<unknown> = Promise.resolve();

    constructor(open: () => Promise<FileCache>, bytesMax = BYTES_MAX) {
        this.#open = open;
        this.#bytesMax = bytesMax;
    }

    async find(path: string): Promise<Response | null> {
        return (await (await this.#open()).match(path)) ?? null;
    }

    /** Keeps a copy; the caller has the answer meanwhile. */
    keep(path: string, response: Response): Promise<void> {
        const size = Number(response.headers.get("content-length"));
        if (!response.ok || !(size > 0) || size > FILE_BYTES_MAX) return Promise.resolve();
        const copy = response.clone();
        const keeping = this.#work.then(() => this.#keep(path, copy, size));
        this.#work = keeping.catch(() => {});
        return keeping;
    }

    async #keep(path: string, response: Response, size: number): Promise<void> {
        const cache = await this.#open();
        const held = await this.#list(cache);
        await cache.put(path, response);
        held.delete(path);
        held.set(path, size);
        await this.#downTo(cache, held, this.#bytesMax);
    }

    async size(): Promise<number> {
        return sum(await this.#list(await this.#open()));
    }

    /** Gives up what was kept for longest, down to `bytes`. True if something went. */
    shrink(bytes: number): Promise<boolean> {
        const shrinking = this.#work.then(async () => {
            const cache = await this.#open();
            return this.#downTo(cache, await this.#list(cache), bytes);
        });
        this.#work = shrinking.catch(() => {});
        return shrinking;
    }

    async #downTo(cache: FileCache, held: Map<string, number>, bytes: number): Promise<boolean> {
        let now = sum(held);
        const before = held.size;
        for (const [old, its] of held) {
            if (now <= bytes) break;
            await cache.delete(old);
            held.delete(old);
            now -= its;
        }
        return held.size < before;
    }

    async #list(cache: FileCache): Promise<Map<string, number>> {
        if (this.#held) return this.#held;
        const held = new Map<string, number>();
        for (const request of await cache.keys()) {
            const url = new URL(request.url);
            const found = await cache.match(request);
            held.set(url.pathname + url.search, Number(found?.headers.get("content-length")) || 0);
        }
        this.#held = held;
        return held;
    }
}

function sum(held: ReadonlyMap<string, number>): number {
    return [...held.values()].reduce((all, one) => all + one, 0);
}
