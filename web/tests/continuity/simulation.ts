/** A cluster made of functions, and a clock that tests move. */
import { vi } from "vitest";
import type { World } from "../../src/continuity/world.ts";

type Handler = (path: string, init: RequestInit) => Response | Promise<Response>;

export class SimNode {
    state: "up" | "dead" | "frozen" = "up";
    ready = true;
    /** Its site copies another one's. */
    standby: { lag: number; heard_s_ago: number | null } | null = null;
    readonly asked: string[] = [];
    readonly #cluster: SimCluster;
    #open = new Set<(error: Error) => void>();
    constructor(
        readonly url: string,
        readonly number: number,
        cluster: SimCluster,
    ) {
        this.#cluster = cluster;
    }

    /** Connections break, as those of a killed process do. */
    kill(): void {
        this.state = "dead";
        for (const one of [...this.#open]) one(new TypeError("connection reset"));
    }

    serve(path: string, init: RequestInit): Promise<Response> {
        this.asked.push(`${init.method ?? "GET"} ${path}`);
        return new Promise((resolve, reject) => {
            const end = (error: Error): void => {
                this.#open.delete(end);
                reject(error);
            };
            this.#open.add(end);
            init.signal?.addEventListener("abort", () => end(init.signal?.reason as Error));
            if (init.signal?.aborted) return end(init.signal.reason as Error);
            if (this.state === "dead") return end(new TypeError("refused"));
            setTimeout(() => {
                // What a frozen one is asked hangs; it would answer after it thaws.
                if (this.state !== "up" || !this.#open.has(end)) return;
                void Promise.resolve(this.#answer(path, init)).then((response) => {
                    if (this.state === "up" && this.#open.delete(end)) resolve(response);
                });
            }, this.#cluster.delayMs);
        });
    }

    #answer(path: string, init: RequestInit): Response | Promise<Response> {
        if (path === "/_alphorn/v1/nodes") return Response.json(this.#cluster.list(this), { headers: this.#date() });
        return this.#cluster.handler(this, path, init);
    }

    #date(): Record<string, string> {
        return { date: new Date(Date.now() + this.#cluster.skewMs).toUTCString() };
    }
}

export class SimCluster {
    delayMs = 5;
    skewMs = 0;
    readonly nodes: SimNode[];
    handler: (node: SimNode, ...rest: Parameters<Handler>) => Response | Promise<Response> = () => Response.json({});

    constructor(size = 3) {
        this.nodes = Array.from({ length: size }, (_, at) => new SimNode(`http://node${at + 1}`, at + 1, this));
    }

    node(at: number): SimNode {
        const found = this.nodes[at];
        if (!found) throw new Error("no such node");
        return found;
    }

    list(by: SimNode): unknown {
        return {
            nodes: this.nodes.map((one) => ({
                node: one.number,
                url: one.url,
                ready: one.ready && one.state === "up",
                here: one === by,
                applied: 1,
                version: "0",
                site: one.standby ? "Seeburg" : "",
                epoch: 1,
                standby: one.standby,
                heard_ms_ago: one.state === "up" ? 100 : 60_000,
            })),
        };
    }

    world(): World {
        return {
            now: () => Date.now(),
            elapsed: () => performance.now(),
            random: () => 0.5,
            fetch: (input, init = {}) => {
                const url = new URL(input);
                const node = this.nodes.find((one) => one.url === url.origin);
                return node ? node.serve(url.href.slice(url.origin.length), init) : Promise.reject(new TypeError("no"));
            },
            setTimeout: (work, ms) => setTimeout(work, ms),
            clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
        };
    }
}

export async function advance(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
}
