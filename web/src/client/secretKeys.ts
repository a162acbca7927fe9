/** The key of the secret storage, in memory only and only while something is being opened or kept with it. */
import type { CryptoCallbacks } from "matrix-js-sdk/lib/crypto-api/index.js";

type Key = Uint8Array<ArrayBuffer>;

export class SecretKeys {
    readonly #held = new Map<string, Key>();

    readonly callbacks: CryptoCallbacks = {
        getSecretStorageKey: async ({ keys }) => {
            for (const id of Object.keys(keys)) {
                const key = this.#held.get(id);
                if (key) return [id, key];
            }
            return null;
        },
        cacheSecretStorageKey: (id, _info, key) => void this.#held.set(id, key),
    };

    hold(id: string, key: Key): void {
        this.#held.set(id, key);
    }

    /** Overwrites and forgets what was held. */
    drop(): void {
        for (const key of this.#held.values()) key.fill(0);
        this.#held.clear();
    }
}
