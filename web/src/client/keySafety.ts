/**
 * Keys of messages come once: the server forgets them as soon as the next sync says that they came. The SDK goes on when
 * they could not be written down (a full device, a store that was closed), and they would be lost for good. Here it
 * stops instead: the server keeps them, and they come again to the next page.
 */
import type { MatrixClient } from "matrix-js-sdk";

interface Receives {
    processSyncChanges(changes: unknown): Promise<unknown>;
}

/** What the crypto says when its store failed it. */
const STORE_FAILED = /crypto store|transaction|quota|indexeddb|null pointer/i;

/** `onFull` is called when the device took no more. */
export function guardKeys(client: MatrixClient, stopped: () => boolean, onFull: () => void): void {
    const crypto = client.getCrypto() as unknown as Receives | undefined;
    if (!crypto) return;
    const receive = crypto.processSyncChanges.bind(crypto);
    crypto.processSyncChanges = async (changes) => {
        try {
            return await receive(changes);
        } catch (error) {
            if (!stopped() && !STORE_FAILED.test(String(error))) throw error;
            if (!stopped()) onFull();
            // Never answered: no next sync.
            return new Promise(() => undefined);
        }
    };
}
