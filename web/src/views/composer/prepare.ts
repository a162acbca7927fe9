/** What others need to know of a file before they have it: its size in pixels, a small picture, its length. */
import { encode } from "blurhash";
import { bare } from "../../model/barePicture.ts";
import type { Prepared } from "../../model/files.ts";
import { losesPlace } from "./attachments.ts";

const THUMB = { width: 800, height: 600 };
const THUMB_NEEDED_BYTES = 150_000;
const HASH_PX = 32;
const PATIENCE_MS = 8000;

export interface Ready extends Prepared {
    /** What is sent: pictures without what they tell besides the picture. */
    blob: Blob;
    thumbnail: Blob | null;
}

type Drawable = ImageBitmap | HTMLVideoElement;

function scaled(width: number, height: number, most: { width: number; height: number }) {
    const scale = Math.min(1, most.width / width, most.height / height);
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function draw(source: Drawable, width: number, height: number): OffscreenCanvas {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")!.drawImage(source, 0, 0, width, height);
    return canvas;
}

function hashOf(source: Drawable, width: number, height: number): string {
    const size = scaled(width, height, { width: HASH_PX, height: HASH_PX });
    const pixels = draw(source, size.width, size.height).getContext("2d")!.getImageData(0, 0, size.width, size.height);
    return encode(pixels.data, size.width, size.height, 4, 3);
}

async function smallPicture(source: Drawable, width: number, height: number, clear: boolean) {
    const size = scaled(width, height, THUMB);
    const blob = await draw(source, size.width, size.height).convertToBlob(clear ? { type: "image/png" } : { type: "image/jpeg", quality: 0.8 });
    return { blob, info: { mimetype: blob.type, size: blob.size, w: size.width, h: size.height } };
}

/** Without place, time and camera; null where it is not understood. */
async function bareOf(file: File): Promise<Blob | null> {
    if (!losesPlace(file.type)) return file;
    const bytes = bare(new Uint8Array(await file.arrayBuffer()), file.type);
    return bytes && new Blob([bytes], { type: file.type });
}

async function image(file: File, understood: Blob | null): Promise<Ready> {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    // What is not understood to its end, but can be shown, is drawn anew: then nothing else is in it.
    const blob = understood ?? (await draw(bitmap, width, height).convertToBlob({ type: file.type, quality: 0.92 }));
    const info: Record<string, unknown> = { mimetype: blob.type, size: blob.size, w: width, h: height, "xyz.amorgan.blurhash": hashOf(bitmap, width, height) };
    let thumbnail: Blob | null = null;
    if (file.type !== "image/gif" && (blob.size > THUMB_NEEDED_BYTES || width > THUMB.width || height > THUMB.height)) {
        const small = await smallPicture(bitmap, width, height, file.type === "image/png");
        if (small.blob.size < blob.size) {
            thumbnail = small.blob;
            info.thumbnail_info = small.info;
        }
    }
    bitmap.close();
    return { msgtype: "m.image", info, thumbnail, blob };
}

/** Waits for an event of a media element; rejects when it fails or takes too long. */
function event(target: HTMLMediaElement, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(name)), PATIENCE_MS);
        target.addEventListener(name, () => (clearTimeout(timer), resolve()), { once: true });
        target.addEventListener("error", () => (clearTimeout(timer), reject(new Error("not playable"))), { once: true });
    });
}

const duration = (seconds: number): Record<string, unknown> => (Number.isFinite(seconds) ? { duration: Math.round(seconds * 1000) } : {});

async function video(file: File): Promise<Ready> {
    const url = URL.createObjectURL(file);
    try {
        const player = document.createElement("video");
        player.muted = true;
        player.preload = "auto";
        player.src = url;
        await event(player, "loadeddata");
        const { videoWidth: width, videoHeight: height } = player;
        const small = await smallPicture(player, width, height, false);
        const info = { mimetype: file.type, size: file.size, w: width, h: height, ...duration(player.duration), thumbnail_info: small.info, "xyz.amorgan.blurhash": hashOf(player, width, height) };
        return { msgtype: "m.video", info, thumbnail: small.blob, blob: file };
    } finally {
        URL.revokeObjectURL(url);
    }
}

async function audio(file: File): Promise<Ready> {
    const url = URL.createObjectURL(file);
    try {
        const player = new Audio(url);
        await event(player, "loadedmetadata");
        return { msgtype: "m.audio", info: { mimetype: file.type, size: file.size, ...duration(player.duration) }, thumbnail: null, blob: file };
    } finally {
        URL.revokeObjectURL(url);
    }
}

/** Never fails: what cannot be looked into is sent as a plain file. An original goes as it is. */
export async function prepare(file: File, original = false): Promise<Ready> {
    const understood = original ? file : await bareOf(file).catch(() => null);
    const blob = understood ?? file;
    const plain: Ready = { msgtype: "m.file", info: { mimetype: file.type || "application/octet-stream", size: blob.size }, thumbnail: null, blob };
    if (original) return plain;
    try {
        if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(file.type)) return await image(file, understood);
        if (file.type.startsWith("video/")) return await video(file);
        if (file.type.startsWith("audio/")) return await audio(file);
    } catch {
        return plain;
    }
    return plain;
}
