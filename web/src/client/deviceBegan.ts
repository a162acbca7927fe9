/**
 * From when on others can write so that this device can read: they have to know its keys. What was written before, or while
 * one was signing in, was not sealed for it; without another device or kept keys it stays closed.
 */
import type { MatrixClient } from "matrix-js-sdk";

/** Until whoever writes has heard of a new device. */
const HEARD_MS = 20_000;
let began = 0;

/** `at`: when one signed in on this device. */
export function deviceBegan(at: number): void {
    began = at;
}

/** Whether a message was written before this device could be known to its sender. */
export function beforeDevice(at: number): boolean {
    return at < began + HEARD_MS;
}

/** Tells the server this device's keys at once, not only after the first answer to sync, which may be large. */
export function tellKeys(client: MatrixClient): void {
    (client.getCrypto() as unknown as { onSyncCompleted?(about: object): void } | undefined)?.onSyncCompleted?.({});
}
