/** Whether this device is known as the person's own, and whether lost messages could be opened again. */
import { ClientEvent, type MatrixClient } from "matrix-js-sdk";
import { CryptoEvent, decodeRecoveryKey, deriveRecoveryKeyFromPassphrase, type CryptoApi, type DeviceVerificationStatus, type GeneratedSecretStorageKey } from "matrix-js-sdk/lib/crypto-api/index.js";
import { coalesce, Store } from "../model/store.ts";
import { Failure, toFailure } from "./failures.ts";
import { sendKept } from "./keptIdentity.ts";
import type { Proof } from "./proof.ts";
import type { SecretKeys } from "./secretKeys.ts";

export type SecurityState =
    /** The server has not been asked yet. */
    | "unknown"
    /** Another device made the person's identity; this one is not confirmed. */
    | "unverified"
    /** Confirmed, but nothing opens the messages if all devices are lost. */
    | "no-recovery"
    | "ready";

export interface SecurityView {
    state: SecurityState;
    /** There is a recovery key; it may be a passphrase too. */
    recovery: boolean;
    passphrase: boolean;
    /** Other confirmed devices, which can confirm this one. */
    others: number;
    /** Keys of messages are kept on the server, sealed. */
    backup: boolean;
    /** Keys being fetched back: how many of how many; null when none are. */
    fetching: { done: number; total: number } | null;
    /** This device made the identity just now: the person is new here. */
    fresh: boolean;
}

const NONE: SecurityView = {
    state: "unknown",
    recovery: false,
    passphrase: false,
    others: 0,
    backup: false,
    fetching: null,
    fresh: false,
};
const AGAIN_MS = 4000;
const LATER_MS = 20_000;

export class Security extends Store<SecurityView> {
    readonly #soon = coalesce(() => void this.#renew(), 100);
    #asked = false;
    #renewing: Promise<void> = Promise.resolve();
    #finished = false;
    #fetching: Promise<void> | null = null;

    constructor(
        private readonly client: MatrixClient,
        private readonly keys: SecretKeys,
        private readonly proof: Proof,
    ) {
        super(NONE);
    }

    /** Begins once the crypto store is open; asks the server when it answers. */
    start(): void {
        const soon = (): void => this.#soon();
        this.client.on(CryptoEvent.KeysChanged, soon);
        this.client.on(CryptoEvent.UserTrustStatusChanged, (userId) => userId === this.client.getUserId() && soon());
        this.client.on(CryptoEvent.DevicesUpdated, (users) => users.includes(this.client.getSafeUserId()) && soon());
        this.client.on(CryptoEvent.KeyBackupStatus, soon);
        this.client.on(CryptoEvent.KeyBackupDecryptionKeyCached, () => void this.fetchKeys());
        this.client.on(ClientEvent.AccountData, (event) => event.getType().startsWith("m.secret_storage") && soon());
    }

    /** Called when the server has answered for the first time. */
    synced(): void {
        this.#soon();
    }

    /** A new recovery key, not kept yet; with a passphrase both open. */
    async newKey(passphrase?: string): Promise<GeneratedSecretStorageKey> {
        return this.#crypto().createRecoveryKeyFromPassphrase(passphrase);
    }

    /** From now on this key opens; the one before no longer does. */
    async keepKey(key: GeneratedSecretStorageKey): Promise<void> {
        try {
            const crypto = this.#crypto();
            await crypto.bootstrapSecretStorage({
                createSecretStorageKey: async () => ({ ...key, privateKey: key.privateKey.slice() }),
                setupNewSecretStorage: true,
                setupNewKeyBackup: (await crypto.getActiveSessionBackupVersion()) === null,
            });
            await this.#renew();
        } catch (error) {
            throw toFailure(error);
        } finally {
            this.keys.drop();
        }
    }

    /** Confirms this device with the recovery key or the passphrase, and fetches the keys of older messages. */
    async openWithKey(text: string): Promise<void> {
        const storage = this.client.secretStorage;
        const found = await storage.getKey().catch((error: unknown) => Promise.reject(toFailure(error)));
        if (!found) throw new Failure("not-found");
        const [id, info] = found;
        const key = await this.#keyOf(text, info.passphrase);
        if (!key || !(await storage.checkKey(key, info))) throw new Failure("wrong-key");
        try {
            this.keys.hold(id, key);
            const crypto = this.#crypto();
            await crypto.bootstrapCrossSigning({});
            await crypto.loadSessionBackupPrivateKeyFromSecretStorage().catch((error: unknown) => {
                // Without kept keys, this device is confirmed nevertheless.
                console.warn("no keys to fetch", error);
            });
            await crypto.checkKeyBackupAndEnable();
        } catch (error) {
            throw toFailure(error);
        } finally {
            this.keys.drop();
        }
        await this.#renew();
        void this.fetchKeys();
    }

    /** A new identity: everything that only the old keys open is lost. */
    async startOver(): Promise<void> {
        // Asked ahead: nothing is lost when the person thinks better of it.
        const password = await this.proof.ahead();
        // Nobody looks meanwhile: an answer that still tells of the old keys would undo the new ones on this device.
        const reset = this.#renewing.then(() =>
            this.#crypto().resetEncryption((make) => this.proof.run((auth) => make(auth as never), password)),
        );
        this.#renewing = reset.catch(() => undefined);
        try {
            await reset;
        } catch (error) {
            throw toFailure(error);
        } finally {
            await this.#renew();
        }
    }

    /** Fetches all kept keys of messages; does nothing where it cannot. */
    fetchKeys(): Promise<void> {
        this.#fetching ??= this.#fetchAll().finally(() => (this.#fetching = null));
        return this.#fetching;
    }

    /** After this device was confirmed by another: what it hands over arrives a little later. */
    async confirmedByOther(): Promise<void> {
        await this.#renew();
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        await this.#crypto().checkKeyBackupAndEnable().catch(() => null);
        await this.fetchKeys();
    }

    async #fetchAll(): Promise<void> {
        try {
            await this.#crypto().restoreKeyBackup({
                progressCallback: (stage) =>
                    stage.stage === "load_keys" && this.set({ ...this.getSnapshot(), fetching: { done: stage.successes, total: stage.total } }),
            });
        } catch (error) {
            console.warn("keys were not fetched", error);
        }
        this.set({ ...this.getSnapshot(), fetching: null });
        await this.#renew();
    }

    async #keyOf(text: string, passphrase?: { salt: string; iterations: number; bits?: number }): Promise<Uint8Array<ArrayBuffer> | null> {
        try {
            return decodeRecoveryKey(text.replace(/\s+/g, ""));
        } catch {
            if (!passphrase) return null;
            return deriveRecoveryKeyFromPassphrase(text, passphrase.salt, passphrase.iterations, passphrase.bits);
        }
    }

    /** The first device of a person makes the identity by itself; nobody has to be asked for that. */
    async #makeIdentity(): Promise<void> {
        const crypto = this.#crypto();
        const make = async (send: (auth: null) => Promise<unknown>): Promise<void> => void (await send(null));
        // A page that was left, or lost the server, before it had sent them: those that lie here are as good as new ones.
        if (!(await sendKept(crypto, make))) await crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: make });
        if ((await crypto.getKeyBackupInfo()) === null) await crypto.resetKeyBackup();
        this.set({ ...this.getSnapshot(), fresh: true });
    }

    /** What lies on this device may never have been sent: only the server knows whether the person has an identity. */
    async #serverKnows(me: string): Promise<boolean> {
        const { master_keys: keys } = await this.client.downloadKeysForUsers([me]);
        return Object.keys(keys?.[me]?.keys ?? {}).length > 0;
    }

    /**
     * The page that made the keys may have been left before they had signed this device, or before message keys were kept.
     * Looked after once: what does not help the first time would be asked for ever.
     */
    async #finishIdentity(verified: boolean): Promise<boolean> {
        const crypto = this.#crypto();
        const { privateKeysCachedLocally: here } = await crypto.getCrossSigningStatus();
        if (this.#finished || !here.masterKey || !here.selfSigningKey) return false;
        if (!verified) await crypto.crossSignDevice(this.client.getDeviceId()!);
        if ((await crypto.getKeyBackupInfo()) === null) await crypto.resetKeyBackup();
        this.#finished = true;
        return true;
    }

    /** One after the other: what is seen while the identity is being made would be wrong. */
    #renew(): Promise<void> {
        this.#renewing = this.#renewing.then(() => this.#look());
        return this.#renewing;
    }

    async #look(): Promise<void> {
        try {
            const crypto = this.#crypto();
            const me = this.client.getSafeUserId();
            await crypto.userHasCrossSigningKeys(me, true);
            if (!this.#asked && !(await this.#serverKnows(me))) await this.#makeIdentity();
            this.#asked = true;
            const look = (): Promise<DeviceVerificationStatus | null> => crypto.getDeviceVerificationStatus(me, this.client.getDeviceId()!);
            let mine = await look();
            if (mine && (await this.#finishIdentity(mine.crossSigningVerified))) mine = await look();
            const verified = mine?.crossSigningVerified === true;
            const storage = await this.client.secretStorage.getKey();
            const kept = storage !== null && (await crypto.getCrossSigningStatus()).privateKeysInSecretStorage;
            this.set({
                ...this.getSnapshot(),
                state: !verified ? "unverified" : kept ? "ready" : "no-recovery",
                recovery: storage !== null,
                passphrase: storage !== null && storage[1].passphrase !== undefined,
                others: await this.#others(crypto, me),
                backup: (await crypto.getActiveSessionBackupVersion()) !== null,
            });
        } catch (error) {
            if (toFailure(error).kind !== "offline") console.warn("the state of the keys is not known", error);
            // Nobody would look again by themselves, and without keys the person's messages are not safe.
            if (this.client.clientRunning) setTimeout(() => this.#soon(), LATER_MS);
        }
    }

    async #others(crypto: CryptoApi, me: string): Promise<number> {
        const devices = (await crypto.getUserDeviceInfo([me])).get(me) ?? new Map();
        let count = 0;
        for (const id of devices.keys()) {
            if (id === this.client.getDeviceId()) continue;
            // Signed by the identity is enough: this device may not trust the identity yet.
            if ((await crypto.getDeviceVerificationStatus(me, id))?.signedByOwner) count += 1;
        }
        return count;
    }

    #crypto(): CryptoApi {
        const crypto = this.client.getCrypto();
        if (!crypto) throw new Failure("unknown");
        return crypto;
    }
}
