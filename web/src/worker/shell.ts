/** What the service worker decides, without a browser: which requests it answers, and what it may throw away. */

export interface Shell {
    /** Of all files together; another one whenever any of them changes. */
    version: string;
    /** Addresses of all files, `/` for the page itself. */
    files: readonly string[];
}

export const PREFIX = "alphorn-shell-";

export const cacheName = (version: string): string => PREFIX + version;

/** Never touched: the server's answers are the server's. */
const SERVER = /^\/(_matrix|_alphorn|_synapse|\.well-known|health|ready|metrics)(\/|$)/;

export type Plan = "page" | "file" | "network";

/** What is done with a request. */
export function planFor(request: { method: string; mode: string; url: string }, origin: string, shell: Shell): Plan {
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== origin || SERVER.test(url.pathname)) return "network";
    if (request.mode === "navigate") return url.pathname === "/sw.js" ? "network" : "page";
    if (url.pathname.startsWith("/assets/") || shell.files.includes(url.pathname)) return "file";
    return "network";
}

/** Its name carries the hash of its content: the same name is the same file in every version. */
export function isHashed(file: string): boolean {
    return file.startsWith("/assets/");
}

/**
 * Which shells may go: all but the newest and those that an open page was loaded from. `entries` has what each open
 * page says its script is; null for one that did not answer (it sleeps): then nothing goes.
 */
export function disused(
    names: readonly string[],
    newest: string,
    entries: readonly (string | null)[],
    holds: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
    if (entries.includes(null)) return [];
    return names.filter((name) => {
        if (!name.startsWith(PREFIX) || name === cacheName(newest)) return false;
        return !entries.some((entry) => entry !== null && holds.get(name)?.has(entry));
    });
}
