/** How sure one may be of who wrote: for a person, and for one message. */
import type { MatrixClient } from "matrix-js-sdk";
import { CryptoEvent, EventShieldColour, EventShieldReason } from "matrix-js-sdk/lib/crypto-api/index.js";
import { Cell, Store, type Readable } from "../model/store.ts";
import { toFailure } from "./failures.ts";

export type PersonTrust =
    | "unknown"
    /** Has no keys that could be compared. */
    | "no-keys"
    | "not-compared"
    | "compared"
    /** The keys are others than those that were known. */
    | "changed"
    /** The same, after they had been compared. */
    | "changed-after";

export type Shield = "unconfirmed-device" | "changed" | "not-theirs" | "in-clear";

const SHIELDS: Partial<Record<EventShieldReason, Shield>> = {
    [EventShieldReason.UNSIGNED_DEVICE]: "unconfirmed-device",
    [EventShieldReason.UNKNOWN_DEVICE]: "unconfirmed-device",
    [EventShieldReason.VERIFICATION_VIOLATION]: "changed",
    [EventShieldReason.MISMATCHED_SENDER_KEY]: "not-theirs",
    [EventShieldReason.MISMATCHED_SENDER]: "not-theirs",
    [EventShieldReason.SENT_IN_CLEAR]: "in-clear",
};
const KEPT_MAX = 2000;

class PersonTrustStore extends Store<PersonTrust> {
    constructor(
        private readonly client: MatrixClient,
        private readonly userId: string,
    ) {
        super("unknown");
        client.on(CryptoEvent.UserTrustStatusChanged, (id) => void (id === userId && this.renew()));
        client.on(CryptoEvent.DevicesUpdated, (ids) => void (ids.includes(userId) && this.renew()));
    }

    protected override onWatched(): void {
        void this.renew();
    }

    async renew(): Promise<void> {
        const crypto = this.client.getCrypto();
        if (!crypto) return;
        try {
            if (!(await crypto.userHasCrossSigningKeys(this.userId, true))) return this.set("no-keys");
            const status = await crypto.getUserVerificationStatus(this.userId);
            const changed = status.wasCrossSigningVerified() ? "changed-after" : "changed";
            if (status.isVerified()) this.set("compared");
            else this.set(status.needsUserApproval || status.wasCrossSigningVerified() ? changed : "not-compared");
        } catch {
            // What was known stays.
        }
    }
}

export class Trust {
    readonly #people = new Map<string, PersonTrustStore>();
    readonly #messages = new Map<string, Cell<Shield | null>>();

    constructor(private readonly client: MatrixClient) {}

    start(): void {
        const again = (): void => {
            for (const [key, cell] of this.#messages) void this.#look(key, cell);
        };
        this.client.on(CryptoEvent.UserTrustStatusChanged, again);
    }

    person(userId: string): Readable<PersonTrust> {
        let store = this.#people.get(userId);
        if (!store) this.#people.set(userId, (store = new PersonTrustStore(this.client, userId)));
        return store;
    }

    /** What is to be said beside a message; null for nothing, which is the rule. */
    message(roomId: string, eventId: string): Readable<Shield | null> {
        const key = `${roomId} ${eventId}`;
        let cell = this.#messages.get(key);
        if (!cell) {
            this.#messages.set(key, (cell = new Cell<Shield | null>(null)));
            void this.#look(key, cell);
            const [oldest] = this.#messages.keys();
            if (this.#messages.size > KEPT_MAX && oldest) this.#messages.delete(oldest);
        }
        return cell;
    }

    /** The new keys of this person are theirs; whoever wants to be sure compares again. */
    async acceptKeys(userId: string): Promise<void> {
        const crypto = this.client.getCrypto();
        if (!crypto) return;
        try {
            const status = await crypto.getUserVerificationStatus(userId);
            if (status.wasCrossSigningVerified() && !status.isVerified()) await crypto.withdrawVerificationRequirement(userId);
            else await crypto.pinCurrentUserIdentity(userId);
            await this.#people.get(userId)?.renew();
        } catch (error) {
            throw toFailure(error);
        }
    }

    async #look(key: string, cell: Cell<Shield | null>): Promise<void> {
        const [roomId, eventId] = key.split(" ") as [string, string];
        const event = this.client.getRoom(roomId)?.findEventById(eventId);
        if (!event?.isEncrypted() || event.isDecryptionFailure()) return;
        const info = await this.client.getCrypto()?.getEncryptionInfoForEvent(event).catch(() => null);
        const red = info?.shieldColour === EventShieldColour.RED && info.shieldReason !== null;
        cell.set(red ? (SHIELDS[info.shieldReason!] ?? null) : null);
    }
}
