/** The index in its worker, as promises. */
import type { FromIndex, IndexState, RoomProgress, ToIndex } from "../../model/indexMessages.ts";
import type { SearchDoc, SearchFound, SearchQuery } from "../../model/search.ts";

export const INDEX_DATABASE = "alphorn-index";
type Without<T> = T extends unknown ? Omit<T, "ask"> : never;

export class LocalIndex {
    readonly #worker: Worker;
    readonly #asked = new Map<number, { resolve: (said: FromIndex) => void; reject: (error: Error) => void }>();
    #next = 1;

    constructor() {
        this.#worker = new Worker(new URL("./index.worker.ts", import.meta.url), { type: "module" });
        this.#worker.onmessage = ({ data }: MessageEvent<FromIndex>) => {
            const one = this.#asked.get(data.answer);
            this.#asked.delete(data.answer);
            if (data.failed) one?.reject(new Error("the index failed"));
            else one?.resolve(data);
        };
        this.#worker.onerror = () => {
            for (const { reject } of this.#asked.values()) reject(new Error("the index failed"));
            this.#asked.clear();
        };
    }

    async open(key: CryptoKey): Promise<IndexState> {
        return (await this.#ask({ what: "open", key })).state!;
    }

    async add(docs: readonly SearchDoc[], gone: readonly string[]): Promise<IndexState> {
        return (await this.#ask({ what: "add", docs, gone })).state!;
    }

    async progress(room: string, progress: RoomProgress): Promise<IndexState> {
        return (await this.#ask({ what: "progress", room, progress })).state!;
    }

    async forgetRoom(room: string): Promise<void> {
        await this.#ask({ what: "forget-room", room });
    }

    async find(query: SearchQuery): Promise<SearchFound> {
        return (await this.#ask({ what: "find", query })).found!;
    }

    close(): void {
        this.#worker.terminate();
    }

    #ask(what: Without<ToIndex>): Promise<FromIndex> {
        const ask = this.#next++;
        return new Promise((resolve, reject) => {
            this.#asked.set(ask, { resolve, reject });
            this.#worker.postMessage({ ask, ...what });
        });
    }
}
