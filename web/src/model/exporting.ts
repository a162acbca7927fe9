/** A room written out for people (HTML) or programs (JSON). Pure; what others wrote is text and nothing else. */
import { cleanName } from "./names.ts";

export interface Exported {
    id: string;
    at: number;
    sender: string;
    senderName: string;
    text: string;
    /** Name of the file that was sent. */
    file: string | null;
    edited: boolean;
    /** Something that is not a message: deleted, cannot be opened. */
    note: "deleted" | "locked" | null;
}

export interface ExportMeta {
    roomId: string;
    roomName: string;
    topic: string;
    exportedAt: number;
    exportedBy: string;
    language: string;
}

/** Words of the page, in the language of whoever exports. */
export interface ExportWords {
    exported: string;
    deleted: string;
    locked: string;
    edited: string;
    file: string;
}

export function escapeHtml(text: string): string {
    return text.replace(/[&<>"'`]/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** A file name that no system misreads. */
export function exportFileName(roomName: string, exportedAt: number, ending: "html" | "json"): string {
    const safe = cleanName(roomName, "room")
        .replace(/[^\p{L}\p{N} _-]+/gu, " ")
        .trim()
        .replace(/\s+/g, "-")
        .slice(0, 60);
    return `${safe || "room"}-${new Date(exportedAt).toISOString().slice(0, 10)}.${ending}`;
}

const STYLE =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111a1d}h1{font-size:1.5rem;margin:0}.d{color:#58666b;font-size:.85rem}h2{font-size:.85rem;border-bottom:1px solid #d5dcdd;color:#58666b;margin:2rem 0 .5rem}article{margin:.6rem 0}p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}bdi{font-weight:650}i{color:#58666b}";

/** The page in pieces, so that a long room need not be one string. `messages` are oldest first. */
export function exportHtml(meta: ExportMeta, messages: readonly Exported[], words: ExportWords): string[] {
    const date = new Intl.DateTimeFormat(meta.language, { dateStyle: "full" });
    const time = new Intl.DateTimeFormat(meta.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const name = escapeHtml(cleanName(meta.roomName, "—"));
    const pieces = [
        `<!doctype html><html lang="${escapeHtml(meta.language)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${name}</title><style>${STYLE}</style></head><body><h1><bdi>${name}</bdi></h1>`,
        `<p class="d">${escapeHtml(meta.topic)}</p><p class="d">${escapeHtml(words.exported)} ${escapeHtml(date.format(meta.exportedAt))}, ${escapeHtml(meta.exportedBy)}</p>`,
    ];
    let day = "";
    for (const one of messages) {
        const now = date.format(one.at);
        if (now !== day) pieces.push(`<h2>${escapeHtml(now)}</h2>`);
        day = now;
        pieces.push(article(one, time.format(one.at), words));
    }
    pieces.push("</body></html>\n");
    return pieces;
}

function article(one: Exported, time: string, words: ExportWords): string {
    const who = `<bdi>${escapeHtml(cleanName(one.senderName, one.sender))}</bdi> <span class="d">${escapeHtml(one.sender)}, ${escapeHtml(time)}</span>`;
    const note = one.note ? `<p><i>${escapeHtml(one.note === "deleted" ? words.deleted : words.locked)}</i></p>` : "";
    const text = one.text ? `<p dir="auto">${escapeHtml(one.text)}${one.edited ? ` <i>${escapeHtml(words.edited)}</i>` : ""}</p>` : "";
    const file = one.file ? `<p><i>${escapeHtml(words.file)}:</i> ${escapeHtml(one.file)}</p>` : "";
    return `<article id="${escapeHtml(one.id)}">${who}${note}${text}${file}</article>`;
}

export function exportJson(meta: ExportMeta, events: readonly unknown[]): string[] {
    const head = JSON.stringify({ room_id: meta.roomId, name: meta.roomName, topic: meta.topic, exported_at: new Date(meta.exportedAt).toISOString(), exported_by: meta.exportedBy });
    const pieces = [`${head.slice(0, -1)},"events":[\n`];
    events.forEach((event, index) => pieces.push(`${JSON.stringify(event)}${index < events.length - 1 ? "," : ""}\n`));
    pieces.push("]}\n");
    return pieces;
}
