/** Uploads go to the node in use as all else does, and tell how far they are: `fetch` cannot, so this asks the old way. */

import type { Pilot } from "./pilot.ts";
import { pause, type World } from "./world.ts";

/** What of an XMLHttpRequest is needed. */
export type UploadRequest = Pick<
    XMLHttpRequest,
    "open" | "setRequestHeader" | "send" | "abort" | "upload" | "status" | "responseText" | "onload" | "onerror" | "onabort"
>;

export interface UploadParts {
    world: World;
    pilot: Pilot;
    request: () => UploadRequest;
}

/** Without a byte more for this long, the node is taken for gone. */
const STALLED_MS = 15_000;
const ATTEMPTS_MAX = 6;

/** The server's answer, whatever it says; rejects only when no node took it. */
export interface Uploaded {
    status: number;
    body: Record<string, unknown>;
}

/** An upload may be sent twice: at worst a file lies on the server that no message names. */
export async function upload(
    parts: UploadParts,
    path: string,
    token: string,
    file: Blob,
    progress: (done: number) => void,
    signal?: AbortSignal,
): Promise<Uploaded> {
    const { world, pilot } = parts;
    for (let failures = 0; ; failures += 1) {
        const node = await pilot.whenUp(4_000, signal);
        try {
            const answer = await once(parts, node + path, token, file, progress, signal);
            if (answer.status < 502 || answer.body.errcode !== undefined || failures >= ATTEMPTS_MAX) return answer;
        } catch (error) {
            if (signal?.aborted || failures >= ATTEMPTS_MAX) throw error;
        }
        await pilot.failed(node);
        if (failures > 1) await pause(world, Math.min(2_000, 50 * 2 ** failures), signal);
    }
}

function once(
    { world, request }: UploadParts,
    url: string,
    token: string,
    file: Blob,
    progress: (done: number) => void,
    signal?: AbortSignal,
): Promise<Uploaded> {
    return new Promise((resolve, reject) => {
        const asked = request();
        const stop = (): void => asked.abort();
        let timer: unknown;
        const alive = (): void => {
            world.clearTimeout(timer);
            timer = world.setTimeout(stop, STALLED_MS);
        };
        const over = (): void => {
            world.clearTimeout(timer);
            signal?.removeEventListener("abort", stop);
        };
        const fail = (): void => {
            over();
            reject(signal?.aborted ? (signal.reason as Error) : new TypeError("the upload broke off"));
        };
        asked.onerror = fail;
        asked.onabort = fail;
        asked.onload = () => {
            over();
            resolve({ status: asked.status, body: parsed(asked.responseText) });
        };
        asked.upload.onprogress = ({ loaded, total }) => {
            alive();
            if (total > 0) progress(loaded / total);
        };
        signal?.addEventListener("abort", stop, { once: true });
        asked.open("POST", url);
        asked.setRequestHeader("Authorization", `Bearer ${token}`);
        asked.setRequestHeader("Content-Type", file.type || "application/octet-stream");
        alive();
        asked.send(file);
    });
}

function parsed(text: string): Record<string, unknown> {
    try {
        return JSON.parse(text) as Record<string, unknown>;
    } catch {
        return {};
    }
}
