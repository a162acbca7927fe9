/** The devices on which one is signed in. */
import type { MatrixClient } from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api/index.js";
import { cleanName } from "../model/names.ts";
import { coalesce, Store } from "../model/store.ts";
import { toFailure } from "./failures.ts";
import type { Proof } from "./proof.ts";

export interface Device {
    id: string;
    name: string;
    lastSeenAt: number | null;
    here: boolean;
    /** Null: it has no keys, so it opens no encrypted messages. */
    verified: boolean | null;
}

/** Null until the server has answered. */
export class Devices extends Store<readonly Device[] | null> {
    readonly #soon = coalesce(() => void this.load().catch(() => undefined), 300);
    #following = false;

    constructor(
        private readonly client: MatrixClient,
        private readonly proof: Proof,
    ) {
        super(null);
    }

    protected override onWatched(): void {
        this.#soon();
        if (this.#following) return;
        this.#following = true;
        this.client.on(CryptoEvent.DevicesUpdated, () => this.#soon());
        this.client.on(CryptoEvent.KeysChanged, () => this.#soon());
    }

    async load(): Promise<void> {
        const me = this.client.getSafeUserId();
        const crypto = this.client.getCrypto();
        const { devices } = await this.client.getDevices();
        const keys = (await crypto?.getUserDeviceInfo([me], true))?.get(me);
        const list = await Promise.all(
            devices.map(async (one): Promise<Device> => {
                const known = keys?.has(one.device_id) === true;
                const status = known ? await crypto?.getDeviceVerificationStatus(me, one.device_id) : null;
                return {
                    id: one.device_id,
                    name: cleanName(one.display_name, one.device_id),
                    lastSeenAt: one.last_seen_ts ?? null,
                    here: one.device_id === this.client.getDeviceId(),
                    verified: known ? status?.crossSigningVerified === true : null,
                };
            }),
        );
        this.set(list.sort((a, b) => Number(b.here) - Number(a.here) || (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0)));
    }

    async rename(id: string, name: string): Promise<void> {
        try {
            await this.client.setDeviceDetails(id, { display_name: name });
            await this.load();
        } catch (error) {
            throw toFailure(error);
        }
    }

    async signOut(ids: string[]): Promise<void> {
        await this.proof.run((auth) => this.client.deleteMultipleDevices(ids, (auth ?? undefined) as never));
        await this.load();
    }
}
