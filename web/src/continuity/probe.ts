/** One question to one node: are you there, are you ready, who are the others? */

import { type ListedNode, parseNodes } from "./addresses.ts";
import type { ServerClock } from "./clock.ts";
import type { World } from "./world.ts";

export interface Health {
    alive: boolean;
    /** It takes writes, and does not leave. */
    ready: boolean;
    /** Its number, where it told. */
    number: number | null;
    listed: readonly ListedNode[];
    tookMs: number;
    /** It stands at a site that copies another one. */
    standby: { heardMsAgo: number | null } | null;
}

const DEAD: Health = { alive: false, ready: false, number: null, listed: [], tookMs: 0, standby: null };
/** A timer that fired this late says that the page stood still, not the node. */
const LATE_MS = 250;

export class Prober {
    readonly #world: World;
    readonly #clock: ServerClock;

    constructor(world: World, clock: ServerClock) {
        this.#world = world;
        this.#clock = clock;
    }

    /** Never rejects: no answer in time is an answer. */
    async probe(url: string, timeoutMs: number): Promise<Health> {
        const world = this.#world;
        const began = world.elapsed();
        const control = new AbortController();
        let timer: unknown;
        const watch = (ms: number): void => {
            const planned = world.elapsed() + ms;
            timer = world.setTimeout(() => {
                if (world.elapsed() - planned > LATE_MS) return watch(LATE_MS);
                control.abort();
            }, ms);
        };
        watch(timeoutMs);
        try {
            const response = await world.fetch(`${url}/_alphorn/v1/nodes`, {
                cache: "no-store",
                credentials: "omit",
                referrerPolicy: "no-referrer",
                signal: control.signal,
            });
            const text = await response.text();
            const tookMs = world.elapsed() - began;
            this.#clock.learn(response.headers.get("date"), tookMs);
            // A server on its own has no list.
            if (response.status === 404) return { ...DEAD, alive: true, ready: true, tookMs };
            if (!response.ok) return DEAD;
            const listed = parseNodes(JSON.parse(text));
            const here = listed.find((one) => one.here);
            if (!here) return DEAD;
            return { alive: true, ready: here.ready, number: here.node, listed, tookMs, standby: here.standby ?? null };
        } catch {
            return DEAD;
        } finally {
            world.clearTimeout(timer);
        }
    }
}
