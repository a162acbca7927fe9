/** Between the SDK and the failover: remembers what the server answers, and answers in its place when nobody does. */

import type { Addresses } from "../addresses.ts";
import type { Fetch } from "../failover.ts";
import type { Pilot } from "../pilot.ts";
import { pause, type World } from "../world.ts";
import type { Answers } from "./answers.ts";
import { type Files, isFile } from "./files.ts";
import type { History, Page } from "./history.ts";
import type { Journal } from "./journal.ts";

/** So long a starting client waits for a node before it is given what an earlier visit has kept. */
const START_WAIT_MS = 1_200;

export interface OfflineParts {
    world: World;
    addresses: Addresses;
    pilot: Pilot;
    answers: Answers;
    journal: Journal;
    history: History;
    files: Files | null;
}

interface Asked {
    method: string;
    path: string;
    query: URLSearchParams;
    input: string | URL;
    init: RequestInit;
}

export function offlineFetch(parts: OfflineParts, next: Fetch): Fetch {
    return async (input, init = {}) => {
        const url = new URL(input);
        const base = parts.addresses.baseOf(url);
        if (base === null) return next(input, init);
        const path = url.href.slice(base.length);
        const method = (init.method ?? "GET").toUpperCase();
        const asked: Asked = { method, path, query: url.searchParams, input, init };
        if (method === "GET" && /^\/_matrix\/client\/v3\/sync\?/.test(path)) return sync(parts, next, asked);
        const room = /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/messages\?/.exec(path)?.[1];
        if (method === "GET" && room) return messages(parts, next, asked, decodeURIComponent(room));
        if (parts.files && isFile(method, path)) return file(parts, parts.files, next, asked);
        const key = parts.answers.keyOf(method, path, init.body);
        return key === null ? next(input, init) : start(parts, next, asked, key);
    };
}

/** What a client asks at its start: from the server if one answers soon, else as it was last time. */
async function start(parts: OfflineParts, next: Fetch, asked: Asked, key: string): Promise<Response> {
    const { world, answers } = parts;
    const kept = (): Promise<string | null> => answers.find(key).catch(() => null);
    return firstOr(parts, asked, next, async () => found(await kept()), async (response) => {
        if (response.ok) void answers.keep(key, await response.clone().text(), world.now()).catch(() => {});
    });
}

async function sync(parts: OfflineParts, next: Fetch, asked: Asked): Promise<Response> {
    const { world, journal, history } = parts;
    const since = asked.query.get("since");
    const before = previous.get(journal);
    if (since !== null) {
        previous.set(journal, since);
        if (before !== undefined && before !== since) await journal.taken(before).catch(() => {});
    }
    const kept = async (): Promise<Response | null> =>
        since === null ? null : found(await journal.find(since).catch(() => null));
    return firstOr(parts, asked, next, kept, async (response) => {
        if (!response.ok) return;
        const text = await response.clone().text();
        const body = JSON.parse(text) as SyncBody;
        const joined = Object.entries(body.rooms?.join ?? {});
        const many = joined.length > MANY;
        for (const [room, part] of joined) {
            if (!part.timeline) continue;
            // In the order they came; the SDK need not wait for the disk.
            if (many) history.liveLater(room, part.timeline);
            else void history.live(room, part.timeline).catch(() => {});
        }
        if (many) void writeSlowly(world, history);
        for (const room of Object.keys(body.rooms?.leave ?? {})) void history.forgetRoom(room).catch(() => {});
        // The SDK writes a first sync to its store at once.
        if (since !== null && body.next_batch) {
            await journal.keep(since, body.next_batch, text, world.now()).catch(() => {});
        }
    });
}

/** What so many rooms hold is not written at once: the page would stand still. */
const MANY = 40;
const BEGUN_MS = 12_000;
const BETWEEN_MS = 80;
const writing = new WeakSet<History>();

/** One room after the other, when the page has begun. */
async function writeSlowly(world: World, history: History): Promise<void> {
    if (writing.has(history)) return;
    writing.add(history);
    await pause(world, BEGUN_MS);
    while (await history.writeNext()) await pause(world, BETWEEN_MS);
    writing.delete(history);
}

/** By journal: the token of the sync before; asking with the next one says that its answer was taken in. */
const previous = new WeakMap<Journal, string>();

interface SyncBody {
    next_batch?: string;
    rooms?: {
        join?: Record<string, { timeline?: { events?: Record<string, unknown>[]; limited?: boolean; prev_batch?: string } }>;
        leave?: Record<string, unknown>;
    };
}

async function messages(parts: OfflineParts, next: Fetch, asked: Asked, room: string): Promise<Response> {
    const { history } = parts;
    const from = asked.query.get("from");
    if (asked.query.get("dir") !== "b" || !from || asked.query.get("to")) return next(asked.input, asked.init);
    // A filter that leaves events out would look like gaps.
    const narrow = /"(types|not_types|senders|not_senders|contains_url|related_by_)/.test(asked.query.get("filter") ?? "");
    if (narrow) return next(asked.input, asked.init);
    const limit = Number(asked.query.get("limit")) || 10;
    const kept = async (): Promise<Response | null> => {
        const page = await history.back(room, from, limit).catch(() => null);
        return page ? Response.json(page) : null;
    };
    return firstOr(parts, asked, next, kept, async (response) => {
        if (!response.ok) return;
        const page = (await response.clone().json()) as Page;
        void history.older(room, from, page).catch(() => {});
    });
}

function file(parts: OfflineParts, files: Files, next: Fetch, asked: Asked): Promise<Response> {
    const kept = (): Promise<Response | null> => files.find(asked.path).catch(() => null);
    return firstOr(parts, asked, next, kept, async (response) => void files.keep(asked.path, response).catch(() => {}), false);
}

/**
 * The server's answer if a node serves or comes soon; else what is kept, if something is; else the server's, however
 * long it takes. While a node serves, the kept is not used: it may be old.
 */
async function firstOr(
    parts: OfflineParts,
    asked: Asked,
    next: Fetch,
    kept: () => Promise<Response | null>,
    heed: (response: Response) => Promise<void>,
    /** False where the answer is handed on while it comes: its request must not be ended here. */
    whole = true,
): Promise<Response> {
    const { world, pilot } = parts;
    const signal = asked.init.signal ?? null;
    const own = new AbortController();
    const watch = new AbortController();
    const pass = (): void => own.abort(signal?.reason);
    signal?.addEventListener("abort", pass, { once: true });
    const server = next(asked.input, { ...asked.init, signal: own.signal });
    server.catch(() => {});
    const silent = (async () => {
        // It is known by now that nobody answers: no reason to wait for it with each request.
        if (pilot.downForMs() > START_WAIT_MS / 2) return true;
        for (;;) {
            await pause(world, START_WAIT_MS, watch.signal);
            if (pilot.current === null) return true;
        }
    })();
    silent.catch(() => {});
    try {
        const first = await Promise.race([server, silent]).catch((error: unknown) => {
            if (signal?.aborted) throw error;
            return true as const;
        });
        if (first === true) {
            const found_ = await kept();
            if (found_) {
                own.abort();
                return found_;
            }
        }
        const response = await server;
        await heed(response).catch(() => {});
        return response;
    } finally {
        watch.abort();
        if (whole) signal?.removeEventListener("abort", pass);
    }
}

function found(body: string | null): Response | null {
    return body === null ? null : new Response(body, { status: 200, headers: { "content-type": "application/json" } });
}
