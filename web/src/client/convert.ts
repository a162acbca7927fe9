/** Events of the SDK as items of a timeline. What comes from others is checked field by field. */
import { Direction, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import type { FileInfo, Happening, HappeningItem, LockedReason, MessageContent, MessageItem, Person, ThreadLine, TimelineItem } from "../model/timeline.ts";
import { beforeDevice } from "./deviceBegan.ts";
import { priorityOf } from "./priority.ts";
import { calm } from "../model/timeline.ts";
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

/** An item, or nothing for events that are not shown on a line of their own. What cannot be read is said to be unknown. */
export function itemOf(client: MatrixClient, room: Room, event: MatrixEvent): TimelineItem | null {
    try {
        return readItem(client, room, event);
    } catch {
        const [sender, eventId] = [event.event.sender, event.event.event_id];
        if (typeof sender !== "string" || typeof eventId !== "string" || event.event.state_key !== undefined) return null;
        return messageOf(client, room, event, sender, eventId, { type: "unknown", body: "" });
    }
}

function readItem(client: MatrixClient, room: Room, event: MatrixEvent): TimelineItem | null {
    const sender = event.getSender();
    const eventId = event.getId();
    if (!sender || !eventId) return null;
    const type = event.getType();
    if (event.isState()) return happeningOf(room, event, sender, eventId);
    const relation = event.getRelation()?.rel_type;
    if (relation === "m.replace" || relation === "m.annotation" || relation === "m.reference") return null;
    // A person one ignores is not heard; what happened in the room stays.
    if (client.isUserIgnored(sender)) return null;
    const content = contentOf(room, event, type);
    return content ? messageOf(client, room, event, sender, eventId, content) : null;
}

/** An edit counts only from who wrote the message. */
function editOf(event: MatrixEvent): MatrixEvent | null {
    const edit = event.isRedacted() ? null : event.replacingEvent();
    return edit && edit.getSender() === event.getSender() && !edit.isRedacted() && !edit.isDecryptionFailure() ? edit : null;
}

function currentContent(event: MatrixEvent): Record<string, unknown> {
    if (!event.replacingEvent()) return event.getContent();
    const changed = record(editOf(event)?.getContent()["m.new_content"]);
    return changed ?? event.getOriginalContent();
}

function messageOf(client: MatrixClient, room: Room, event: MatrixEvent, sender: string, eventId: string, content: MessageContent): MessageItem {
    const me = client.getSafeUserId();
    const txnId = sender === me ? (text(event.getUnsigned()?.transaction_id) ?? null) : null;
    const wire = record(record(event.getContent())?.["m.relates_to"]) ?? record(event.getWireContent()?.["m.relates_to"]);
    const threaded = wire?.rel_type === "m.thread" ? text(wire.event_id) : null;
    const answered = text(record(wire?.["m.in_reply_to"])?.event_id);
    const mentions = record(currentContent(event)["m.mentions"]);
    const named = Array.isArray(mentions?.user_ids) ? mentions.user_ids.filter((one): one is string => typeof one === "string").slice(0, 100) : [];
    return {
        kind: "message",
        key: txnId ?? eventId,
        eventId,
        txnId,
        sender: personOf(room, sender),
        own: sender === me,
        at: timeOf(event),
        content,
        edited: editOf(event) !== null,
        encrypted: event.isEncrypted(),
        replyTo: event.isRedacted() || (threaded !== null && wire?.is_falling_back === true) ? null : answered,
        threadRoot: threaded,
        thread: threadLine(room, event, eventId),
        reactions: [],
        mentions: named,
        mentionsMe: named.includes(me) || mentions?.room === true,
        priority: priorityOf(room, event),
        state: "sent",
        readBy: 0,
        refusal: null,
        progress: null,
    };
}

/** A time that can be shown; what others claim may be anything. */
function timeOf(event: MatrixEvent): number {
    const at = event.getTs();
    return typeof at === "number" && Number.isFinite(at) && Math.abs(at) < 8e15 ? at : 0;
}

function threadLine(room: Room, event: MatrixEvent, eventId: string): ThreadLine | null {
    if (event.isRedacted()) return null;
    const thread = room.getThread(eventId);
    // The SDK counts only when it has asked the server anew: what is here may be more.
    const replies = thread?.events.filter((one) => one.getId() !== eventId && !one.isRedacted() && one.getRelation()?.rel_type === "m.thread") ?? [];
    const whole = thread?.initialEventsFetched === true && thread.liveTimeline.getPaginationToken(Direction.Backward) === null;
    const known = whole ? replies.length : Math.max(thread?.length ?? 0, replies.length);
    if (thread && known > 0) {
        const last = replies.at(-1) ?? thread.replyToEvent;
        return { count: known, lastAt: last ? timeOf(last) : timeOf(event), people: threadPeople(room, replies) };
    }
    const bundled = record(record(event.getUnsigned()?.["m.relations"])?.["m.thread"]);
    const count = number(bundled?.count);
    if (!count) return null;
    const latest = record(bundled?.latest_event);
    const sender = text(latest?.sender);
    return { count, lastAt: number(latest?.origin_server_ts) ?? timeOf(event), people: sender ? [personOf(room, sender)] : [] };
}

function threadPeople(room: Room, events: readonly MatrixEvent[]): Person[] {
    const ids = new Set<string>();
    for (const event of events.slice(-30)) if (event.getSender()) ids.add(event.getSender()!);
    return [...ids].filter((id) => !room.client.isUserIgnored(id)).slice(-3).map((id) => personOf(room, id));
}

function contentOf(room: Room, event: MatrixEvent, type: string): MessageContent | null {
    if (event.isRedacted()) {
        const because = event.getUnsigned().redacted_because as { sender?: string } | undefined;
        const by = because?.sender && because.sender !== event.getSender() ? personOf(room, because.sender) : null;
        return type === "m.room.message" || event.isEncrypted() || type === "m.sticker" ? { type: "deleted", by } : null;
    }
    if (event.isDecryptionFailure() || type === "m.room.encrypted") return { type: "locked", reason: lockedReason(event) };
    const content = currentContent(event);
    if (type === "m.sticker") return { type: "sticker", file: fileOf(content) };
    if (/^(m|org\.matrix\.msc3381)\.poll\.start$/.test(type)) return { type: "poll", raw: content };
    if (type !== "m.room.message" || content.msgtype === "m.key.verification.request") return null;
    return messageContent(content);
}

const LOCKED: Record<string, LockedReason> = {
    HISTORICAL_MESSAGE_USER_NOT_JOINED: "before-joining",
    HISTORICAL_MESSAGE_NO_KEY_BACKUP: "before-device",
    // Its key came with a later message: this device was not known yet.
    OLM_UNKNOWN_MESSAGE_INDEX: "before-device",
    HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED: "before-device",
    HISTORICAL_MESSAGE_WORKING_BACKUP: "before-device",
    MEGOLM_KEY_WITHHELD: "withheld",
    MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE: "withheld-unverified",
    SENDER_IDENTITY_PREVIOUSLY_VERIFIED: "sender-changed",
    UNSIGNED_SENDER_DEVICE: "sender-unknown",
    UNKNOWN_SENDER_DEVICE: "sender-unknown",
};

function lockedReason(event: MatrixEvent): LockedReason {
    const known = LOCKED[String(event.decryptionFailureReason ?? "")];
    return known ?? (beforeDevice(event.getTs()) ? "before-device" : "waiting");
}

/** The content of an `m.room.message`. */
export function messageContent(content: Record<string, unknown>): MessageContent {
    const body = calm((text(content.body) ?? "").slice(0, BODY_MAX));
    const formatted = content.format === "org.matrix.custom.html" ? text(content.formatted_body) : null;
    const html = formatted !== null && formatted.length <= HTML_MAX ? calm(formatted) : null;
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
            return { type: content.msgtype.slice(2) as "image", file: fileOf(content), ...captionOf(content, html) };
        case "m.audio":
            return { type: content["org.matrix.msc3245.voice"] ? "voice" : "audio", file: fileOf(content), ...captionOf(content, html) };
        case "m.location":
            return placeIn(content, body);
        default:
            return body === "" ? { type: "unknown", body: "" } : { type: "text", body, html: null, style: "text" };
    }
}

/** The name of a place is what was given as such; what programs write around the coordinates is none. */
function placeIn(content: Record<string, unknown>, body: string): MessageContent {
    const place = record(content["m.location"]) ?? record(content["org.matrix.msc3488.location"]);
    const name = text(place?.description) ?? (place || body.includes("geo:") ? "" : body);
    return { type: "location", uri: (text(place?.uri) ?? text(content.geo_uri) ?? "").slice(0, 300), body: calm(name.slice(0, 500)) };
}

function captionOf(content: Record<string, unknown>, html: string | null): { caption: string | null; captionHtml: string | null } {
    const name = text(content.filename);
    const body = text(content.body);
    if (name === null || body === null || body === "" || name === body) return { caption: null, captionHtml: null };
    return { caption: calm(body.slice(0, BODY_MAX)), captionHtml: html };
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
    return { kind: "happening", key: eventId, eventId, sender: personOf(room, sender), own: sender === room.myUserId, at: timeOf(event), happening };
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
    if (now === "knock") return { what: "knocked" };
    if (now === "invite") return { what: "invited", target };
    if (now === "ban") return { what: "banned", target };
    if (now === "leave" && before === "ban") return { what: "unbanned", target };
    if (now === "leave" && targetId !== sender) return { what: "removed", target };
    if (now === "leave") return { what: before === "invite" ? "rejected" : "left" };
    return null;
}
