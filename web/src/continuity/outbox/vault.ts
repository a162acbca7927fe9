/**
 * Seals what waits on the device. The key is made here, never leaves the browser's key store (non-extractable), and
 * dies with the session's database: whoever copies the files of the profile has the ciphertext only as far as the
 * browser protects its keys, and whoever signs out leaves nothing that could be opened.
 */

import { answer, within } from "../database.ts";

export interface Sealed {
    iv: Uint8Array<ArrayBuffer>;
    data: ArrayBuffer;
}

const NAME = "outbox";

export class Vault {
    readonly #key: CryptoKey;

    private constructor(key: CryptoKey) {
        this.#key = key;
    }

    static async open(database: IDBDatabase): Promise<Vault> {
        const read = (): Promise<{ key: CryptoKey } | undefined> =>
            within(database, "keys", "readonly", (it) =>
                answer(it.objectStore("keys").get(NAME) as IDBRequest<{ key: CryptoKey } | undefined>),
            );
        const kept = await read();
        if (kept) return new Vault(kept.key);
        const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
        try {
            await within(database, "keys", "readwrite", (it) => answer(it.objectStore("keys").add({ name: NAME, key })));
            return new Vault(key);
        } catch (error) {
            // Another tab was first; its key is the key.
            const other = await read();
            if (!other) throw error;
            return new Vault(other.key);
        }
    }

    /** For a device that keeps nothing: what is sealed lives as long as the page. */
    static async volatile(): Promise<Vault> {
        return new Vault(await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]));
    }

    /** `about` is bound to it: a record cannot be put in another's place. */
    async seal(bytes: BufferSource, about: string): Promise<Sealed> {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const additionalData = new TextEncoder().encode(about);
        const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, this.#key, bytes);
        return { iv, data };
    }

    async open(sealed: Sealed, about: string): Promise<ArrayBuffer> {
        const additionalData = new TextEncoder().encode(about);
        return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData }, this.#key, sealed.data);
    }

    async sealJson(value: unknown, about: string): Promise<Sealed> {
        return this.seal(new TextEncoder().encode(JSON.stringify(value)), about);
    }

    async openJson<T>(sealed: Sealed, about: string): Promise<T> {
        return JSON.parse(new TextDecoder().decode(await this.open(sealed, about))) as T;
    }
}
