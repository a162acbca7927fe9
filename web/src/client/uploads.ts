/** Files of messages: encrypted where the room is (Client-Server API, "Sending encrypted attachments"), then uploaded. */
import type { MatrixClient } from "matrix-js-sdk";
import type { Continuity } from "../continuity/continuity.ts";
import { upload } from "../continuity/upload.ts";
import { browserWorld } from "../continuity/world.ts";
import { Failure, failureOf } from "./failures.ts";
import type { Upload } from "./keptOutgoing.ts";

/** Names of the parts that a message may have: the file itself, and the small picture of it. */
export type Part = "file" | "thumbnail";

function base64(bytes: ArrayBuffer | Uint8Array, url = false): string {
    let text = "";
    for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
    const plain = btoa(text).replace(/=+$/, "");
    return url ? plain.replaceAll("+", "-").replaceAll("/", "_") : plain;
}

/** AES-CTR with a key for this file alone; the hash lets the reader see that it is the one that was sent. */
export async function sealFile(file: Blob): Promise<{ blob: Blob; info: Record<string, unknown> }> {
    const key = await crypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, ["encrypt", "decrypt"]);
    // The lower half counts the blocks.
    const counter = new Uint8Array(16);
    crypto.getRandomValues(counter.subarray(0, 8));
    const sealed = await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 64 }, key, await file.arrayBuffer());
    const hash = await crypto.subtle.digest("SHA-256", sealed);
    const raw = await crypto.subtle.exportKey("raw", key);
    const jwk = { kty: "oct", key_ops: ["encrypt", "decrypt"], alg: "A256CTR", k: base64(raw, true), ext: true };
    const info = { v: "v2", key: jwk, iv: base64(counter), hashes: { sha256: base64(hash) } };
    return { blob: new Blob([sealed], { type: "application/octet-stream" }), info };
}

/** Puts a file on whichever node serves; its address. */
export function sender(client: MatrixClient, continuity: Continuity) {
    return async (file: Blob, progress: (done: number) => void = () => undefined): Promise<string> => {
        const token = client.getAccessToken();
        if (!token) throw new Failure("signed-out");
        const parts = { world: browserWorld(), pilot: continuity.pilot, request: () => new XMLHttpRequest() };
        // Without its name: that stands in the message, encrypted.
        const { status, body } = await upload(parts, "/_matrix/media/v3/upload", token, file, progress);
        if (status === 200 && typeof body.content_uri === "string") return body.content_uri;
        if (status === 413) throw new Failure("too-large");
        throw status >= 500 ? new Failure("offline") : failureOf(body.errcode, body.retry_after_ms);
    };
}

/** For `KeptOutgoing`. */
export function uploader(client: MatrixClient, continuity: Continuity): Upload {
    const send = sender(client, continuity);
    return async ({ roomId, content }, files, progress) => {
        const secret = client.getRoom(roomId)?.hasEncryptionStateEvent() ?? true;
        const filled = structuredClone(content);
        const total = files.reduce((sum, { blob }) => sum + blob.size, 0) || 1;
        let done = 0;
        for (const { part, blob } of files) {
            const { blob: sealed, info } = secret ? await sealFile(blob) : { blob, info: null };
            const url = await send(sealed, (of) => progress((done + of * blob.size) / total));
            done += blob.size;
            const thumbnail = part === "thumbnail";
            const holder = thumbnail ? ((filled.info ??= {}) as Record<string, unknown>) : filled;
            if (info) holder[thumbnail ? "thumbnail_file" : "file"] = { ...info, url };
            else holder[thumbnail ? "thumbnail_url" : "url"] = url;
        }
        return filled;
    };
}
