/** Keeps the answers of the server on this device, beside the page's own thread. */
import { IndexedDBStoreWorker } from "matrix-js-sdk/lib/indexeddb-worker";

const worker = new IndexedDBStoreWorker(postMessage as InstanceType<typeof Worker>["postMessage"]);
self.onmessage = worker.onMessage;
