/** Loads the page again when it cannot go on: once, and never into nothing. */

const KEPT = "alphorn.reloaded";
const ONCE_IN_MS = 5 * 60 * 1000;

/** False if the page stays: it was loaded anew a moment ago, or nobody would hand it out. */
export async function reloadOnce(): Promise<boolean> {
    try {
        if (Date.now() - Number(sessionStorage.getItem(KEPT)) < ONCE_IN_MS) return false;
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
