/** Which devices of somebody carry that person's own signature. */
import type { AlphornClient } from "../client.ts";

export async function confirmedDevices(client: AlphornClient, userId: string): Promise<ReadonlySet<string>> {
    const crypto = client.sdk.getCrypto();
    const confirmed = new Set<string>();
    if (!crypto) return confirmed;
    const devices = (await crypto.getUserDeviceInfo([userId], true)).get(userId);
    for (const id of devices?.keys() ?? []) {
        const status = await crypto.getDeviceVerificationStatus(userId, id);
        if (status?.signedByOwner) confirmed.add(id);
    }
    return confirmed;
}
