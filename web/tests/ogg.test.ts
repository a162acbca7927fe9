/** Opus out of WebM into Ogg. */
import { expect, test } from "vitest";
import { opusPackets, samplesIn, webmToOgg } from "../src/model/ogg.ts";

const element = (id: number[], body: number[]): number[] => [...id, 0x40 | (body.length >> 8), body.length & 0xff, ...body];
const block = (packet: number[]): number[] => element([0xa3], [0x81, 0, 0, 0x80, ...packet]);
const head = [...new TextEncoder().encode("OpusHead"), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0];
/** A recording that goes on: segment and cluster do not say how long they are. */
const webm = (packets: number[][]): Uint8Array =>
    Uint8Array.from([
        ...element([0x1a, 0x45, 0xdf, 0xa3], [1, 2, 3]),
        ...[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ...element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x63, 0xa2], head))),
        ...[0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ...packets.flatMap(block),
    ]);

test("packets are found in a recording of unknown length", () => {
    const found = opusPackets(webm([[0x78, 1, 2], [0x78, 3]]));
    expect(found.head).toEqual(Uint8Array.from(head));
    expect(found.packets.map((one) => [...one])).toEqual([[0x78, 1, 2], [0x78, 3]]);
});

test("a packet says how long it is", () => {
    expect(samplesIn(Uint8Array.from([0xfc]))).toBe(960);
    expect(samplesIn(Uint8Array.from([0xfb, 3]))).toBe(960 * 3);
    expect(samplesIn(Uint8Array.from([0x08]))).toBe(960);
});

test("pages are numbered, checked and end", () => {
    const packets = Array.from({ length: 100 }, (_none, index) => [0xfc, ...Array.from({ length: 300 }, () => index)]);
    const ogg = webmToOgg(webm(packets), 7)!;
    expect(ogg.durationMs).toBe(2000);
    const text = new TextDecoder("latin1").decode(ogg.bytes);
    expect(text.split("OggS").length - 1).toBe(2 + 3);
    expect(text).toContain("OpusTags");
    const last = ogg.bytes.subarray(text.lastIndexOf("OggS"));
    expect(last[5]).toBe(4);
    expect(new DataView(last.buffer, last.byteOffset).getUint32(6, true)).toBe(96_000);
});

test("what holds no sound gives nothing", () => {
    expect(webmToOgg(new Uint8Array(), 1)).toBeNull();
    expect(webmToOgg(Uint8Array.from([1, 2, 3, 255, 255, 255]), 1)).toBeNull();
});
