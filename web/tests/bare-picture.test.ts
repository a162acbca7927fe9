/** Pictures lose what they tell besides the picture, and nothing else. */
import { expect, test } from "vitest";
import { bare } from "../src/model/barePicture.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const text = (words: string): number[] => [...words].map((one) => one.charCodeAt(0));
const bytes = (...parts: (number[] | Bytes)[]): Bytes => Uint8Array.from(parts.flatMap((one) => [...one]));
const two = (value: number): number[] => [value >> 8, value & 255];
const has = (all: Bytes | null, words: string): boolean => Buffer.from(all ?? []).includes(Buffer.from(words, "latin1"));

/** An Exif block of either byte order: the way up, and the place as readable text. */
function tiff(way: number, little = false): number[] {
    const u16 = (value: number): number[] => (little ? [value & 255, value >> 8] : two(value));
    const u32 = (value: number): number[] => (little ? [...u16(value & 0xffff), ...u16(value >>> 16)] : [...u16(value >>> 16), ...u16(value & 0xffff)]);
    return [...text(little ? "II" : "MM"), ...u16(42), ...u32(8), ...u16(2), ...u16(0x8825), ...u16(4), ...u32(1), ...u32(38), ...u16(0x0112), ...u16(3), ...u32(1), ...u16(way), ...u16(0), ...u32(0), ...text("GPS 47N 7E")];
}

const segment = (marker: number, body: number[]): number[] => [0xff, marker, ...two(body.length + 2), ...body];
const SCAN = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56];
const TABLE = segment(0xdb, [0, 1, 2, 3]);
const JFIF = segment(0xe0, [...text("JFIF\0"), 1, 2, 0, 0, 1, 0, 1, 0, 0]);

function jpeg(...segments: number[][]): Bytes {
    return bytes([0xff, 0xd8], ...segments, TABLE, SCAN, segment(0xc4, [9]), SCAN, [0xff, 0xd9]);
}

test("a photo loses place, camera, comments, and the pictures behind its end", () => {
    const icc = segment(0xe2, [...text("ICC_PROFILE\0"), 1, 1, 7]);
    const adobe = segment(0xee, text("Adobe\0d"));
    const photo = bytes(
        jpeg(JFIF, segment(0xe1, [...text("Exif\0\0"), ...tiff(1)]), segment(0xe1, text("http://ns.adobe.com/xap/1.0/\0 GPS")), segment(0xed, text("Photoshop GPS")), icc, segment(0xe2, text("MPF\0 GPS")), adobe, segment(0xfe, text("GPS"))),
        text("second picture with GPS"),
    );
    expect(has(photo, "GPS")).toBe(true);
    expect(bare(photo, "image/jpeg")).toEqual(jpeg(JFIF, icc, adobe));
});

test("a photo that was taken sideways stays the right way up", () => {
    for (const little of [false, true]) {
        const turned = bare(jpeg(JFIF, segment(0xe1, [...text("Exif\0\0"), ...tiff(6, little)])), "image/jpeg")!;
        expect(has(turned, "GPS")).toBe(false);
        // Behind JFIF, one entry: the orientation, 6.
        expect([...turned.subarray(2 + JFIF.length, 2 + JFIF.length + 36)]).toEqual([0xff, 0xe1, 0, 34, ...text("Exif\0\0MM"), 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
        // Done again it stays the same.
        expect(bare(turned, "image/jpeg")).toEqual(turned);
    }
});

test("a JPEG that is not whole or lies about its lengths is refused", () => {
    const good = jpeg(JFIF);
    for (let length = 0; length < good.length; length++) expect(bare(good.slice(0, length), "image/jpeg")).toBeNull();
    expect(bare(bytes([0xff, 0xd8], [0xff, 0xe1, 0, 1], SCAN, [0xff, 0xd9]), "image/jpeg")).toBeNull();
    expect(bare(bytes([0xff, 0xd8], [0xff, 0xe1, 0xff, 0xff]), "image/jpeg")).toBeNull();
    expect(bare(bytes(text("GIF89a")), "image/jpeg")).toBeNull();
    expect(bare(jpeg(...Array.from({ length: 20_001 }, () => [0xff, 0xdb, 0, 2])), "image/jpeg")).toBeNull();
});

test("an Exif block full of nonsense costs nothing and turns nothing", () => {
    for (const junk of [[], [1], text("II"), [...text("MM"), 0, 42, 255, 255, 255, 255], [...text("MM"), 0, 42, 0, 0, 0, 8, 255, 255, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 99, 0, 0], text("no TIFF at all, but long enough")]) {
        expect(bare(jpeg(JFIF, segment(0xe1, [...text("Exif\0\0"), ...junk])), "image/jpeg")).toEqual(jpeg(JFIF));
    }
});

const four = (value: number): number[] => [...two(value >>> 16), ...two(value & 0xffff)];
const chunk = (name: string, body: number[]): number[] => [...four(body.length), ...text(name), ...body, 1, 2, 3, 4];
const PNG = [0x89, ...text("PNG\r\n\x1a\n")];
const IHDR = chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);

test("a PNG loses texts, time and place; movement and colours stay", () => {
    const kept = [chunk("iCCP", [1]), chunk("acTL", [2]), chunk("IDAT", [3]), chunk("fdAT", [4]), chunk("IEND", [])];
    const full = bytes(PNG, IHDR, chunk("eXIf", tiff(1)), kept[0]!, chunk("tEXt", text("GPS")), chunk("iTXt", text("XML:com.adobe.xmp GPS")), kept[1]!, chunk("zTXt", text("GPS")), chunk("tIME", [7]), kept[2]!, kept[3]!, kept[4]!, text("GPS behind the end"));
    expect(bare(full, "image/png")).toEqual(bytes(PNG, IHDR, ...kept));
    const turned = bare(bytes(PNG, IHDR, chunk("eXIf", tiff(8)), kept[2]!, kept[4]!), "image/png")!;
    expect(has(turned, "GPS")).toBe(false);
    expect(has(turned, "eXIfMM")).toBe(true);
    // The check sum of the chunk, which others computed for these bytes.
    expect(new DataView(turned.buffer).getUint32(8 + IHDR.length + 8 + 26)).toBe(0x86583034);
    for (let length = 0; length < turned.length; length++) expect(bare(turned.slice(0, length), "image/png")).toBeNull();
    expect(bare(bytes(PNG, chunk("IDAT", [1])), "image/png")).toBeNull();
    expect(bare(bytes(PNG, IHDR, [255, 255, 255, 255], text("IDAT"), [0, 0, 0, 0]), "image/png")).toBeNull();
});

const le = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
const riff = (name: string, body: number[]): number[] => [...text(name), ...le(body.length), ...body, ...(body.length % 2 ? [0] : [])];
const webp = (...chunks: number[][]): Bytes => bytes(text("RIFF"), le(4 + chunks.flat().length), text("WEBP"), ...chunks);
const vp8x = (flags: number): number[] => riff("VP8X", [flags, 0, 0, 0, 9, 0, 0, 9, 0, 0]);

test("a WebP loses Exif and XMP, and no longer says that it has them", () => {
    const picture = riff("VP8 ", [1, 2, 3]);
    const icc = riff("ICCP", [5, 5]);
    const full = webp(vp8x(0x2c), icc, picture, riff("EXIF", tiff(1, true)), riff("XMP ", text("GPS")));
    expect(bare(full, "image/webp")).toEqual(webp(vp8x(0x20), icc, picture));
    const turned = bare(webp(vp8x(0x0c), picture, riff("EXIF", [...text("Exif\0\0"), ...tiff(3, true)])), "image/webp")!;
    expect(has(turned, "GPS")).toBe(false);
    expect(has(turned, "EXIF\x1a\0\0\0MM")).toBe(true);
    expect(bare(webp(picture), "image/webp")).toEqual(webp(picture));
    expect(bare(bytes(webp(picture), text("GPS")), "image/webp")).toEqual(webp(picture));
    for (let length = 0; length < full.length; length++) expect(bare(full.slice(0, length), "image/webp")).toBeNull();
});

test("other kinds are not touched here", () => {
    expect(bare(jpeg(JFIF), "image/gif")).toBeNull();
});
