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

/** A site that copies headquarters: how long ago it heard from there, if it ever did. */
export interface Site {
    heardMsAgo: number | null;
}

/** Sites tell each other something every second or two; what was not heard for so long is cut off. */
const CUT_MS = 8_000;

export class Mood {
    readonly #world: World;
    readonly #clock: ServerClock;
    readonly #link: LinkStore;
    readonly #times: MoodTimes;
    /** No node answers, or the one in use is doubted. */
    #trouble: { began: number; timers: unknown[] } | null = null;
    /** Nodes answer, and none takes writes; `said` once that has lasted. */
    #refusing: { wall: number; timer: unknown; site: Site | null; said: boolean } | null = null;

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
        if (this.#refusing) this.#say();
        else this.#link.enter("ok", this.#clock.now());
    }

    /** No node takes writes: because the log rests, or because this is a `site` that only copies. */
    refuses(site: Site | null): void {
        if (this.#refusing) {
            this.#refusing.site = site;
            if (this.#refusing.said && !this.#trouble) this.#say();
            return;
        }
        const timer = this.#world.setTimeout(() => {
            if (!this.#refusing) return;
            this.#refusing.said = true;
            if (!this.#trouble) this.#say();
        }, this.#times.pausedMs);
        this.#refusing = { wall: this.#clock.now(), timer, site, said: false };
    }

    #say(): void {
        if (!this.#refusing) return;
        const { site, wall } = this.#refusing;
        const now = this.#clock.now();
        if (!site) return this.#link.enter("paused", now, wall);
        // What the site heard a moment ago says only that this device does not get there.
        const heard = site.heardMsAgo;
        const cut = heard === null || heard >= CUT_MS;
        this.#link.enter("site", now, cut && heard !== null ? now - heard : wall, cut);
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
