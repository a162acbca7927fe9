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
        let bytes = [...held.values()].reduce((sum, one) => sum + one, 0);
        for (const [old, its] of held) {
            if (bytes <= this.#bytesMax) break;
            await cache.delete(old);
            held.delete(old);
            bytes -= its;
        }
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
