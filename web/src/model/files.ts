/** Files as they are shown and sent. Pure. */

/** Kinds that a browser shows without running anything in them. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|video\/(mp4|webm|ogg|quicktime)|audio\/(mpeg|mp4|ogg|webm|wav|x-wav|wave|aac|flac|x-m4a|opus))$/;

/** The kind under which the bytes are given to the browser: never one that may hold a page or a script. */
export function shownMime(claimed: string): string {
    const mime = claimed.split(";")[0]!.trim().toLowerCase();
    return SHOWN.test(mime) ? mime : "application/octet-stream";
}

export function isShownAs(kind: "image" | "video" | "audio", claimed: string): boolean {
    return shownMime(claimed).startsWith(`${kind}/`);
}

/** The name under which it is stored: no folders, no characters that turn or hide its ending. */
export function safeFileName(name: string, fallback = "file"): string {
    const last = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
    const clean = last
        // eslint-disable-next-line no-control-regex
        .replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>:"|?*]/gu, "")
        .replace(/^[.\s]+|[.\s]+$/g, "")
        .slice(-120);
    return clean === "" ? fallback : clean;
}

/** "fridge.pdf" is "PDF". */
export function kindOf(name: string, mime: string): string {
    const ending = /\.([a-z0-9]{1,5})$/i.exec(safeFileName(name))?.[1];
    return (ending ?? mime.split("/")[1]?.slice(0, 12) ?? "").toUpperCase();
}

export function sizeWords(bytes: number | null, language: string): string {
    if (bytes === null) return "";
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
    let value = bytes;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
    }
    const digits = value < 10 && unit > 0 ? 1 : 0;
    return new Intl.NumberFormat(language === "en" ? "en-GB" : `${language}-CH`, { style: "unit", unit: units[unit], unitDisplay: "short", maximumFractionDigits: digits }).format(value);
}

/** The box of a picture, so that nothing jumps when it comes. Claimed sizes are believed only as a shape. */
export function boxOf(width: number | undefined, height: number | undefined, most: { width: number; height: number }): { width: number; height: number } {
    if (!width || !height || width > 100_000 || height > 100_000) return { width: Math.min(320, most.width), height: Math.min(240, most.height) };
    const scale = Math.min(1, most.width / width, most.height / height);
    return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

/** 83 seconds are 1:23. */
export function durationWords(ms: number | undefined): string {
    const seconds = Math.max(0, Math.min(Math.round((ms ?? 0) / 1000), 360_000));
    const minutes = Math.floor(seconds / 60);
    const rest = String(seconds % 60).padStart(2, "0");
    return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** So many bars of a waveform, each between 0 and 1. */
export function barsOf(waveform: readonly number[] | undefined, count: number): number[] {
    if (!waveform || waveform.length === 0) return Array.from({ length: count }, () => 0.25);
    const most = Math.max(1, ...waveform);
    return Array.from({ length: count }, (_none, index) => {
        const from = Math.floor((index * waveform.length) / count);
        const to = Math.max(from + 1, Math.floor(((index + 1) * waveform.length) / count));
        return Math.max(0.06, Math.max(...waveform.slice(from, to)) / most);
    });
}

export interface Prepared {
    msgtype: "m.image" | "m.video" | "m.audio" | "m.file";
    info: Record<string, unknown>;
    /** Extra fields of the message. */
    extra?: Record<string, unknown>;
}

/** The content of a message with a file; its address comes when it is uploaded. */
export function fileContent(name: string, { msgtype, info, extra }: Prepared, caption: Record<string, unknown> | null): Record<string, unknown> {
    const words = caption ? { body: caption.body, format: caption.format, formatted_body: caption.formatted_body } : { body: name };
    const content = { msgtype, ...words, filename: name, info, ...extra, "m.mentions": caption?.["m.mentions"] ?? {} };
    return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}
