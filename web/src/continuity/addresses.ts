/** The addresses of all nodes: learnt, kept, and forgotten when nobody has named them for long. */

import { Store } from "../model/store.ts";
import { answer, openDatabase, within } from "./database.ts";
import type { World } from "./world.ts";

/** What is kept of one node. */
export interface KnownNode {
    /** Where it is reached, without a slash at the end. */
    url: string;
    /** Its number in the cluster, once it was told. */
    number: number | null;
    /** The wall clock when a node last named it. */
    namedAt: number;
}

/** One entry of `GET /_alphorn/v1/nodes`. */
export interface ListedNode {
    node: number;
    url: string | null;
    ready: boolean;
    here: boolean;
    version?: string;
    heardMsAgo: number;
    /** The name of its site; the first one has none. */
    site?: string;
    /** Its site copies headquarters and takes no writes: how long ago it heard from there, if it ever did. */
    standby?: { heardMsAgo: number | null };
}

const FORGOTTEN_MS = 30 * 24 * 3600 * 1000;
const NODES_MAX = 32;
const TABLE = "nodes";

/** Reads the answer of `GET /_alphorn/v1/nodes`; what is not as it should be is left out. */
export function parseNodes(body: unknown): ListedNode[] {
    const list = (body as { nodes?: unknown } | null)?.nodes;
    if (!Array.isArray(list)) return [];
    const found: ListedNode[] = [];
    for (const one of list.slice(0, 256) as Record<string, unknown>[]) {
        if (typeof one !== "object" || one === null || typeof one.node !== "number") continue;
        found.push({
            node: one.node,
            url: typeof one.url === "string" ? one.url.replace(/\/+$/, "") : null,
            ready: one.ready === true,
            here: one.here === true,
            site: typeof one.site === "string" && one.site !== "" ? one.site : undefined,
            version: typeof one.version === "string" ? one.version : undefined,
            heardMsAgo: typeof one.heard_ms_ago === "number" ? one.heard_ms_ago : 0,
            standby: standbyOf(one.standby),
        });
    }
    return found;
}

function standbyOf(told: unknown): ListedNode["standby"] {
    if (typeof told !== "object" || told === null) return undefined;
    const heard = (told as { heard_s_ago?: unknown }).heard_s_ago;
    return { heardMsAgo: typeof heard === "number" ? heard * 1000 : null };
}

export class Addresses extends Store<readonly KnownNode[]> {
    /** The page's own address is always one. */
    readonly home: string;
    readonly #world: World;
    readonly #factory: IDBFactory | null;
    #database: Promise<IDBDatabase | null> | null = null;

    constructor(world: World, home: string, factory: IDBFactory | null) {
        const own = home.replace(/\/+$/, "");
        super([{ url: own, number: null, namedAt: world.now() }]);
        this.home = own;
        this.#world = world;
        this.#factory = factory;
    }

    /** Takes in what an earlier visit has kept. */
    async load(): Promise<void> {
        const database = await this.#open();
        if (!database) return;
        const kept = await within(database, TABLE, "readonly", (it) =>
            answer(it.objectStore(TABLE).getAll() as IDBRequest<KnownNode[]>),
        ).catch(() => []);
        this.#merge(kept);
    }

    get urls(): string[] {
        return this.getSnapshot().map((node) => node.url);
    }

    numberOf(url: string | null): number | null {
        return this.getSnapshot().find((node) => node.url === url)?.number ?? null;
    }

    /** The known node to which this URL belongs. */
    baseOf(url: URL): string | null {
        const text = url.href;
        return this.urls.find((base) => text === base || text.startsWith(`${base}/`)) ?? null;
    }

    /** A node has told who the nodes are. `from` is where it was asked, which may not be what it calls itself. */
    learn(listed: readonly ListedNode[], from: string): void {
        const namedAt = this.#world.now();
        const news: KnownNode[] = [];
        for (const one of listed) {
            if (one.url && this.#acceptable(one.url)) news.push({ url: one.url, number: one.node, namedAt });
            // The page's own address is another name of the node that answers there.
            if (one.here && one.url !== from && from === this.home) news.push({ url: from, number: one.node, namedAt });
        }
        this.#take(news);
    }

    /** Plain addresses, as `io.alphorn.nodes` in `/.well-known/matrix/client` has them. */
    learnUrls(urls: readonly unknown[]): void {
        const namedAt = this.#world.now();
        const texts = urls.filter((url): url is string => typeof url === "string");
        const plain = texts.map((url) => url.replace(/\/+$/, "")).filter((url) => this.#acceptable(url));
        this.#take(plain.map((url) => ({ url, number: this.numberOf(url), namedAt })));
    }

    #take(news: readonly KnownNode[]): void {
        if (news.length === 0) return;
        const before = this.getSnapshot();
        this.#merge(news);
        const known = new Map(before.map((node) => [node.url, node]));
        // Seen every second: only what is new, or was written down an hour ago, is written again.
        const worth = news.filter((node) => {
            const old = known.get(node.url);
            return !old || old.number !== node.number || node.namedAt - old.namedAt > 3600_000;
        });
        if (worth.length > 0) void this.#keep();
    }

    #merge(news: readonly KnownNode[]): void {
        const all = new Map(this.getSnapshot().map((node) => [node.url, node]));
        let changed = false;
        for (const node of news) {
            if (!this.#acceptable(node.url)) continue;
            const old = all.get(node.url);
            if (old && old.number === node.number && node.namedAt - old.namedAt <= 3600_000) continue;
            all.set(node.url, { ...node, number: node.number ?? old?.number ?? null });
            changed = true;
        }
        if (!changed) return;
        const fresh = [...all.values()].filter(
            (node) => node.url === this.home || this.#world.now() - node.namedAt < FORGOTTEN_MS,
        );
        fresh.sort((a, b) => (a.number ?? 1e9) - (b.number ?? 1e9) || a.url.localeCompare(b.url));
        this.set(fresh.slice(0, NODES_MAX));
    }

    /** Tokens are sent there: never without TLS where this page has it. */
    #acceptable(text: string): boolean {
        try {
            const url = new URL(text);
            if (url.username || url.password || url.search || url.hash) return false;
            if (url.protocol === "https:") return true;
            return url.protocol === "http:" && this.home.startsWith("http:");
        } catch {
            return false;
        }
    }

    async #keep(): Promise<void> {
        const database = await this.#open();
        if (!database) return;
        const nodes = this.getSnapshot();
        await within(database, TABLE, "readwrite", (it) => {
            const table = it.objectStore(TABLE);
            table.clear();
            for (const node of nodes) table.put(node);
        }).catch(() => {});
    }

    #open(): Promise<IDBDatabase | null> {
        this.#database ??= this.#factory
            ? openDatabase(this.#factory, "alphorn-nodes", [{ name: TABLE, options: { keyPath: "url" } }]).catch(
                  () => null,
              )
            : Promise.resolve(null);
        return this.#database;
    }
}
