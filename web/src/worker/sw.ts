/**
 * The service worker: the app opens without a server. It holds the files of one version, complete or not at all, and
 * hands the page out from there at once; a new version is fetched beside it and is what the next load gets. Older
 * versions stay as long as an open page was loaded from them. The server's answers are never kept here.
 */

import { cacheName, disused, isHashed, planFor, PREFIX, type Shell } from "./shell.ts";

declare const __SHELL__: Shell;
declare const self: ServiceWorkerGlobalScope;

const shell: Shell = __SHELL__;
/** An open page has so long to say what it was loaded from. */
const ANSWER_MS = 2_000;
/** The page is compared with the server's at most so often. */
const COMPARE_MS = 10 * 60 * 1000;
let comparedAt = 0;

self.addEventListener("install", (event) => {
    // Pages of older versions keep running: their files stay.
    event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
    event.waitUntil(self.clients.claim().then(tidy));
});

self.addEventListener("message", (event) => {
    if ((event.data as { kind?: unknown } | null)?.kind === "tidy") event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
    const plan = planFor(event.request, self.location.origin, shell);
    if (plan === "page") {
        event.respondWith(page(event.request));
        event.waitUntil(compare());
    } else if (plan === "file") {
        event.respondWith(file(event.request));
    }
});

/** Shown while the client is open on a phone: the window comes to the front, at the room. */
self.addEventListener("notificationclick", (event) => {
    const { roomId } = (event.notification.data ?? {}) as { roomId?: unknown };
    event.notification.close();
    event.waitUntil(
        self.clients.matchAll({ type: "window" }).then(async ([open]) => {
            const client = open ? await open.focus() : await self.clients.openWindow("/");
            client?.postMessage({ kind: "open-room", roomId });
        }),
    );
});

/** Fetches the whole version. If one file is missing, or the device is full, the old version stays. */
async function fill(): Promise<void> {
    const name = cacheName(shell.version);
    const cache = await caches.open(name);
    try {
        await Promise.all(shell.files.map((path) => put(cache, path)));
    } catch (error) {
        await caches.delete(name);
        throw error;
    }
}

async function put(cache: Cache, path: string): Promise<void> {
    const known = isHashed(path) ? await caches.match(path) : undefined;
    const response = known ?? (await fetch(path, { cache: isHashed(path) ? "default" : "no-cache" }));
    if (!response.ok || response.redirected) throw new Error(`${path}: ${response.status}`);
    await cache.put(path, response);
}

async function page(request: Request): Promise<Response> {
    const cache = await caches.open(cacheName(shell.version));
    return (await cache.match("/")) ?? fetch(request);
}

async function file(request: Request): Promise<Response> {
    const own = await (await caches.open(cacheName(shell.version))).match(request, { ignoreVary: true });
    if (own) return own;
    for (const name of await caches.keys()) {
        const found = name.startsWith(PREFIX) && (await (await caches.open(name)).match(request, { ignoreVary: true }));
        if (found) return found;
    }
    return fetch(request);
}

/** The page itself may be the same and its headers not (the addresses of new nodes): those are renewed. */
async function compare(): Promise<void> {
    if (Date.now() - comparedAt < COMPARE_MS) return;
    comparedAt = Date.now();
    try {
        const response = await fetch("/", { cache: "no-cache" });
        if (!response.ok || response.redirected) return;
        const cache = await caches.open(cacheName(shell.version));
        const [theirs, ours] = await Promise.all([response.clone().text(), (await cache.match("/"))?.text()]);
        if (theirs === ours) await cache.put("/", response);
        else await self.registration.update();
    } catch {
        // No server: another time.
    }
}

/** Throws away what no open page was loaded from. */
async function tidy(): Promise<void> {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const entries = await Promise.all(windows.map(entryOf));
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
    const holds = new Map<string, Set<string>>();
    for (const name of names) {
        const keys = await (await caches.open(name)).keys();
        holds.set(name, new Set(keys.map((key) => new URL(key.url).pathname)));
    }
    for (const name of disused(names, shell.version, entries, holds)) await caches.delete(name);
}

function entryOf(client: Client): Promise<string | null> {
    return new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        const timer = setTimeout(() => resolve(null), ANSWER_MS);
        port1.onmessage = ({ data }) => {
            clearTimeout(timer);
            resolve(typeof data === "string" ? data : null);
        };
        client.postMessage({ kind: "which" }, [port2]);
    });
}
