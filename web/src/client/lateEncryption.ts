/**
 * For each encrypted room the crypto layer looks into its store before it knows the room: with thousands of them at the
 * start that takes longer than all else. What a large answer says of encryption therefore waits: it is taken in before
 * something is encrypted for the room, and else one room after the other, when the page has begun.
 */
import type { MatrixEvent, Room } from "matrix-js-sdk";
import { idle } from "../model/idle.ts";

/** What the SDK's crypto layer has, by names of its own. */
interface Crypto {
    onCryptoEvent(room: Room, event: MatrixEvent): Promise<void>;
    encryptEvent(event: MatrixEvent, room: Room): Promise<void>;
    prepareToEncrypt(room: Room): void;
}

const BETWEEN_MS = 40;
const LATEST_MS = 1_000;

export class LateEncryption {
    readonly #waiting = new Map<string, () => Promise<void>>();
    readonly #busy = new Map<string, Promise<void>>();
    readonly #take: Crypto["onCryptoEvent"];
    #draining = false;

    constructor(crypto: Crypto) {
        this.#take = crypto.onCryptoEvent.bind(crypto);
        const encrypt = crypto.encryptEvent.bind(crypto);
        const prepare = crypto.prepareToEncrypt.bind(crypto);
        crypto.encryptEvent = async (event, room) => {
            await this.settle(room.roomId);
            return encrypt(event, room);
        };
        crypto.prepareToEncrypt = (room) => void this.settle(room.roomId).then(() => prepare(room));
    }

    add(room: Room, event: MatrixEvent): void {
        this.#waiting.set(room.roomId, () => this.#take(room, event));
    }

    /** Afterwards the crypto layer knows all that was said of this room. */
    settle(roomId: string): Promise<void> {
        const take = this.#waiting.get(roomId);
        if (!take) return this.#busy.get(roomId) ?? Promise.resolve();
        this.#waiting.delete(roomId);
        const busy = take().finally(() => this.#busy.delete(roomId));
        this.#busy.set(roomId, busy);
        return busy;
    }

    /** Takes in what waits, without haste, as long as the client runs. */
    async drain(running: () => boolean): Promise<void> {
        if (this.#draining) return;
        this.#draining = true;
        for (;;) {
            const [roomId] = this.#waiting.keys();
            if (roomId === undefined || !running()) break;
            await this.settle(roomId).catch((error: unknown) => console.warn("encryption of a room is not set up", error));
            await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
            // Whoever goes from room to room does not wait for this.
            await idle(LATEST_MS);
        }
        this.#draining = false;
    }
}

const late = new WeakMap<object, LateEncryption>();

export function lateEncryptionOf(crypto: object): LateEncryption {
    let found = late.get(crypto);
    if (!found) late.set(crypto, (found = new LateEncryption(crypto as Crypto)));
    return found;
}
