/** From what happens to what is said: short troubles are not said at all. */

import type { ServerClock } from "./clock.ts";
import type { LinkStore } from "./link.ts";
import type { World } from "./world.ts";

export interface MoodTimes {
    /** After this it is said that something changes. */
    changingMs: number;
    /** After this it is said that there is no node. */
    offlineMs: number;
    /** Sending has to rest for this long before it is said: the log elects a new leader in less. */
    pausedMs: number;
}

export class Mood {
    readonly #world: World;
    readonly #clock: ServerClock;
    readonly #link: LinkStore;
    readonly #times: MoodTimes;
    /** No node answers, or the one in use is doubted. */
    #trouble: { began: number; timers: unknown[] } | null = null;
    /** Nodes answer, and none takes writes. */
    #refusing: { wall: number; timer: unknown } | null = null;

    constructor(world: World, clock: ServerClock, link: LinkStore, times: MoodTimes) {
        this.#world = world;
        this.#clock = clock;
        this.#link = link;
        this.#times = times;
    }

    /** For how long something has been wrong with the node in use. */
    doubtedForMs(): number {
        return this.#trouble ? this.#world.elapsed() - this.#trouble.began : 0;
    }

    /** Something is wrong: since now, or since `wall` if it was before this page was opened. */
    doubt(wall = this.#clock.now()): void {
        if (this.#trouble) return;
        const { changingMs, offlineMs } = this.#times;
        const say = (state: "changing" | "offline", after: number): unknown =>
            this.#world.setTimeout(() => {
                if (this.#trouble) this.#link.enter(state, this.#clock.now(), wall);
            }, after);
        const timers = [say("changing", changingMs), say("offline", offlineMs)];
        this.#trouble = { began: this.#world.elapsed(), timers };
    }

    /** A node answers. */
    settled(): void {
        if (!this.#trouble) return;
        for (const timer of this.#trouble.timers) this.#world.clearTimeout(timer);
        this.#trouble = null;
        if (this.#refusing) this.#link.enter("paused", this.#clock.now(), this.#refusing.wall);
        else this.#link.enter("ok", this.#clock.now());
    }

    /** No node takes writes. */
    refuses(): void {
        if (this.#refusing) return;
        const wall = this.#clock.now();
        const timer = this.#world.setTimeout(() => {
            if (this.#refusing && !this.#trouble) this.#link.enter("paused", this.#clock.now(), wall);
        }, this.#times.pausedMs);
        this.#refusing = { wall, timer };
    }

    /** The node in use takes writes. */
    accepts(): void {
        if (this.#refusing) {
            this.#world.clearTimeout(this.#refusing.timer);
            this.#refusing = null;
        }
        if (!this.#trouble) this.#link.enter("ok", this.#clock.now());
    }
}
