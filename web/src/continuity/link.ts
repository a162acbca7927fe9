/** How this client stands to the cluster, as people are told of it (design: "Continuity"). */

import { Store } from "../model/store.ts";

/** `html[data-link]`. */
export type LinkState = "ok" | "changing" | "offline" | "site" | "paused";

export interface LinkNode {
    url: string;
    number: number | null;
    /** A, B, C, ... or the host where no number is known. */
    name: string;
    /** Where it stands, where that has a name. */
    site?: string;
    /** Filled, outline, dashed, and leaving. */
    state: "here" | "up" | "silent" | "leaving" | "unknown";
    /** Of the last answer. */
    delayMs: number | null;
    /** When it came into this state; the server's wall clock. */
    since: number;
}

export interface LinkChange {
    from: string;
    to: string;
    at: number;
    /** The old one announced it. */
    announced: boolean;
    /** From the first doubt to the new node's answer. */
    tookMs: number;
}

export interface Link {
    state: LinkState;
    /** Since when; the server's wall clock. */
    since: number;
    /** Only of "site": the site itself is cut off from headquarters, not only this device. */
    cut: boolean;
    /** The name of the node in use, or of the last one. */
    name: string;
    /** The last change of nodes. */
    change: LinkChange | null;
    /** It was away and came back: when, and what it was before. */
    back: { at: number; after: "offline" | "site" | "paused" } | null;
    nodes: readonly LinkNode[];
    /** Changes of node since the page was opened. */
    changes: number;
}

const SAME_MS = 5_000;

/** A for 1, B for 2, ... Z for 26, then the number itself. */
export function nodeName(number: number | null, url: string): string {
    if (number !== null && number >= 1 && number <= 26) return String.fromCharCode(64 + number);
    if (number !== null) return String(number);
    try {
        return new URL(url).host;
    } catch {
        return url;
    }
}

/** A node that is not in use: what it said itself, or what the node in use hears of it every two seconds. */
export function stateOf(
    own: { alive: boolean; ready: boolean } | null,
    told: { ready: boolean; heardMsAgo: number } | undefined,
): LinkNode["state"] {
    if (told) return told.ready ? "up" : told.heardMsAgo < 5_000 ? "leaving" : "silent";
    if (!own) return "unknown";
    return own.alive ? (own.ready ? "up" : "leaving") : "silent";
}

export class LinkStore extends Store<Link> {
    constructor(now: number) {
        super({ state: "ok", since: now, cut: false, name: "", change: null, back: null, nodes: [], changes: 0 });
    }

    enter(state: LinkState, now: number, since = now, cut = false): void {
        const old = this.getSnapshot();
        // What is known of a site gets better while it lasts; what it tells is cut to seconds.
        if (old.state === state && (state !== "site" || (old.cut === cut && Math.abs(old.since - since) < SAME_MS))) return;
        const was = old.state;
        const away = was === "offline" || was === "site" || was === "paused";
        const back = state === "ok" && away ? { at: now, after: was } : state === "ok" ? old.back : null;
        this.set({ ...old, state, since, cut, back });
    }

    changed(change: LinkChange): void {
        const old = this.getSnapshot();
        this.set({ ...old, change, changes: old.changes + 1 });
    }

    showNodes(nodes: readonly LinkNode[], name: string): void {
        const old = this.getSnapshot();
        const same =
            old.name === name &&
            old.nodes.length === nodes.length &&
            old.nodes.every((node, at) => sameNode(node, nodes[at]));
        if (!same) this.set({ ...old, nodes, name });
    }
}

function sameNode(a: LinkNode, b: LinkNode | undefined): boolean {
    if (!b || a.url !== b.url || a.state !== b.state || a.name !== b.name || a.since !== b.since) return false;
    // The delay is shown in steps; views need not hear of each millisecond.
    return Math.abs((a.delayMs ?? 0) - (b.delayMs ?? 0)) < 20;
}

/** The page's own address may be a second one of a node: it is shown once. */
export function oncePerNode(nodes: readonly LinkNode[], home: string): LinkNode[] {
    const found = new Map<string, LinkNode>();
    for (const node of nodes) {
        const key = node.number === null ? node.url : String(node.number);
        const other = found.get(key);
        const better = !other || node.state === "here" || (other.state !== "here" && other.url === home);
        if (better) found.set(key, node);
    }
    return [...found.values()];
}
