/**
 * The SDK works through an answer of the server room by room, in one go: with thousands of rooms the page would stand
 * still for seconds. Here a large answer is handed to it in slices, rooms that somebody waits for first, and the browser
 * has its turn between two of them.
 */
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { SyncApi } from "matrix-js-sdk/lib/sync.js";
import { lateEncryptionOf, type LateEncryption } from "./lateEncryption.ts";
import { nextSize, orderOf, sliceOf, type JoinedPart } from "../model/slices.ts";

interface Answer {
    next_batch: string;
    rooms?: { join?: Record<string, JoinedPart> };
}

interface Inner {
    client: MatrixClient;
    running: boolean;
    catchingUp: boolean;
    syncOpts: { cryptoCallbacks?: object };
}

type Process = (this: Inner, about: unknown, answer: Answer) => Promise<void>;

/** Answers with fewer rooms are worked through as they are. */
const WHOLE_MAX = 40;
const FIRST = 12;

const waitedFor = new WeakMap<MatrixClient, Set<string>>();
let sliced = false;

/** From now on large answers are worked through in slices, for all clients. */
export function workInSlices(): void {
    if (sliced) return;
    sliced = true;
    const inner = SyncApi.prototype as unknown as { processSyncResponse: Process };
    const whole = inner.processSyncResponse;
    inner.processSyncResponse = async function (about, answer) {
        const joined = Object.entries(answer.rooms?.join ?? {});
        if (joined.length <= WHOLE_MAX) return whole.call(this, about, answer);
        const left = new Map(orderOf(joined));
        const first = waitedFor.get(this.client) ?? new Set();
        waitedFor.set(this.client, first);
        const { syncOpts } = this;
        const crypto = syncOpts.cryptoCallbacks;
        const encryption = crypto && lateEncryptionOf(crypto);
        const failed: unknown[] = [];
        let catchingUp: boolean | null = null;
        for (let size = FIRST; left.size > 0 && this.running; await breath()) {
            const started = performance.now();
            const join = sliceOf(left, size, first);
            // All that does not belong to a room comes with the first slice: keys open what follows.
            const begins = catchingUp === null;
            const part = begins ? { ...answer, rooms: { ...answer.rooms, join } } : { next_batch: answer.next_batch, rooms: { join } };
            this.syncOpts = { ...syncOpts, cryptoCallbacks: encryption && sparing(crypto, encryption, begins) };
            await whole.call(this, about, part).catch((error: unknown) => void failed.push(error));
            catchingUp ??= this.catchingUp;
            size = nextSize(size, performance.now() - started);
        }
        // A slice without keys for this device must not say that there are no more.
        this.catchingUp = catchingUp ?? this.catchingUp;
        this.syncOpts = syncOpts;
        void encryption?.drain(() => this.running);
        if (failed.length > 0) throw failed[0];
    };
}

/** The crypto layer for a slice: encryption of rooms comes late; of keys and devices it hears with the first slice only. */
function sparing(crypto: object | undefined, encryption: LateEncryption, first: boolean): object {
    const later = (room: Room, event: MatrixEvent): Promise<void> => Promise.resolve(encryption.add(room, event));
    const heard = { value: () => Promise.resolve([]) };
    return Object.create(crypto ?? null, { onCryptoEvent: { value: later }, ...(first ? {} : { processSyncChanges: heard }) }) as object;
}

/** Somebody waits for this room: it comes with the next slice. */
export function waitFor(client: MatrixClient, roomId: string): void {
    const rooms = waitedFor.get(client) ?? new Set();
    waitedFor.set(client, rooms.add(roomId));
}

/** Lets the browser draw and take in what people do; unlike timers it is not slow where nobody looks. */
function breath(): Promise<void> {
    return new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(null);
    });
}
