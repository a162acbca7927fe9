/** Pictures and files of the server: fetched with the session, kept as blob addresses as long as they are used. */
import { getHttpUriForMxc, type MatrixClient } from "matrix-js-sdk";
import { Cell, type Readable } from "../model/store.ts";
import { Failure } from "./failures.ts";
import { networkFetch } from "./network.ts";

const KEPT_MAX = 300;

export class Media {
    readonly #kept = new Map<string, Cell<string | null>>();
    /** The largest file that the server takes, in bytes; null while it has not said so. */
    mostBytes: number | null = null;

    constructor(private readonly client: MatrixClient) {}

    /** A square picture of at least `size` pixels: null until it is here. */
    thumbnail(mxc: string, size: number): Readable<string | null> {
        const key = `${mxc}/${size}`;
        let cell = this.#kept.get(key);
        if (!cell) {
            cell = new Cell<string | null>(null);
            this.#kept.set(key, cell);
            void this.#load(mxc, size, cell);
            this.#prune();
        } else {
            this.#kept.delete(key);
            this.#kept.set(key, cell);
        }
        return cell;
    }

    /** Asks once what the server takes, so that people need not wait to be refused. */
    async askMost(): Promise<void> {
        if (this.mostBytes !== null) return;
        const { "m.upload.size": most } = (await this.client.getMediaConfig(true).catch(() => ({}))) as { "m.upload.size"?: unknown };
        if (typeof most === "number" && most > 0) this.mostBytes = most;
    }

    /** The bytes of a file as they lie on the server. */
    async bytes(mxc: string, signal?: AbortSignal): Promise<Blob> {
        return this.#fetch(getHttpUriForMxc(this.client.baseUrl, mxc, undefined, undefined, undefined, false, true, true), signal);
    }

    close(): void {
        for (const cell of this.#kept.values()) this.#revoke(cell);
        this.#kept.clear();
    }

    async #load(mxc: string, size: number, cell: Cell<string | null>): Promise<void> {
        try {
            const url = getHttpUriForMxc(this.client.baseUrl, mxc, size, size, "crop", false, true, true);
            const blob = await this.#fetch(url);
            // Only kinds of pictures that cannot carry anything else.
            if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(blob.type)) return;
            cell.set(URL.createObjectURL(blob));
        } catch {
            // Initials stay.
        }
    }

    async #fetch(url: string, signal?: AbortSignal): Promise<Blob> {
        if (!url) throw new TypeError("not an address of a file");
        const response = await networkFetch(url, { headers: { Authorization: `Bearer ${this.client.getAccessToken()}` }, signal });
        if (response.status === 404) throw new Failure("not-found");
        if (!response.ok) throw new TypeError(`no file: ${response.status}`);
        return response.blob();
    }

    #prune(): void {
        while (this.#kept.size > KEPT_MAX) {
            const [oldest] = this.#kept.keys();
            if (oldest === undefined) return;
            const cell = this.#kept.get(oldest);
            this.#kept.delete(oldest);
            if (cell) this.#revoke(cell);
        }
    }

    #revoke(cell: Cell<string | null>): void {
        const url = cell.getSnapshot();
        if (url) URL.revokeObjectURL(url);
    }
}
