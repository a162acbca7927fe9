/**
 * Pictures without what they tell besides the picture: where and when it was taken, with which device, thumbnails of what
 * was cut away. JPEG (with its Exif, XMP, IPTC and further pictures behind its end), PNG and WebP. The way up, colours and
 * movement stay. Pure; what is not understood to its end is refused, never passed on half read.
 */

const PARTS_MAX = 20_000;
const TIFF_ENTRIES_MAX = 512;
const ORIENTATION = 0x0112;

type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes without it; null where they are not what they claim to be. */
export function bare(bytes: Bytes, mime: string): Bytes | null {
    switch (mime) {
        case "image/jpeg":
            return bareJpeg(bytes);
        case "image/png":
            return barePng(bytes);
        case "image/webp":
            return bareWebp(bytes);
        default:
            return null;
    }
}

const view = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function begins(bytes: Bytes, words: string, at = 0): boolean {
    if (at + words.length > bytes.length) return false;
    for (let index = 0; index < words.length; index++) if (bytes[at + index] !== words.charCodeAt(index)) return false;
    return true;
}

function joined(parts: readonly Bytes[]): Bytes {
    const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of parts) {
        whole.set(one, at);
        at += one.length;
    }
    return whole;
}

/** Which way up, out of a TIFF block: 1 (as it is) to 8. */
function wayUp(tiff: Bytes): number {
    if (tiff.length < 14) return 1;
    const little = begins(tiff, "II");
    if (!little && !begins(tiff, "MM")) return 1;
    const data = view(tiff);
    const first = data.getUint32(4, little);
    if (data.getUint16(2, little) !== 42 || first + 2 > tiff.length) return 1;
    const entries = Math.min(data.getUint16(first, little), TIFF_ENTRIES_MAX);
    for (let index = 0; index < entries; index++) {
        const at = first + 2 + index * 12;
        if (at + 12 > tiff.length) return 1;
        if (data.getUint16(at, little) !== ORIENTATION) continue;
        const way = data.getUint16(at + 8, little);
        return way >= 1 && way <= 8 ? way : 1;
    }
    return 1;
}

/** A TIFF block that says the way up and nothing else. */
function tiffOf(way: number): Bytes {
    const tiff = new Uint8Array(26);
    const data = view(tiff);
    tiff.set([0x4d, 0x4d]);
    data.setUint16(2, 42);
    data.setUint32(4, 8);
    data.setUint16(8, 1);
    data.setUint16(10, ORIENTATION);
    data.setUint16(12, 3);
    data.setUint32(14, 1);
    data.setUint16(18, way);
    return tiff;
}

const EXIF = "Exif\0\0";

/** The end of what is coded after a start of scan: the next marker that is neither filling nor a restart. */
function endOfScan(bytes: Bytes, from: number): number {
    let at = from;
    for (;;) {
        at = bytes.indexOf(0xff, at);
        if (at === -1 || at + 1 >= bytes.length) return -1;
        const next = bytes[at + 1]!;
        if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
        at += next === 0xff ? 1 : 2;
    }
}

/** What a JPEG needs to look as it does: JFIF, colours (ICC, Adobe), and all that is no application's or a comment. */
function needed(bytes: Bytes, marker: number, body: number): boolean {
    if (marker === 0xe0) return begins(bytes, "JFIF\0", body);
    if (marker === 0xe2) return begins(bytes, "ICC_PROFILE\0", body);
    if (marker === 0xee) return begins(bytes, "Adobe", body);
    return !(marker >= 0xe0 && marker <= 0xef) && marker !== 0xfe;
}

function bareJpeg(bytes: Bytes): Bytes | null {
    if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
    const data = view(bytes);
    const parts: Bytes[] = [];
    let way = 1;
    let at = 2;
    for (let count = 0; count < PARTS_MAX; count++) {
        // Filling may stand before a marker.
        while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
        if (at + 1 >= bytes.length || bytes[at] !== 0xff) return null;
        const marker = bytes[at + 1]!;
        // What stands behind the end is another picture, a film, or a maker's own.
        if (marker === 0xd9) return joined([Uint8Array.of(0xff, 0xd8), ...head(parts, way), Uint8Array.of(0xff, 0xd9)]);
        if (at + 4 > bytes.length || marker === 0 || (marker >= 0xd0 && marker <= 0xd8)) return null;
        const end = at + 2 + data.getUint16(at + 2);
        if (end < at + 4 || end > bytes.length) return null;
        if (marker === 0xe1 && begins(bytes, EXIF, at + 4)) way = wayUp(bytes.subarray(at + 4 + EXIF.length, end));
        if (needed(bytes, marker, at + 4)) parts.push(bytes.subarray(at, end));
        at = end;
        if (marker !== 0xda) continue;
        at = endOfScan(bytes, end);
        if (at === -1) return null;
        parts.push(bytes.subarray(end, at));
    }
    return null;
}

/** JFIF comes first where it is; then the way up. */
function head(parts: readonly Bytes[], way: number): readonly Bytes[] {
    if (way === 1) return parts;
    const tiff = tiffOf(way);
    const exif = new Uint8Array(4 + EXIF.length + tiff.length);
    view(exif).setUint16(0, 0xffe1);
    view(exif).setUint16(2, exif.length - 2);
    for (let index = 0; index < EXIF.length; index++) exif[4 + index] = EXIF.charCodeAt(index);
    exif.set(tiff, 4 + EXIF.length);
    const jfif = parts[0]?.[1] === 0xe0 ? 1 : 0;
    return [...parts.slice(0, jfif), exif, ...parts.slice(jfif)];
}

const PNG = "\x89PNG\r\n\x1a\n";
const PNG_DROPPED = /^(eXIf|zTXt|tEXt|iTXt|tIME|caBX)$/;

const CRC = Uint32Array.from({ length: 256 }, (_none, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
});

function crcOf(bytes: Bytes): number {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
}

function pngChunk(name: string, body: Bytes): Bytes {
    const chunk = new Uint8Array(12 + body.length);
    view(chunk).setUint32(0, body.length);
    for (let index = 0; index < 4; index++) chunk[4 + index] = name.charCodeAt(index);
    chunk.set(body, 8);
    view(chunk).setUint32(8 + body.length, crcOf(chunk.subarray(4, 8 + body.length)));
    return chunk;
}

function fourOf(bytes: Bytes, at: number): string {
    return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function barePng(bytes: Bytes): Bytes | null {
    if (!begins(bytes, PNG)) return null;
    const data = view(bytes);
    const parts: Bytes[] = [bytes.subarray(0, 8)];
    let at = 8;
    for (let count = 0; count < PARTS_MAX; count++) {
        if (at + 12 > bytes.length) return null;
        const end = at + 12 + data.getUint32(at);
        const name = fourOf(bytes, at + 4);
        if (end > bytes.length || !/^[A-Za-z]{4}$/.test(name) || (count === 0 && name !== "IHDR")) return null;
        const way = name === "eXIf" ? wayUp(bytes.subarray(at + 8, end - 4)) : 1;
        if (way !== 1) parts.push(pngChunk("eXIf", tiffOf(way)));
        if (!PNG_DROPPED.test(name)) parts.push(bytes.subarray(at, end));
        if (name === "IEND") return joined(parts);
        at = end;
    }
    return null;
}

const WEBP_EXIF = 0x08;
const WEBP_XMP = 0x04;
const WEBP_DROPPED = /^(EXIF|XMP )$/;

function webpChunk(name: string, body: Bytes): Bytes {
    const chunk = new Uint8Array(8 + body.length + (body.length % 2));
    for (let index = 0; index < 4; index++) chunk[index] = name.charCodeAt(index);
    view(chunk).setUint32(4, body.length, true);
    chunk.set(body, 8);
    return chunk;
}

function bareWebp(bytes: Bytes): Bytes | null {
    if (!begins(bytes, "RIFF") || !begins(bytes, "WEBP", 8)) return null;
    const data = view(bytes);
    const whole = data.getUint32(4, true) + 8;
    if (whole > bytes.length) return null;
    const parts: Bytes[] = [];
    let way = 1;
    let at = 12;
    for (let count = 0; at < whole; count++) {
        if (count >= PARTS_MAX || at + 8 > whole) return null;
        const size = data.getUint32(at + 4, true);
        const end = at + 8 + size + (size % 2);
        const name = fourOf(bytes, at);
        if (at + 8 + size > whole) return null;
        if (name === "EXIF") {
            const body = bytes.subarray(at + 8, at + 8 + size);
            way = wayUp(begins(body, EXIF) ? body.subarray(EXIF.length) : body);
        }
        if (!WEBP_DROPPED.test(name)) parts.push(webpChunk(name, bytes.subarray(at + 8, at + 8 + size)));
        at = end;
    }
    const extended = parts[0] && begins(parts[0], "VP8X") && parts[0].length >= 18 ? parts[0] : null;
    if (extended) extended[8] = (extended[8]! & ~(WEBP_EXIF | WEBP_XMP)) | (way === 1 ? 0 : WEBP_EXIF);
    if (extended && way !== 1) parts.push(webpChunk("EXIF", tiffOf(way)));
    const head = new Uint8Array(12);
    head.set(bytes.subarray(0, 12));
    view(head).setUint32(4, parts.reduce((sum, one) => sum + one.length, 4), true);
    return joined([head, ...parts]);
}
