/** A `fetch` that goes to whichever node serves: for the SDK, and for everything else that asks the server. */

import type { Addresses } from "./addresses.ts";
import { Moved, type Pilot } from "./pilot.ts";
import { type Kind, kindOf } from "./request.ts";
import { pause, type World } from "./world.ts";

/** How long a request waits for a node before it fails as one without a network does. */
const PATIENCE_MS = 4_000;
/** So many failed attempts, and the request itself may be what breaks the nodes. */
const ATTEMPTS_MAX = 6;
const WRITES_UNAVAILABLE = "IO.ALPHORN.WRITES_UNAVAILABLE";

export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

interface Asked {
    path: string;
    init: RequestInit;
    kind: Kind;
    signal: AbortSignal | null;
}

export function failoverFetch(world: World, addresses: Addresses, pilot: Pilot): Fetch {
    return async (input, init = {}) => {
        const url = new URL(input);
        const base = addresses.baseOf(url);
        if (base === null) return world.fetch(input, init);
        const path = url.href.slice(base.length);
        const kind = kindOf(init.method ?? "GET", path, init.body);
        return new Journey(world, pilot, { path, init, kind, signal: init.signal ?? null }).go();
    };
}

/** One request, from node to node. */
class Journey {
    readonly #world: World;
    readonly #pilot: Pilot;
    readonly #asked: Asked;
    #failures = 0;

    constructor(world: World, pilot: Pilot, asked: Asked) {
        this.#world = world;
        this.#pilot = pilot;
        this.#asked = asked;
    }

    async go(): Promise<Response> {
        const { kind, signal } = this.#asked;
        for (;;) {
            if (signal?.aborted) throw signal.reason;
            const patience = kind.patient ? null : PATIENCE_MS;
            if (!kind.repeatable) await this.#pilot.prove();
            const node = await this.#pilot.whenUp(patience, signal);
            let response: Response;
            try {
                response = await this.#attempt(node);
            } catch (error) {
                if (signal?.aborted) throw signal.reason;
                if (error instanceof Moved) continue;
                await this.#failed(node, error as Error);
                continue;
            }
            const final = await this.#judge(node, response);
            if (final) return final;
        }
    }

    /** Goes on elsewhere, or throws. */
    async #failed(node: string, error: Error): Promise<void> {
        const { kind } = this.#asked;
        const electing = this.#pilot.failed(node);
        // Whether it was done is not known, and twice would be worse than to say so.
        if (!kind.repeatable) throw error;
        this.#failures += 1;
        if (this.#failures >= ATTEMPTS_MAX && !kind.patient) throw error;
        await electing;
        // The node answers, and still this fails: not in a tight circle.
        if (this.#failures > 2) await pause(this.#world, Math.min(2_000, 50 * 2 ** this.#failures), this.#asked.signal);
    }

    /** What is the caller's is returned; null means once more. */
    async #judge(node: string, response: Response): Promise<Response | null> {
        const { kind } = this.#asked;
        const { status } = response;
        if (status === 502 || status === 503 || status === 504) {
            const code = await errcodeOf(response);
            if (status === 503 && code === WRITES_UNAVAILABLE) {
                // It says what it cannot do: another node is asked only if that one says that it can.
                const elsewhere = await this.#pilot.refusedWrite(node);
                this.#failures += 1;
                return elsewhere && kind.repeatable && this.#failures < ATTEMPTS_MAX ? null : response;
            }
            if (code !== null) return response;
            // Nobody who speaks Matrix: a proxy without its node, or a node on its way out.
            if (!kind.repeatable || this.#failures + 1 >= ATTEMPTS_MAX) {
                void this.#pilot.failed(node);
                return response;
            }
            await this.#failed(node, new TypeError(`status ${status}`));
            return null;
        }
        this.#pilot.answered(node);
        if (status === 401) return this.#unknownToken(node, response);
        if (response.ok && kind.writes) this.#pilot.wrote(node);
        return response;
    }

    /**
     * A session ends when a node says that it does not know its token. A node that is behind would end sessions that
     * are good: so another one is asked first.
     */
    async #unknownToken(node: string, response: Response): Promise<Response | null> {
        const authorization = new Headers(this.#asked.init.headers).get("authorization");
        if (!authorization || (await errcodeOf(response)) !== "M_UNKNOWN_TOKEN") return response;
        const others = this.#pilot.others(node);
        const asked = others.map(async (url) => {
            const control = new AbortController();
            const timer = this.#world.setTimeout(() => control.abort(), 2_000);
            try {
                const answer = await this.#world.fetch(`${url}/_matrix/client/v3/account/whoami`, {
                    headers: { authorization },
                    credentials: "omit",
                    signal: control.signal,
                });
                return answer.ok;
            } catch {
                return false;
            } finally {
                this.#world.clearTimeout(timer);
            }
        });
        const known = (await Promise.all(asked)).includes(true);
        this.#failures += 1;
        if (!known || this.#failures >= ATTEMPTS_MAX) return response;
        await this.#pilot.failed(node);
        return null;
    }

    async #attempt(node: string): Promise<Response> {
        const { path, init, kind, signal } = this.#asked;
        const control = new AbortController();
        // While a large answer still comes, its caller can end it.
        let streaming = false;
        const pass = (): void => control.abort(signal?.reason);
        signal?.addEventListener("abort", pass, { once: true });
        const done = this.#pilot.underWay({
            url: node,
            longPoll: kind.longPoll,
            repeatable: kind.repeatable,
            take: (reason) => control.abort(reason),
        });
        try {
            const response = await this.#world.fetch(node + path, { ...init, signal: control.signal });
            streaming = kind.streamed;
            if (streaming || init.method === "HEAD") return response;
            // To the last byte: a node that dies while it answers has not answered.
            const bytes = await response.arrayBuffer();
            return whole(response, bytes);
        } catch (error) {
            throw control.signal.aborted ? control.signal.reason : error;
        } finally {
            done();
            if (!streaming) signal?.removeEventListener("abort", pass);
        }
    }
}

const BODILESS = new Set([101, 204, 205, 304]);

function whole(response: Response, bytes: ArrayBuffer): Response {
    const { status, statusText, headers } = response;
    if (BODILESS.has(status)) return response;
    return new Response(bytes, { status, statusText, headers });
}

async function errcodeOf(response: Response): Promise<string | null> {
    try {
        const body = (await response.clone().json()) as { errcode?: unknown };
        return typeof body.errcode === "string" ? body.errcode : null;
    } catch {
        return null;
    }
}
