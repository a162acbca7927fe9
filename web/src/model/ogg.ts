/** Opus sound out of WebM, in which browsers record, into Ogg, which all Matrix clients play. Pure. */

const CONTAINERS = new Set([0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0]);
const CODEC_PRIVATE = 0x63a2;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const PER_PAGE = 40;
const RATE = 48_000;

function readId(bytes: Uint8Array, at: number): [number, number] {
    const first = bytes[at] ?? 0;
    const length = first >= 0x80 ? 1 : first >= 0x40 ? 2 : first >= 0x20 ? 3 : 4;
    let id = 0;
    for (let index = 0; index < length; index++) id = id * 256 + (bytes[at + index] ?? 0);
    return [id, at + length];
}

/** The size of an element; null where it is not said (recordings that go on). */
function readSize(bytes: Uint8Array, at: number): [number | null, number] {
    const first = bytes[at] ?? 0;
    let length = 1;
    while (length <= 8 && !(first & (0x80 >> (length - 1)))) length += 1;
    let size = first & ((0x80 >> (length - 1)) - 1);
    let unknown = size === (0x80 >> (length - 1)) - 1;
    for (let index = 1; index < length; index++) {
        const byte = bytes[at + index] ?? 0;
        size = size * 256 + byte;
        unknown &&= byte === 0xff;
    }
    return [unknown ? null : size, at + length];
}

/** The packets of a WebM recording and the head of its Opus stream. */
export function opusPackets(bytes: Uint8Array): { head: Uint8Array | null; packets: Uint8Array[] } {
    const packets: Uint8Array[] = [];
    let head: Uint8Array | null = null;
    let at = 0;
    while (at < bytes.length) {
        const [id, afterId] = readId(bytes, at);
        const [size, start] = readSize(bytes, afterId);
        if (CONTAINERS.has(id)) {
            at = start;
            continue;
        }
        const end = size === null ? bytes.length : Math.min(bytes.length, start + size);
        // Track, two bytes of time, flags; then the packet.
        if ((id === SIMPLE_BLOCK || id === BLOCK) && end - start > 4) packets.push(bytes.subarray(start + 4, end));
        else if (id === CODEC_PRIVATE) head = bytes.slice(start, end);
        at = end;
    }
    return { head, packets };
}

/** Samples of a packet, by its first byte (RFC 6716, section 3.1). */
export function samplesIn(packet: Uint8Array): number {
    const toc = packet[0] ?? 0;
    const config = toc >> 3;
    const ms = config < 12 ? [10, 20, 40, 60][config & 3]! : config < 16 ? [10, 20][config & 1]! : [2.5, 5, 10, 20][config & 3]!;
    const frames = (toc & 3) === 0 ? 1 : (toc & 3) < 3 ? 2 : (packet[1] ?? 1) & 63;
    return (ms * frames * RATE) / 1000;
}

const TABLE = Uint32Array.from({ length: 256 }, (_none, index) => {
    let value = index << 24;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    return value >>> 0;
});

function checksum(bytes: Uint8Array): number {
    let sum = 0;
    for (const byte of bytes) sum = ((sum << 8) ^ TABLE[((sum >>> 24) ^ byte) & 0xff]!) >>> 0;
    return sum;
}

function page(packets: readonly Uint8Array[], granule: number, serial: number, number: number, flags: number): Uint8Array {
    const lacing: number[] = [];
    for (const packet of packets) {
        for (let left = packet.length; ; left -= 255) {
            lacing.push(Math.min(255, left));
            if (left < 255) break;
        }
    }
    const body = packets.reduce((sum, packet) => sum + packet.length, 0);
    const bytes = new Uint8Array(27 + lacing.length + body);
    const view = new DataView(bytes.buffer);
    bytes.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
    view.setUint32(6, granule % 2 ** 32, true);
    view.setUint32(10, Math.floor(granule / 2 ** 32), true);
    view.setUint32(14, serial, true);
    view.setUint32(18, number, true);
    bytes[26] = lacing.length;
    bytes.set(lacing, 27);
    let at = 27 + lacing.length;
    for (const packet of packets) {
        bytes.set(packet, at);
        at += packet.length;
    }
    view.setUint32(22, checksum(bytes), true);
    return bytes;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function tags(): Uint8Array {
    const vendor = text("Alphorn");
    const bytes = new Uint8Array(8 + 4 + vendor.length + 4);
    bytes.set(text("OpusTags"));
    new DataView(bytes.buffer).setUint32(8, vendor.length, true);
    bytes.set(vendor, 12);
    return bytes;
}

function plainHead(): Uint8Array {
    const bytes = new Uint8Array(19);
    bytes.set(text("OpusHead"));
    bytes.set([1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0], 8);
    return bytes;
}

/** Null where there is no sound in it. */
export function webmToOgg(webm: Uint8Array, serial: number): { bytes: Uint8Array; durationMs: number } | null {
    const { head, packets } = opusPackets(webm);
    if (packets.length === 0) return null;
    const pages = [page([head ?? plainHead()], 0, serial, 0, 2), page([tags()], 0, serial, 1, 0)];
    let granule = 0;
    let number = 2;
    for (let at = 0; at < packets.length; ) {
        const some: Uint8Array[] = [];
        let segments = 0;
        while (at < packets.length && some.length < PER_PAGE) {
            const packet = packets[at]!;
            segments += Math.floor(packet.length / 255) + 1;
            if (segments > 255 && some.length > 0) break;
            some.push(packet);
            granule += samplesIn(packet);
            at += 1;
        }
        pages.push(page(some, granule, serial, number++, at >= packets.length ? 4 : 0));
    }
    const bytes = new Uint8Array(pages.reduce((sum, one) => sum + one.length, 0));
    let offset = 0;
    for (const one of pages) {
        bytes.set(one, offset);
        offset += one.length;
    }
    return { bytes, durationMs: Math.round((granule * 1000) / RATE) };
}
