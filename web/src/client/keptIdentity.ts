/**
 * An identity that was made here and never arrived at the server. The SDK can only make another one, and that one would be
 * refused where the first did arrive after all (its answer was lost); the machine below it can send the same one again.
 */
import type { CryptoApi } from "matrix-js-sdk/lib/crypto-api/index.js";

type Prove = (send: (auth: null) => Promise<unknown>) => Promise<void>;

interface Inside {
    olmMachine: {
        bootstrapCrossSigning(reset: boolean): Promise<{ uploadKeysRequest?: unknown; uploadSigningKeysRequest: unknown; uploadSignaturesRequest: unknown }>;
    };
    outgoingRequestProcessor: { makeOutgoingRequest(request: unknown, prove?: Prove): Promise<void> };
}

/** Sends what lies here; tells whether there was something. */
export async function sendKept(crypto: CryptoApi, prove: Prove): Promise<boolean> {
    const { masterKey, selfSigningKey, userSigningKey } = (await crypto.getCrossSigningStatus()).privateKeysCachedLocally;
    if (!masterKey || !selfSigningKey || !userSigningKey) return false;
    const { olmMachine, outgoingRequestProcessor } = crypto as unknown as Inside;
    const requests = await olmMachine.bootstrapCrossSigning(false);
    for (const request of [requests.uploadKeysRequest, requests.uploadSigningKeysRequest, requests.uploadSignaturesRequest]) {
        if (request) await outgoingRequestProcessor.makeOutgoingRequest(request, prove);
    }
    return true;
}
