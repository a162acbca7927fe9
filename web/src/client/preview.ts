/** One line about an event, for the list. */
import type { MatrixEvent, Room } from "matrix-js-sdk";
import { roomLifetime } from "./lifetime.ts";
import { cleanName, localpart } from "../model/names.ts";
import type { Preview } from "../model/room.ts";
import { plainLine } from "../model/timeline.ts";
import { serverNow } from "./now.ts";

const TEXT_MAX = 160;

export function previewOf(event: MatrixEvent, me: string, room: Room): Preview | null {
    const userId = event.getSender();
    if (!userId || room.client.isUserIgnored(userId)) return null;
    const life = roomLifetime(room);
    if (life !== null && event.getTs() < serverNow() - life) return null;
    const own = userId === me;
    const sender = cleanName(room.getMember(userId)?.name, localpart(userId)).split(" ")[0] ?? "";
    const about = { sender, own };
    const relation = event.getRelation()?.rel_type;
    if (relation === "m.replace" || relation === "m.annotation") return null;
    if (event.isRedacted()) return event.getType().startsWith("m.room.m") || event.isEncrypted() ? { kind: "deleted", ...about } : null;
    if (event.getType() === "m.room.encrypted") return { kind: "locked", ...about };
    if (event.isDecryptionFailure()) return { kind: "locked", ...about };
    if (event.getType() === "m.sticker") return { kind: "sticker", ...about };
    if (/^(m|org\.matrix\.msc3381)\.poll\.start$/.test(event.getType())) return { kind: "poll", ...about };
    if (event.getType() !== "m.room.message") return null;
    const content = event.getContent();
    if (content.msgtype === "m.key.verification.request") return null;
    switch (content.msgtype) {
        case "m.image":
            return { kind: "image", ...about };
        case "m.video":
            return { kind: "video", ...about };
        case "m.audio":
            return { kind: content["org.matrix.msc3245.voice"] ? "voice" : "audio", ...about };
        case "m.file":
            return { kind: "file", ...about };
        case "m.location":
            return { kind: "location", ...about };
        default: {
            const body = typeof content.body === "string" ? content.body : "";
            return { kind: "text", ...about, text: cleanName(plainLine(withoutReply(body), content.formatted_body).slice(0, TEXT_MAX), "…") };
        }
    }
}

/** Older clients quote the message they answer in the text. */
export function withoutReply(body: string): string {
    if (!body.startsWith("> ")) return body;
    const end = body.indexOf("\n\n");
    return end === -1 ? body : body.slice(end + 2);
}
