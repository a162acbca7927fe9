/** The timeline of a room or thread: the server's events, and behind them what is on its way out. */
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { urgencyOf } from "../model/compose.ts";
import { paced, type Readable, Store } from "../model/store.ts";
import { settled, type MessageItem, type TimelineItem } from "../model/timeline.ts";
import { itemOf, messageContent, personOf } from "./convert.ts";
import { followRoom } from "./follow.ts";
import { roomLifetime, serverLifetimes } from "./lifetime.ts";
import { serverNow } from "./now.ts";
import type { Outgoing, OutgoingItem } from "./outgoing.ts";
import { pendingIn, relationOf, type Pending } from "./pending.ts";
import { readersOf } from "./readers.ts";
import { RelationIndex } from "./relations.ts";
import { type EventSource, RoomWindow, ThreadWindow } from "./window.ts";

export interface TimelineView {
    items: readonly TimelineItem[];
    /** Older messages are on the server. */
    older: boolean;
    /** The list ends before the room does: one jumped back. */
    newer: boolean;
    loading: boolean;
    /** The last event that was read when the room was opened. */
    readUpTo: string | null;
    typing: readonly string[];
    /** The room is known here and one is in it. */
    there: boolean;
    mayWrite: boolean;
    /** Messages are shown for so many milliseconds; null for ever. */
    lifetime: number | null;
    /** Where to scroll to; `turn` changes with each request. */
    goal: { eventId: string; turn: number } | null;
    /** Changes with each wish to see the end. */
    endTurn: number;
}

const EMPTY: TimelineView = { items: [], older: false, newer: false, loading: false, readUpTo: null, typing: [], there: false, mayWrite: false, lifetime: null, goal: null, endTurn: 0 };

const RETRY_MS = 5000;
/** Messages of an encrypted room open one by one: they are shown in steps. */
const PACE_MS = 40;
const EXPIRY_EVERY_MS = 30_000;
const EXPIRY_MIN_MS = 500;

export class Timeline extends Store<TimelineView> {
    readonly #kept = new Map<string, { event: MatrixEvent; item: TimelineItem | null; stale?: boolean }>();
    /** Items as they were shown last, by event. */
    readonly #shown = new Map<string, MessageItem>();
    readonly #relations = new RelationIndex();
    readonly #learnt = new WeakSet<MatrixEvent>();
    readonly #source: EventSource;
    #loading = false;
    #notBefore = 0;
    #expiry: ReturnType<typeof setTimeout> | undefined;
    #readUpTo: string | null;
    #goal: TimelineView["goal"] = null;
    #endTurn = 0;
    /** The view is at the newest message: what lies far above may go. */
    #atEnd = true;
    readonly #soon = paced(() => this.#renew(), PACE_MS);
    readonly #stop: () => void;

    constructor(
        private readonly client: MatrixClient,
        readonly roomId: string,
        private readonly outgoing: Outgoing,
        private readonly leaving: Readable<ReadonlySet<string>>,
        readonly threadId: string | null = null,
    ) {
        super(EMPTY);
        this.#source = threadId ? new ThreadWindow(client, roomId, threadId) : new RoomWindow(client, roomId);
        this.#readUpTo = this.#room()?.getEventReadUpTo(client.getSafeUserId()) ?? null;
        const unfollow = followRoom(client, roomId, {
            soon: () => this.#soon(),
            changed: (eventId) => this.#changed(eventId),
            came: (event) => this.#came(event),
            redacted: (eventId, by) => this.#redacted(eventId, by),
            names: () => this.#forgetAll(),
            reset: (before, back, forward) => {
                if (this.#source instanceof RoomWindow) this.#source.liveWasReset(before, back, forward, !this.#atEnd);
                this.#soon();
            },
        });
        const unwatch = [outgoing.subscribe(() => this.#soon()), leaving.subscribe(() => this.#soon()), serverLifetimes.subscribe(() => this.#soon())];
        this.#stop = () => [unfollow, ...unwatch].forEach((stop) => stop());
        if (this.#source instanceof ThreadWindow) void this.#source.open().then(() => this.#soon());
        else void this.#room()?.decryptAllEvents();
        this.#renew();
    }

    close(): void {
        clearTimeout(this.#expiry);
        this.#stop();
    }

    /** Called when the room is opened anew: the new line stands where reading ended. */
    opened(): void {
        const read = this.#room()?.getEventReadUpTo(this.client.getSafeUserId()) ?? null;
        if (read !== this.#readUpTo) {
            this.#readUpTo = read;
            this.#renew();
        }
        void this.#room()?.loadMembersIfNeeded().then((fetched) => fetched && this.#forgetAll());
    }

    /** Fetches older messages; more than one page when a page held nothing to show. */
    loadOlder(): Promise<void> {
        return this.#load(() => this.#source.loadOlder(), () => this.#source.hasOlder, "newer");
    }

    loadNewer(): Promise<void> {
        return this.#load(() => this.#source.loadNewer(), () => this.#source.hasNewer, "older");
    }

    /** Brings a message into view, from the server if it is not held. False if it cannot be found. */
    async jumpTo(eventId: string): Promise<boolean> {
        const here = this.getSnapshot().items.some((item) => item.eventId === eventId);
        if (!here && this.#source instanceof RoomWindow) {
            if (!(await this.#source.jumpTo(eventId).catch(() => false))) return false;
            this.#atEnd = false;
        }
        this.#goal = { eventId, turn: (this.#goal?.turn ?? 0) + 1 };
        this.#renew();
        return true;
    }

    /** Shows the newest messages. */
    toEnd(): void {
        this.#goal = null;
        this.#endTurn += 1;
        this.#atEnd = true;
        if (this.#source instanceof RoomWindow && this.#source.hasNewer) this.#source.toEnd();
        else this.#source.trim("older");
        this.#renew();
    }

    /** The view says where it is. */
    at(end: boolean): void {
        this.#atEnd = end;
    }

    find(eventId: string): MatrixEvent | undefined {
        return this.#source.find(eventId);
    }

    async #load(load: () => Promise<void>, more: () => boolean, trim: "older" | "newer"): Promise<void> {
        if (!this.#room() || this.#loading || !more() || Date.now() < this.#notBefore) return;
        this.#loading = true;
        try {
            const before = this.getSnapshot().items.length;
            for (let page = 0; page < 4 && more(); page++) {
                await load();
                this.#renew();
                if (this.getSnapshot().items.length > before) break;
            }
        } catch {
            // Asked again at a later scroll, and not in a circle.
            this.#notBefore = Date.now() + RETRY_MS;
        } finally {
            this.#loading = false;
            this.#renew();
        }
        // In a change of its own: the list knows how to keep its place for one end at a time.
        setTimeout(() => this.#source.trim(trim) && this.#renew(), 50);
    }

    /** Where messages disappear, they do so while one looks. */
    #renewIn(ms: number): void {
        clearTimeout(this.#expiry);
        this.#expiry = setTimeout(() => this.#renew(), Math.min(Math.max(ms + 1, EXPIRY_MIN_MS), EXPIRY_EVERY_MS));
    }

    #room(): Room | null {
        return this.client.getRoom(this.roomId);
    }

    #changed(eventId: string): void {
        this.#kept.delete(eventId);
        this.#soon();
    }

    #came(event: MatrixEvent): void {
        this.#learn(event);
        const relation = event.getRelation();
        if (relation?.rel_type === "m.thread") this.#kept.delete(String(relation.event_id));
        if (relation?.rel_type === "m.replace" && typeof relation.event_id === "string") this.#edited(relation.event_id, event);
        this.#soon();
    }

    /** The SDK joins edits to events of its own; those of our pages are joined here. */
    #edited(targetId: string, edit: MatrixEvent): void {
        const target = this.#source.find(targetId);
        this.#kept.delete(targetId);
        if (!target || target.replacingEvent() === edit || this.#room()?.findEventById(targetId) === target) return;
        if (target.getSender() !== edit.getSender() || target.isState() || target.isRedacted()) return;
        if ((target.replacingEvent()?.getTs() ?? 0) <= edit.getTs()) target.makeReplaced(edit);
    }

    #redacted(eventId: string, by: MatrixEvent): void {
        const reacted = this.#relations.remove(eventId);
        if (reacted) this.#kept.delete(reacted);
        const target = this.#source.find(eventId);
        const room = this.#room();
        if (target && room && !target.isRedacted()) target.makeRedacted(by, room);
        this.#changed(eventId);
    }

    #learn(event: MatrixEvent): void {
        if (this.#learnt.has(event)) return;
        this.#learnt.add(event);
        const target = this.#relations.add(event);
        if (target) this.#kept.delete(target);
    }

    /** Names and pictures may have changed: all lines are made anew. */
    #forgetAll(): void {
        for (const kept of this.#kept.values()) kept.stale = true;
        this.#soon();
    }

    #renew(): void {
        const room = this.#room();
        if (!room) return this.set(EMPTY);
        const me = this.client.getSafeUserId();
        const events = this.#source.events();
        const pending = pendingIn(this.outgoing.getSnapshot(), this.roomId);
        const unsent = new Map(this.outgoing.getSnapshot().map((one) => [one.txnId, one]));
        const items = this.#arrivedItems(room, events, pending, unsent, me);
        if (!this.#source.hasNewer) this.#addWaiting(items, room, unsent, me);
        this.#forgetFar(events.length);
        this.set({
            items,
            older: this.#source.hasOlder,
            newer: this.#source.hasNewer,
            loading: this.#loading,
            readUpTo: this.#readUpTo,
            typing: this.#typing(room, me),
            there: room.getMyMembership() === "join",
            mayWrite: room.maySendMessage(),
            lifetime: roomLifetime(room),
            goal: this.#goal,
            endTurn: this.#endTurn,
        });
    }

    #arrivedItems(room: Room, events: readonly MatrixEvent[], pending: Pending, unsent: Map<string, OutgoingItem>, me: string): TimelineItem[] {
        for (const event of events) this.#learn(event);
        const readers = readersOf(room, events, me);
        const items: TimelineItem[] = [];
        const life = roomLifetime(room);
        const from = life === null ? -Infinity : serverNow() - life;
        let next = Infinity;
        for (const event of events) {
            if (event.getTs() < from && !event.isState()) continue;
            if (!event.isState()) next = Math.min(next, event.getTs() - from);
            if (event.status !== null || !this.#belongs(event)) continue;
            // Until it is open it would flicker as locked; what is ours is still shown as waiting.
            if (event.isBeingDecrypted() && !event.isDecryptionFailure()) continue;
            const item = this.#item(room, event);
            if (!item) continue;
            const txnId = item.own ? event.getUnsigned()?.transaction_id : undefined;
            for (const one of item.own ? [...unsent.values()] : []) if (one.txnId === txnId || one.eventId === item.eventId) this.#isHere(one, item.eventId!, unsent);
            items.push(item.kind === "message" ? this.#overlaid(item, pending, readers.get(event) ?? 0, me) : item);
        }
        if (life !== null) this.#renewIn(next);
        return items;
    }

    /** It came while nobody watched, before the page was opened: nothing has to wait for it any more. */
    #isHere(one: OutgoingItem, eventId: string, unsent: Map<string, OutgoingItem>): void {
        unsent.delete(one.txnId);
        setTimeout(() => this.outgoing.arrived(one.roomId, eventId, one.txnId), 0);
    }

    #belongs(event: MatrixEvent): boolean {
        if (this.threadId) return true;
        const root = event.threadRootId;
        return !root || event.isThreadRoot || root === event.getId();
    }

    #item(room: Room, event: MatrixEvent): TimelineItem | null {
        const id = event.getId() ?? "";
        const kept = this.#kept.get(id);
        if (kept?.event === event && !kept.stale) return kept.item;
        const item = settled(itemOf(this.client, room, event), kept?.event === event ? kept.item : undefined);
        this.#kept.set(id, { event, item });
        return item;
    }

    /** With reactions, and as it will be when what waits has gone out. */
    #overlaid(item: MessageItem, pending: Pending, readBy: number, me: string): MessageItem {
        const id = item.eventId ?? "";
        if (item.content.type === "deleted") return item;
        if (pending.gone.has(id) || this.leaving.getSnapshot().has(id)) return { ...item, content: { type: "deleted", by: null }, reactions: [], thread: null };
        const reactions = this.#relations.of(id, me, pending.gone, pending.reactions.get(id) ?? [], this.client.getIgnoredUsers());
        const edit = pending.edits.get(id);
        const read = item.own && readBy > 0;
        if (reactions.length === 0 && !edit && !read && !this.threadId) return item;
        const changed: MessageItem = { ...item, reactions };
        if (this.threadId) changed.thread = null;
        if (read) Object.assign(changed, { state: "read", readBy });
        if (edit) Object.assign(changed, { content: messageContent((edit.content["m.new_content"] ?? {}) as Record<string, unknown>), edited: true, state: edit.state === "sent" ? "sent" : edit.state });
        const shown = settled(changed, this.#shown.get(id));
        this.#shown.set(id, shown);
        return shown;
    }

    #addWaiting(items: TimelineItem[], room: Room, unsent: Map<string, OutgoingItem>, me: string): void {
        for (const one of unsent.values()) {
            if (one.roomId !== this.roomId) continue;
            const { rel_type, event_id } = relationOf(one);
            if (rel_type === "m.replace" || rel_type === "m.annotation" || rel_type === "m.reference" || one.type === "m.room.redaction") continue;
            if (one.eventId && items.some((item) => item.eventId === one.eventId)) continue;
            const thread = rel_type === "m.thread" ? event_id : null;
            if (thread === this.threadId || (!this.threadId && !thread)) items.push(waitingItem(room, one, me));
        }
    }

    /** Lines of events that are no longer held. */
    #forgetFar(held: number): void {
        if (this.#kept.size < held + 500) return;
        const ids = new Set(this.#source.events().map((event) => event.getId()));
        for (const held of [this.#kept, this.#shown]) for (const id of held.keys()) if (!ids.has(id)) held.delete(id);
    }

    #typing(room: Room, me: string): string[] {
        const writing = room.getMembersWithMembership("join").filter((member) => member.typing && member.userId !== me && !this.client.isUserIgnored(member.userId));
        return writing.map((member) => personOf(room, member.userId).name);
    }
}

function waitingItem(room: Room, one: OutgoingItem, me: string): MessageItem {
    const relation = relationOf(one) as { rel_type?: string; event_id?: string; is_falling_back?: boolean; "m.in_reply_to"?: { event_id?: string } };
    const threaded = relation.rel_type === "m.thread";
    const content = /poll\.start$/.test(one.type) ? ({ type: "poll", raw: one.content } as const) : messageContent(one.content);
    return {
        kind: "message",
        key: one.txnId,
        eventId: one.eventId,
        txnId: one.txnId,
        sender: personOf(room, me),
        own: true,
        at: one.createdAt,
        content,
        edited: false,
        encrypted: room.hasEncryptionStateEvent(),
        replyTo: threaded && relation.is_falling_back ? null : (relation["m.in_reply_to"]?.event_id ?? null),
        threadRoot: threaded ? (relation.event_id ?? null) : null,
        thread: null,
        reactions: [],
        mentions: [],
        mentionsMe: false,
        priority: room.currentState.mayTriggerNotifOfType("room", me) ? urgencyOf(one.content) : null,
        state: one.state,
        readBy: 0,
        refusal: one.refusal,
        progress: one.attachments && one.attachments.length > 0 ? (one.progress ?? 0) : null,
    };
}
