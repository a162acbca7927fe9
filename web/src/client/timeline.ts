/** The timeline of one room: the server's events, and behind them what is on its way out. */
import {
    Direction,
    MatrixEventEvent,
    Method,
    RelationType,
    RoomEvent,
    RoomMemberEvent,
    RoomStateEvent,
    ThreadEvent,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from "matrix-js-sdk";
import { coalesce, Store } from "../model/store.ts";
import type { MessageItem, TimelineItem } from "../model/timeline.ts";
import { itemOf, messageContent, personOf } from "./convert.ts";
import type { Outgoing, OutgoingItem } from "./outgoing.ts";

export interface TimelineView {
    items: readonly TimelineItem[];
    /** Older messages are on the server. */
    older: boolean;
    loading: boolean;
    /** The last event that was read when the room was opened. */
    readUpTo: string | null;
    typing: readonly string[];
    /** The room is known here and one is in it. */
    there: boolean;
    mayWrite: boolean;
}

const EMPTY: TimelineView = { items: [], older: false, loading: false, readUpTo: null, typing: [], there: false, mayWrite: false };
const PAGE = 40;
const RETRY_MS = 5000;
const READERS_LOOKED_BACK = 400;

export class Timeline extends Store<TimelineView> {
    readonly #items = new WeakMap<MatrixEvent, TimelineItem | null>();
    #loading = false;
    #notBefore = 0;
    /** The first event here, before which the server has nothing more. */
    #noneBefore: string | null = null;
    #readUpTo: string | null;
    readonly #soon = coalesce(() => this.#renew(), 0);
    readonly #stop: () => void;

    constructor(
        private readonly client: MatrixClient,
        readonly roomId: string,
        private readonly outgoing: Outgoing,
    ) {
        super(EMPTY);
        this.#readUpTo = this.#room()?.getEventReadUpTo(client.getSafeUserId()) ?? null;
        this.#stop = this.#follow();
        void this.#room()?.decryptAllEvents();
        this.#renew();
    }

    close(): void {
        this.#stop();
    }

    /** Called when the room is opened anew: the new line stands where reading ended. */
    opened(): void {
        const read = this.#room()?.getEventReadUpTo(this.client.getSafeUserId()) ?? null;
        if (read !== this.#readUpTo) {
            this.#readUpTo = read;
            this.#renew();
        }
        void this.#room()?.loadMembersIfNeeded().then(() => this.#forgetAll());
    }

    /** Fetches older messages; more than one page when a page held nothing to show. */
    async loadOlder(): Promise<void> {
        const room = this.#room();
        if (!room || this.#loading || Date.now() < this.#notBefore) return;
        this.#loading = true;
        this.#renew();
        try {
            const before = this.getSnapshot().items.length;
            await this.#findToken(room);
            for (let page = 0; page < 4; page++) {
                if (!room.getLiveTimeline().getPaginationToken(Direction.Backward)) break;
                await this.client.scrollback(room, PAGE);
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
    }

    /** Whether older messages can be asked for: a token, or a first event that is not the beginning. */
    #older(room: Room): boolean {
        if (room.getLiveTimeline().getPaginationToken(Direction.Backward) !== null) return true;
        const first = room.getLiveTimeline().getEvents().find((event) => event.getId() && !event.status);
        return first !== undefined && first.getType() !== "m.room.create" && first.getId() !== this.#noneBefore;
    }

    /** What was kept on this device may begin without a token: the server tells the one of the first event. */
    async #findToken(room: Room): Promise<void> {
        const live = room.getLiveTimeline();
        const first = live.getEvents().find((event) => event.getId() && !event.status);
        if (live.getPaginationToken(Direction.Backward) !== null || !first || !this.#older(room)) return;
        const path = `/rooms/${encodeURIComponent(room.roomId)}/context/${encodeURIComponent(first.getId()!)}`;
        const { start } = await this.client.http.authedRequest<{ start?: string }>(Method.Get, path, { limit: "0" });
        this.#noneBefore = first.getId()!;
        live.setPaginationToken(start ?? null, Direction.Backward);
    }

    #room(): Room | null {
        return this.client.getRoom(this.roomId);
    }

    #follow(): () => void {
        const client = this.client;
        const here = (room: Room | undefined): void => void (room?.roomId === this.roomId && this.#soon());
        const changed = (event: MatrixEvent): void => {
            if (event.getRoomId() !== this.roomId) return;
            this.#items.delete(event);
            this.#soon();
        };
        const timeline = (event: MatrixEvent, room: Room | undefined): void => {
            if (room?.roomId !== this.roomId) return;
            this.#related(event);
            this.#soon();
        };
        const redaction = (event: MatrixEvent): void => {
            const id = event.getRoomId() === this.roomId ? (event.event.redacts ?? (event.getContent().redacts as string)) : null;
            const target = id ? this.#room()?.findEventById(id) : null;
            if (!target) return;
            this.#related(target);
            changed(target);
        };
        const reset = (room: Room | undefined): void => here(room);
        const receipt = (_event: MatrixEvent, room: Room): void => here(room);
        const state = (event: MatrixEvent): void => {
            if (event.getRoomId() === this.roomId && event.getType() === "m.room.member") this.#forgetAll();
            else if (event.getRoomId() === this.roomId) this.#soon();
        };
        const typing = (_event: MatrixEvent, member: { roomId: string }): void => void (member.roomId === this.roomId && this.#soon());
        const decrypted = (event: MatrixEvent): void => {
            if (event.getRoomId() !== this.roomId) return;
            this.#related(event);
            changed(event);
        };
        const thread = (one: { roomId: string; rootEvent?: MatrixEvent }): void => {
            if (one.roomId !== this.roomId) return;
            if (one.rootEvent) this.#items.delete(one.rootEvent);
            this.#soon();
        };
        client.on(RoomEvent.Timeline, timeline);
        client.on(RoomEvent.Redaction, redaction);
        client.on(RoomEvent.TimelineReset, reset);
        client.on(RoomEvent.Receipt, receipt);
        client.on(RoomEvent.MyMembership, here);
        client.on(RoomStateEvent.Events, state);
        client.on(RoomMemberEvent.Typing, typing);
        client.on(MatrixEventEvent.Decrypted, decrypted);
        client.on(MatrixEventEvent.Replaced, changed);
        client.on(ThreadEvent.Update as never, thread as never);
        client.on(ThreadEvent.New as never, thread as never);
        const unfollow = this.outgoing.subscribe(() => this.#soon());
        return () => {
            unfollow();
            client.off(RoomEvent.Timeline, timeline);
            client.off(RoomEvent.Redaction, redaction);
            client.off(RoomEvent.TimelineReset, reset);
            client.off(RoomEvent.Receipt, receipt);
            client.off(RoomEvent.MyMembership, here);
            client.off(RoomStateEvent.Events, state);
            client.off(RoomMemberEvent.Typing, typing);
            client.off(MatrixEventEvent.Decrypted, decrypted);
            client.off(MatrixEventEvent.Replaced, changed);
            client.off(ThreadEvent.Update as never, thread as never);
            client.off(ThreadEvent.New as never, thread as never);
        };
    }

    /** What stands on another event's line (reactions, edits, replies in threads) renews that line. */
    #related(event: MatrixEvent): void {
        const relation = event.getRelation();
        const id = relation?.event_id;
        if (!id || relation.rel_type === RelationType.Reference) return;
        const target = this.#room()?.findEventById(id);
        if (target) this.#items.delete(target);
    }

    /** Names and pictures may have changed: all lines are made anew. */
    #forgetAll(): void {
        for (const event of this.#room()?.getLiveTimeline().getEvents() ?? []) this.#items.delete(event);
        this.#soon();
    }

    #renew(): void {
        const room = this.#room();
        if (!room) return this.set(EMPTY);
        const me = this.client.getSafeUserId();
        const events = room.getLiveTimeline().getEvents();
        const readers = this.#readers(room, events, me);
        const items: TimelineItem[] = [];
        const arrived = new Map<string, string>();
        for (const event of events) {
            if (event.status !== null) continue;
            if (event.threadRootId && !event.isThreadRoot) continue;
            const item = this.#item(room, event);
            if (!item) continue;
            if (item.eventId && item.own) {
                arrived.set(item.eventId, item.eventId);
                // It may be here before the answer to its sending is: one message is shown once.
                const txnId = event.getUnsigned().transaction_id;
                if (txnId) arrived.set(txnId, item.eventId);
            }
            items.push(item.kind === "message" && item.own ? withReaders(item, readers.get(event) ?? 0) : item);
        }
        for (const one of this.outgoing.getSnapshot()) {
            if (one.roomId !== this.roomId) continue;
            const eventId = arrived.get(one.txnId) ?? (one.eventId ? arrived.get(one.eventId) : undefined);
            if (eventId) setTimeout(() => this.outgoing.arrived(one.roomId, eventId, one.txnId), 0);
            else if (one.type === "m.room.message" && !relatesElsewhere(one)) items.push(this.#waiting(room, one, me));
        }
        this.set({
            items,
            older: this.#older(room),
            loading: this.#loading,
            readUpTo: this.#readUpTo,
            typing: this.#typing(room, me),
            there: room.getMyMembership() === "join",
            mayWrite: room.maySendMessage(),
        });
    }

    #item(room: Room, event: MatrixEvent): TimelineItem | null {
        const kept = this.#items.get(event);
        if (kept !== undefined) return kept;
        const item = itemOf(this.client, room, event);
        this.#items.set(event, item);
        return item;
    }

    /** For each of the newest events: how many others have read it. */
    #readers(room: Room, events: readonly MatrixEvent[], me: string): Map<MatrixEvent, number> {
        const found = new Map<MatrixEvent, number>();
        const readers = new Set<string>();
        for (let index = events.length - 1; index >= 0 && index > events.length - READERS_LOOKED_BACK; index--) {
            const event = events[index]!;
            for (const { userId } of room.getReceiptsForEvent(event)) if (userId !== me) readers.add(userId);
            const author = event.getSender();
            found.set(event, readers.size);
            // Who writes has read what stood before.
            if (author && author !== me && !event.isState()) readers.add(author);
        }
        return found;
    }

    #typing(room: Room, me: string): string[] {
        return room
            .getMembersWithMembership("join")
            .filter((member) => member.typing && member.userId !== me)
            .map((member) => personOf(room, member.userId).name);
    }

    #waiting(room: Room, one: OutgoingItem, me: string): MessageItem {
        const reply = (one.content["m.relates_to"] as { "m.in_reply_to"?: { event_id?: string } } | undefined)?.["m.in_reply_to"]?.event_id;
        return {
            kind: "message",
            key: one.txnId,
            eventId: one.eventId,
            txnId: one.txnId,
            sender: personOf(room, me),
            own: true,
            at: one.createdAt,
            content: messageContent(one.content),
            edited: false,
            encrypted: room.hasEncryptionStateEvent(),
            replyTo: reply ?? null,
            thread: null,
            reactions: [],
            mentionsMe: false,
            priority: false,
            state: one.state,
            readBy: 0,
            refusal: one.refusal,
        };
    }
}

function withReaders(item: MessageItem, count: number): MessageItem {
    return count === 0 ? item : { ...item, state: "read", readBy: count };
}

function relatesElsewhere(one: OutgoingItem): boolean {
    const relation = one.content["m.relates_to"] as { rel_type?: string } | undefined;
    return relation?.rel_type === "m.replace" || relation?.rel_type === "m.thread";
}
