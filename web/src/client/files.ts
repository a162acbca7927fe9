/** Files of messages: fetched, checked and opened; kept as blob addresses as long as there is room for them. */
import type { FileInfo } from "../model/timeline.ts";
import { shownMime } from "../model/files.ts";
import { Failure } from "./failures.ts";
import type { Media } from "./media.ts";

const KEPT_BYTES_MAX = 120 * 1024 * 1024;

export interface Opened {
    /** An address of this page; null while it is fetched or when it failed. */
    url: string | null;
    failed: "offline" | "damaged" | null;
}

interface Kept {
    url: string;
    bytes: number;
    blob: Blob;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(raw, (one) => one.charCodeAt(0));
}

/** Opens what was encrypted for a message (Client-Server API, "Sending encrypted attachments"). */
export async function openFile(sealed: ArrayBuffer, secret: Record<string, unknown>): Promise<ArrayBuffer> {
    try {
        const { sha256 } = secret.hashes as { sha256: string };
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", sealed));
        const wanted = fromBase64(sha256);
        if (hash.length !== wanted.length || hash.some((byte, index) => byte !== wanted[index])) throw new Error("another file");
        const { k } = secret.key as { k: string };
        const key = await crypto.subtle.importKey("raw", fromBase64(k), "AES-CTR", false, ["decrypt"]);
        return await crypto.subtle.decrypt({ name: "AES-CTR", counter: fromBase64(secret.iv as string), length: 64 }, key, sealed);
    } catch {
        throw new Failure("unknown");
    }
}

export class Files {
    readonly #kept = new Map<string, Kept>();
    readonly #asked = new Map<string, Promise<Blob>>();
    /** What was sent from here, by transaction id: shown before it is uploaded. */
    readonly #own = new Map<string, { file: Blob; thumbnail: Blob | null }>();

    constructor(private readonly media: Media) {}

    keepOwn(txnId: string, file: Blob, thumbnail: Blob | null): void {
        this.#own.set(txnId, { file, thumbnail });
        if (this.#own.size > 30) this.#own.delete(this.#own.keys().next().value!);
    }

    /** The whole file, readable. */
    async blob(file: FileInfo, txnId: string | null = null): Promise<Blob> {
        const own = txnId ? this.#own.get(txnId)?.file : undefined;
        return own ? new Blob([own], { type: shownMime(file.mime) }) : this.#fetch(file.url, file.encrypted, shownMime(file.mime));
    }

    /** The small picture of it, or null where there is none. */
    async thumbnail(file: FileInfo, txnId: string | null = null): Promise<Blob | null> {
        const own = txnId ? this.#own.get(txnId) : undefined;
        if (own) return own.thumbnail ?? (file.mime.startsWith("image/") ? this.blob(file, txnId) : null);
        const small = file.thumbnail;
        return small?.url ? this.#fetch(small.url, small.encrypted, "image/png") : null;
    }

    /** An address of this page for a blob that is shown; the same one for the same blob. */
    address(key: string, blob: Blob): string {
        const kept = this.#kept.get(key);
        if (kept?.blob === blob) {
            this.#kept.delete(key);
            this.#kept.set(key, kept);
            return kept.url;
        }
        const url = URL.createObjectURL(blob);
        this.#kept.set(key, { url, bytes: blob.size, blob });
        this.#prune();
        return url;
    }

    close(): void {
        for (const { url } of this.#kept.values()) URL.revokeObjectURL(url);
        this.#kept.clear();
        this.#own.clear();
        this.#asked.clear();
    }

    #fetch(url: string | null, secret: Record<string, unknown> | null, mime: string): Promise<Blob> {
        if (!url || !/^mxc:\/\/[^/]+\/[\w.~-]+$/.test(url)) return Promise.reject(new Failure("not-found"));
        const known = this.#asked.get(url);
        if (known) return known;
        const asked = this.media.bytes(url).then(async (blob) => {
            const bytes = secret ? await openFile(await blob.arrayBuffer(), secret) : await blob.arrayBuffer();
            return new Blob([bytes], { type: mime });
        });
        this.#asked.set(url, asked);
        asked.catch(() => this.#asked.delete(url));
        if (this.#asked.size > 80) this.#asked.delete(this.#asked.keys().next().value!);
        return asked;
    }

    #prune(): void {
        let bytes = 0;
        for (const one of this.#kept.values()) bytes += one.bytes;
        for (const [key, one] of this.#kept) {
            if (bytes <= KEPT_BYTES_MAX || this.#kept.size <= 8) return;
            URL.revokeObjectURL(one.url);
            this.#kept.delete(key);
            bytes -= one.bytes;
        }
    }
}
