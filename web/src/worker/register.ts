/** The page's side of the service worker. */

const LOOK_EVERY_MS = 60 * 60 * 1000;
/** Old versions are thrown away when the page has come to rest. */
const TIDY_AFTER_MS = 15_000;

/**
 * Installs the worker. A browser without one, or a full device, only means that nothing opens without a server.
 * `onUpdate`: a newer version is on the device, and the next load gets it.
 */
export async function registerWorker(onUpdate: () => void): Promise<void> {
    const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    if (!workers) return;
    // The script of this page: the worker keeps its version as long as the page is open.
    const entry = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
    const path = entry ? new URL(entry.src).pathname : "";
    workers.addEventListener("message", (event) => {
        if ((event.data as { kind?: unknown } | null)?.kind === "which") event.ports[0]?.postMessage(path);
    });
    let controlled = workers.controller !== null;
    workers.addEventListener("controllerchange", () => {
        if (controlled) onUpdate();
        controlled = true;
    });
    try {
        const registration = await workers.register("/sw.js", { updateViaCache: "none" });
        setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
        setTimeout(() => registration.active?.postMessage({ kind: "tidy" }), TIDY_AFTER_MS);
    } catch {
        // Not from this address, or not now.
    }
}
