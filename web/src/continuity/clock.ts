/**
 * The server's time on a device whose clock is wrong. Learnt from `Date` headers (exact to a second), used only where
 * the difference is large: a correct clock is never made worse by a slow answer.
 */

import type { World } from "./world.ts";

/** Below this the device's clock is as good as the header. */
const LARGE_MS = 30_000;
/** An answer that took longer says too little. */
const SLOW_MS = 5_000;

export class ServerClock {
    readonly #world: World;
    #offset = 0;

    constructor(world: World) {
        this.#world = world;
    }

    /** The wall clock as the server has it. */
    now(): number {
        return this.#world.now() + this.offset();
    }

    /** What is to be added to the device's clock; 0 while it is about right. */
    offset(): number {
        return Math.abs(this.#offset) < LARGE_MS ? 0 : this.#offset;
    }

    /** An answer came: its header, and how long it took. */
    learn(date: string | null, tookMs: number): void {
        if (!date || tookMs > SLOW_MS) return;
        const server = Date.parse(date);
        if (!Number.isFinite(server)) return;
        // The header was cut to a second, and written about half way.
        this.#offset = Math.round(server + 500 + tookMs / 2 - this.#world.now());
    }

    /** The server has just stored something of ours and told its time. */
    learnFromEvent(originServerTs: number, sentAt: number): void {
        const difference = originServerTs - sentAt;
        // Without a header, an own event is the next best: only where they are far apart.
        if (Math.abs(difference) >= LARGE_MS && this.#offset === 0) this.#offset = difference;
    }
}
