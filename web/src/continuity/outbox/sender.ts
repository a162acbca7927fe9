/** Sends what waits: one tab at a time, each room in order, rooms beside each other. */

import { pause, type World } from "../world.ts";
import { fillIn, Later, type OutboxItem, Refused, type Transport } from "./item.ts";
import type { Outbox } from "./outbox.ts";

/** A lock that all tabs share; `navigator.locks` fits. */
export interface Locks {
    request(name: string, options: { signal?: AbortSignal }, work: () => Promise<void>): Promise<unknown>;
}

const ROOMS_AT_ONCE = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export class Sender {
    readonly #world: World;
    readonly #outbox: Outbox;
    readonly #transport: Transport;
    readonly #stop = new AbortController();
    /** Rooms at work, or that wait after a failure. */
    readonly #busy = new Map<string, AbortController>();
    #leads = false;

    constructor(world: World, outbox: Outbox, transport: Transport) {
        this.#world = world;
        this.#outbox = outbox;
        this.#transport = transport;
    }

    /** Sends from now on, as soon as no other tab does. */
    start(locks: Locks | null, name: string): void {
        const lead = async (): Promise<void> => {
            if (this.#stop.signal.aborted) return;
            this.#leads = true;
            this.#outbox.onWork = () => this.#work();
            this.#outbox.onUnwanted = (item, eventId) => void this.#takeBack(item, eventId);
            // What another tab was sending when it was closed waits on the disk.
            await this.#outbox.load();
            this.#work();
            await new Promise<void>((resolve) => this.#stop.signal.addEventListener("abort", () => resolve()));
            this.#leads = false;
        };
        if (!locks) void lead();
        else void locks.request(name, { signal: this.#stop.signal }, lead).catch(() => {});
    }

    stop(): void {
        this.#stop.abort();
        for (const room of this.#busy.values()) room.abort();
    }

    /** A node is there again: who waits after a failure goes on now. */
    wake(): void {
        for (const waiting of this.#busy.values()) waiting.abort();
        this.#work();
    }

    #work(): void {
        if (!this.#leads || this.#stop.signal.aborted) return;
        for (const item of this.#outbox.due()) {
            if (this.#busy.size >= ROOMS_AT_ONCE) return;
            if (this.#busy.has(item.roomId)) continue;
            void this.#room(item.roomId);
        }
    }

    async #room(roomId: string): Promise<void> {
        let waitMs = FIRST_WAIT_MS;
        this.#busy.set(roomId, new AbortController());
        try {
            while (this.#leads && !this.#stop.signal.aborted) {
                const item = this.#outbox.due().find((one) => one.roomId === roomId);
                if (!item) return;
                const afterMs = await this.#one(item);
                if (afterMs === null) {
                    waitMs = FIRST_WAIT_MS;
                    continue;
                }
                const sleep = new AbortController();
                this.#busy.set(roomId, sleep);
                const jitter = 0.75 + this.#world.random() / 2;
                await pause(this.#world, Math.max(afterMs, waitMs * jitter), sleep.signal).catch(() => {
                    waitMs = FIRST_WAIT_MS;
                });
                waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
            }
        } finally {
            this.#busy.delete(roomId);
            this.#work();
        }
    }

    /** One attempt. Null when the next one may go, else how long to wait at least. */
    async #one(due: OutboxItem): Promise<number | null> {
        let claimed: OutboxItem | null;
        try {
            claimed = await this.#outbox.claim(due.txnId);
        } catch {
            // The device's disk fails; the next attempt may find it well again.
            return FIRST_WAIT_MS;
        }
        if (!claimed) return null;
        let item = claimed;
        try {
            if (item.attachments.length > 0) {
                const files = await this.#outbox.files(item);
                const told = (done: number): void => this.#outbox.progress(item.txnId, done);
                item = await this.#outbox.uploaded(item, await this.#transport.upload(item, files, told));
            }
            const content = fillIn(item.content, (txnId) => this.#outbox.eventIdOf(txnId));
            if (!content) throw new Refused("M_NOT_FOUND", "what it refers to was not sent");
            const { roomId, type, txnId } = item;
            const eventId = await this.#transport.send({ roomId, type, content, txnId });
            await this.#outbox.settle(txnId, { eventId });
            return null;
        } catch (error) {
            if (error instanceof Refused) {
                const { errcode, reason } = error;
                await this.#outbox.settle(item.txnId, { refusal: { errcode, reason } });
                return null;
            }
            await this.#outbox.settle(item.txnId, {});
            return error instanceof Later ? error.afterMs : 0;
        }
    }

    async #takeBack(item: OutboxItem, eventId: string): Promise<void> {
        await this.#transport.redact(item.roomId, eventId, `${item.txnId}.back`).catch(() => {});
    }
}
