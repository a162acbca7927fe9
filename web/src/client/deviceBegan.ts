/**
 * From when on others can write so that this device can read: they have to know its keys. What was written before, or while
 * one was signing in, was not sealed for it; without another device or kept keys it stays closed.
 */
import type { MatrixClient } from "matrix-js-sdk";

/** Until whoever writes has heard of a new device. */
const HEARD_MS = 20_000;
const TELL_MS = 5_000;
let began = 0;

/** `at`: when one signed in on this device. */
export function deviceBegan(at: number): void {
    began = at;
}

/** Whether a message was written before this device could be known to its sender. */
export function beforeDevice(at: number): boolean {
    return at < began + HEARD_MS;
}

/** The part of the crypto that sends what it has to say; its public face has no name for it. */
interface Sends {
    outgoingRequestsManager?: { doProcessOutgoingRequests(): Promise<void> };
}

/**
 * Tells the server this device's keys at once, not only after the first answer to sync, which may be large: whoever sees a
 * room can be written to. A server that does not answer is not waited for: the keys go out later.
 */
export async function tellKeys(client: MatrixClient): Promise<void> {
    const { outgoingRequestsManager } = client.getCrypto() as unknown as Sends;
    const told = outgoingRequestsManager?.doProcessOutgoingRequests().catch(() => undefined);
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, TELL_MS))]);
}
