/** Events of the SDK as items of a timeline. What comes from others is checked field by field. */
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import type { FileInfo, Happening, HappeningItem, LockedReason, MessageContent, MessageItem, Person, Reaction, TimelineItem } from "../model/timeline.ts";
import { withoutReply } from "./preview.ts";

const BODY_MAX = 40_000;
const HTML_MAX = 200_000;

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const number = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined);
const record = (value: unknown): Record<string, unknown> | null =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

export function personOf(room: Room, userId: string): Person {
    const member = room.getMember(userId);
    return { id: userId, name: cleanName(member?.name, localpart(userId)), avatar: member?.getMxcAvatarUrl() ?? null };
}

/** An item, or nothing for events that are not shown on a line of their own. */
export function itemOf(client: MatrixClient, room: Room, event: MatrixEvent): TimelineItem | null {
    const sender = event.getSender();
    const eventId = event.getId();
    if (!sender || !eventId) return null;
    const type = event.getType();
    if (event.isState()) return happeningOf(room, event, sender, eventId);
    const relation = event.getRelation()?.rel_type;
    if (relation === "m.replace" || relation === "m.annotation" || relation === "m.reference") return null;
    const content = contentOf(room, event, type);
    return content ? messageOf(client, room, event, sender, eventId, content) : null;
}

function messageOf(client: MatrixClient, room: Room, event: MatrixEvent, sender: string, eventId: string, content: MessageContent): MessageItem {
    const me = client.getSafeUserId();
    const txnId = sender === me ? (text(event.getUnsigned().transaction_id) ?? null) : null;
    const thread = event.isThreadRoot ? event.getThread() : undefined;
    const mentions = record(event.getContent()["m.mentions"]);
    const named = Array.isArray(mentions?.user_ids) && mentions.user_ids.includes(me);
    return {
        kind: "message",
        key: txnId ?? eventId,
        eventId,
        txnId,
        sender: personOf(room, sender),
        own: sender === me,
        at: event.getTs(),
        content,
        edited: event.replacingEventId() !== undefined && event.replacingEventId() !== null && !event.isRedacted(),
        encrypted: event.isEncrypted(),
        replyTo: event.isRedacted() ? null : (event.replyEventId ?? null),
        thread:
            thread && thread.length > 0
                ? { count: thread.length, lastAt: thread.replyToEvent?.getTs() ?? event.getTs(), people: threadPeople(room, thread.events) }
                : null,
        reactions: reactionsOf(room, eventId, me),
        mentionsMe: named || mentions?.room === true,
        priority: false,
        state: "sent",
        readBy: 0,
        refusal: null,
    };
}

function threadPeople(room: Room, events: readonly MatrixEvent[]): Person[] {
    const ids = new Set<string>();
    for (const event of events.slice(-30)) if (event.getSender()) ids.add(event.getSender()!);
    return [...ids].slice(-3).map((id) => personOf(room, id));
}

function reactionsOf(room: Room, eventId: string, me: string): Reaction[] {
    const relations = room.relations.getChildEventsForEvent(eventId, "m.annotation", "m.reaction");
    const sorted = relations?.getSortedAnnotationsByKey() ?? [];
    return sorted.slice(0, 50).flatMap(([key, events]) => {
        const alive = [...events].filter((one) => !one.isRedacted());
        if (alive.length === 0) return [];
        const people = [...new Set(alive.map((one) => one.getSender() ?? ""))];
        const mine = alive.find((one) => one.getSender() === me)?.getId() ?? null;
        return [{ key: cleanName(key, "·").slice(0, 30), count: people.length, mine, people }];
    });
}

function contentOf(room: Room, event: MatrixEvent, type: string): MessageContent | null {
    if (event.isRedacted()) {
        const because = event.getUnsigned().redacted_because as { sender?: string } | undefined;
        const by = because?.sender && because.sender !== event.getSender() ? personOf(room, because.sender) : null;
        return type === "m.room.message" || event.isEncrypted() || type === "m.sticker" ? { type: "deleted", by } : null;
    }
    if (event.isDecryptionFailure() || type === "m.room.encrypted") return { type: "locked", reason: lockedReason(event) };
    const content = event.getContent();
    if (type === "m.sticker") return { type: "sticker", file: fileOf(content) };
    if (/^(m|org\.matrix\.msc3381)\.poll\.start$/.test(type)) return { type: "poll", raw: content };
    if (type !== "m.room.message" || content.msgtype === "m.key.verification.request") return null;
    return messageContent(content);
}

const LOCKED: Record<string, LockedReason> = {
    HISTORICAL_MESSAGE_USER_NOT_JOINED: "before-joining",
    HISTORICAL_MESSAGE_NO_KEY_BACKUP: "before-device",
    HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED: "before-device",
    HISTORICAL_MESSAGE_WORKING_BACKUP: "before-device",
    MEGOLM_KEY_WITHHELD: "withheld",
    MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE: "withheld-unverified",
    SENDER_IDENTITY_PREVIOUSLY_VERIFIED: "sender-changed",
    UNSIGNED_SENDER_DEVICE: "sender-unknown",
    UNKNOWN_SENDER_DEVICE: "sender-unknown",
};

function lockedReason(event: MatrixEvent): LockedReason {
    return LOCKED[String(event.decryptionFailureReason ?? "")] ?? "waiting";
}

/** The content of an `m.room.message`. */
export function messageContent(content: Record<string, unknown>): MessageContent {
    const body = (text(content.body) ?? "").slice(0, BODY_MAX);
    const formatted = content.format === "org.matrix.custom.html" ? text(content.formatted_body) : null;
    const html = formatted !== null && formatted.length <= HTML_MAX ? formatted : null;
    switch (content.msgtype) {
        case "m.text":
            return { type: "text", body: withoutReply(body), html, style: "text" };
        case "m.emote":
            return { type: "text", body, html, style: "emote" };
        case "m.notice":
        case "m.server_notice":
            return { type: "text", body, html, style: "notice" };
        case "m.image":
        case "m.video":
        case "m.file":
            return { type: content.msgtype.slice(2) as "image", file: fileOf(content), caption: captionOf(content) };
        case "m.audio":
            return { type: content["org.matrix.msc3245.voice"] ? "voice" : "audio", file: fileOf(content), caption: captionOf(content) };
        case "m.location":
            return { type: "location", uri: text(content.geo_uri) ?? "", body };
        default:
            return body === "" ? { type: "unknown", body: "" } : { type: "text", body, html: null, style: "text" };
    }
}

function captionOf(content: Record<string, unknown>): string | null {
    const name = text(content.filename);
    const body = text(content.body);
    return name !== null && body !== null && name !== body ? body.slice(0, BODY_MAX) : null;
}

function fileOf(content: Record<string, unknown>): FileInfo {
    const info = record(content.info) ?? {};
    const encrypted = record(content.file);
    const sound = record(content["org.matrix.msc1767.audio"]);
    const thumb = record(info.thumbnail_file);
    const wave = sound?.waveform;
    return {
        name: cleanName(text(content.filename) ?? text(content.body), "file").slice(0, 200),
        mime: (text(info.mimetype) ?? "").slice(0, 100),
        sizeBytes: number(info.size) ?? null,
        url: text(encrypted?.url) ?? text(content.url),
        encrypted,
        width: number(info.w),
        height: number(info.h),
        durationMs: number(info.duration) ?? number(sound?.duration),
        waveform: Array.isArray(wave) ? wave.slice(0, 200).map((one) => number(one) ?? 0) : undefined,
        thumbnail: thumb || info.thumbnail_url ? { url: text(thumb?.url) ?? text(info.thumbnail_url), encrypted: thumb } : undefined,
        blurhash: text(info["xyz.amorgan.blurhash"])?.slice(0, 120),
    };
}

function happeningOf(room: Room, event: MatrixEvent, sender: string, eventId: string): HappeningItem | null {
    const happening = happeningIn(room, event, sender);
    if (!happening) return null;
    return { kind: "happening", key: eventId, eventId, sender: personOf(room, sender), own: sender === room.myUserId, at: event.getTs(), happening };
}

function happeningIn(room: Room, event: MatrixEvent, sender: string): Happening | null {
    switch (event.getType()) {
        case "m.room.create":
            return { what: "created" };
        case "m.room.encryption":
            return { what: "encrypted" };
        case "m.room.name":
            return { what: "renamed", name: cleanName(text(event.getContent().name), "—") };
        case "m.room.topic":
            return { what: "topic" };
        case "m.room.avatar":
            return { what: "avatar" };
        case "m.room.tombstone":
            return { what: "upgraded" };
        case "m.room.pinned_events":
            return { what: "pinned" };
        case "m.room.power_levels":
            return event.getPrevContent().users ? { what: "powers" } : null;
        case "m.room.member":
            return membershipIn(room, event, sender);
        default:
            return null;
    }
}

function membershipIn(room: Room, event: MatrixEvent, sender: string): Happening | null {
    const before = event.getPrevContent().membership as string | undefined;
    const now = event.getContent().membership as string | undefined;
    const targetId = event.getStateKey() ?? sender;
    const target = personOf(room, targetId);
    if (now === "join" && before === "join") {
        const old = cleanName(text(event.getPrevContent().displayname), localpart(targetId));
        const name = cleanName(text(event.getContent().displayname), localpart(targetId));
        return old === name ? null : { what: "called-themselves", before: old, after: name };
    }
    if (now === "join") return { what: "joined" };
    if (now === "invite") return { what: "invited", target };
    if (now === "ban") return { what: "banned", target };
    if (now === "leave" && before === "ban") return { what: "unbanned", target };
    if (now === "leave" && targetId !== sender) return { what: "removed", target };
    if (now === "leave") return { what: before === "invite" ? "rejected" : "left" };
    return null;
}
