/**
 * What this device keeps for itself, encrypted with a key that the browser does not hand out: session, drafts, keys.
 * One database; every value is sealed with AES-GCM.
 */

const DATABASE = "alphorn-vault";
const VALUES = "values";
const KEY_NAME = "device-key";
/** What is put there to see whether there is room. */
const FILLING = "room";

function promised<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
    });
}

function open(): Promise<IDBDatabase> {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(VALUES);
    return promised(request);
}

/** A full device takes a value, and lets go of it when the transaction ends: only then is it kept. */
function kept(transaction: IDBTransaction): Promise<void> {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new DOMException("the device is full", "QuotaExceededError"));
    });
}

interface Sealed {
    iv: Uint8Array<ArrayBuffer>;
    bytes: ArrayBuffer;
}

export class Vault {
    private constructor(
        private readonly database: IDBDatabase,
        private readonly key: CryptoKey,
    ) {}

    static async open(): Promise<Vault> {
        const database = await open();
        const kept = await promised(database.transaction(VALUES).objectStore(VALUES).get(KEY_NAME));
        if (kept instanceof CryptoKey) return new Vault(database, kept);
        const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
        const store = database.transaction(VALUES, "readwrite").objectStore(VALUES);
        // Another tab may have been faster: its key holds.
        const now = await promised(store.get(KEY_NAME));
        if (now instanceof CryptoKey) return new Vault(database, now);
        await promised(store.put(key, KEY_NAME));
        return new Vault(database, key);
    }

    /** For what is sealed elsewhere on this device: the key itself cannot be read. */
    get sealingKey(): CryptoKey {
        return this.key;
    }

    async get<T>(name: string): Promise<T | null> {
        const sealed = (await promised(this.#read().get(name))) as Sealed | undefined;
        if (!sealed) return null;
        try {
            const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, this.key, sealed.bytes);
            return JSON.parse(new TextDecoder().decode(plain)) as T;
        } catch {
            return null;
        }
    }

    async put(name: string, value: unknown): Promise<void> {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const plain = new TextEncoder().encode(JSON.stringify(value));
        const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, plain);
        await this.#put(name, { iv, bytes } satisfies Sealed);
    }

    async remove(name: string): Promise<void> {
        await promised(this.#write().delete(name));
    }

    /** Whether so much more could be kept; throws if not. */
    async tryRoom(bytes: number): Promise<void> {
        const filling = new Uint8Array(bytes);
        // At most so many random bytes come at once.
        for (let from = 0; from < bytes; from += 65_536) crypto.getRandomValues(filling.subarray(from, from + 65_536));
        await this.#put(FILLING, filling);
        await this.remove(FILLING);
    }

    async names(): Promise<string[]> {
        return (await promised(this.#read().getAllKeys())).map(String).filter((name) => name !== KEY_NAME && name !== FILLING);
    }

    /** Forgets everything, the key included: what was sealed can never be opened again. */
    async destroy(): Promise<void> {
        await promised(this.#write().clear());
        this.database.close();
    }

    async #put(name: string, value: unknown): Promise<void> {
        const store = this.#write();
        const done = kept(store.transaction);
        store.put(value, name);
        await done;
    }

    #read(): IDBObjectStore {
        return this.database.transaction(VALUES).objectStore(VALUES);
    }

    #write(): IDBObjectStore {
        return this.database.transaction(VALUES, "readwrite").objectStore(VALUES);
    }
}
