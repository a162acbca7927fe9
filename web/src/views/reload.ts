/** Loads the page again when it cannot go on: once, and never into nothing. */

const KEPT = "alphorn.reloaded";
const ONCE_IN_MS = 5 * 60 * 1000;
const SOON_MS = 30 * 1000;

/** False if the page stays: it was loaded anew a moment ago, or nobody would hand it out. */
export async function reloadOnce(withinMs = ONCE_IN_MS): Promise<boolean> {
    try {
        if (Date.now() - Number(sessionStorage.getItem(KEPT)) < withinMs) return false;
        // The worker hands out the page; without one the server has to.
        if (!navigator.serviceWorker?.controller && !(await fetch("/", { method: "HEAD", cache: "no-store" })).ok) return false;
        sessionStorage.setItem(KEPT, String(Date.now()));
    } catch {
        // Where nothing is kept, nobody would know that it was done already.
        return false;
    }
    location.reload();
    return true;
}

/** The same where the page must be loaded anew to go on: but not all the time. */
export async function reloadSoon(): Promise<void> {
    while (!(await reloadOnce(SOON_MS))) await new Promise((resolve) => setTimeout(resolve, SOON_MS / 3));
}
