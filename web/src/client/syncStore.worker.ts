/** Keeps the answers of the server on this device, beside the page's own thread. */
import { IndexedDBStoreWorker } from "matrix-js-sdk/lib/indexeddb-worker";

/** So many messages of a room are read at the start; the SDK's own measure is 50, all of which are worked through. */
const KEPT_PER_ROOM = 30;

interface Inner {
    backend?: { syncAccumulator?: { opts?: { maxTimelineEntries?: number } } };
}

const worker = new IndexedDBStoreWorker(postMessage as InstanceType<typeof Worker>["postMessage"]);
self.onmessage = (event: MessageEvent<{ command?: unknown }>) => {
    worker.onMessage(event);
    const opts = (worker as unknown as Inner).backend?.syncAccumulator?.opts;
    if (event.data.command === "setupWorker" && opts) opts.maxTimelineEntries = KEPT_PER_ROOM;
};
