/**
 * The SDK works through an answer of the server room by room, in one go: with thousands of rooms the page would stand
 * still for seconds. Here a large answer is handed to it in slices, rooms that somebody waits for first, and the browser
 * has its turn between two of them.
 */
import type { MatrixClient } from "matrix-js-sdk";
import { SyncApi } from "matrix-js-sdk/lib/sync.js";
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
        const failed: unknown[] = [];
        let catchingUp: boolean | null = null;
        for (let size = FIRST; left.size > 0 && this.running; await breath()) {
            const started = performance.now();
            const join = sliceOf(left, size, first);
            // All that does not belong to a room comes with the first slice: keys open what follows.
            const part = catchingUp === null ? { ...answer, rooms: { ...answer.rooms, join } } : { next_batch: answer.next_batch, rooms: { join } };
            await whole.call(this, about, part).catch((error: unknown) => void failed.push(error));
            catchingUp ??= this.catchingUp;
            this.syncOpts = { ...syncOpts, cryptoCallbacks: withoutKeys(syncOpts.cryptoCallbacks) };
            size = nextSize(size, performance.now() - started);
        }
        // A slice without keys for this device must not say that there are no more.
        this.catchingUp = catchingUp ?? this.catchingUp;
        this.syncOpts = syncOpts;
        if (failed.length > 0) throw failed[0];
    };
}

/** The crypto layer as it is, but that it hears of keys and devices with the first slice only. */
function withoutKeys(crypto: object | undefined): object | undefined {
    return crypto && Object.create(crypto, { processSyncChanges: { value: () => Promise.resolve([]) } });
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
