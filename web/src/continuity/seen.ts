/** What this client knows of each node, and how it is shown. */

import type { KnownNode, ListedNode } from "./addresses.ts";
import { type LinkNode, nodeName, stateOf } from "./link.ts";
import type { Site } from "./mood.ts";
import type { Health } from "./probe.ts";

/** What is known of a node beside its address. */
export interface Seen {
    number: number | null;
    health: Health | null;
    state: LinkNode["state"];
    since: number;
    failedAt: number;
}

export function unseen(now: number): Seen {
    return { number: null, health: null, state: "unknown", since: now, failedAt: Number.NEGATIVE_INFINITY };
}

/** One line of the list of nodes. `told`: what the node in use has heard of it, where that is newer than what was seen. */
export function lineOf({ url }: KnownNode, number: number | null, seen: Seen, here: boolean, told: ListedNode | undefined, trusted: boolean, now: number): LinkNode {
    const state = here ? "here" : stateOf(seen.health, trusted ? told : undefined);
    if (state !== seen.state) Object.assign(seen, { state, since: now });
    const delayMs = seen.health?.alive ? Math.round(seen.health.tookMs) : null;
    return { url, number, name: nodeName(number, url), site: told?.site, state, delayMs, since: seen.since };
}

/** The node in use only copies, and none of those that are copied from answers. */
export function siteOf(current: Seen, all: Iterable<Seen>): Site | null {
    const site = current.health?.standby ?? null;
    if (!site) return null;
    for (const { health } of all) if (health?.alive && !health.standby) return null;
    return site;
}
