/** What one does with messages: react, edit, delete, pin, forward. All that is sent goes through the outbox. */
import { ClientEvent, ReceiptType, RelationType, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import { editOf, forwardOf, messageOf, plainly, reactionOf, type Content, type Mention, type ReplyTo, type ThreadPlace, type Urgency, type Write } from "../model/compose.ts";
import type { MessageItem, Person, Reaction } from "../model/timeline.ts";
import { loaded } from "../model/loaded.ts";
import { Cell } from "../model/store.ts";
import { cleanName, localpart } from "../model/names.ts";
import { itemOf, personOf } from "./convert.ts";
import { Failure, toFailure } from "./failures.ts";
import type { Files } from "./files.ts";
import { serverNow } from "./now.ts";
import type { AttachedFile, Outgoing } from "./outgoing.ts";
import { roomLifetime } from "./lifetime.ts";
import { peopleWhoRead } from "./readers.ts";
import type { Timeline } from "./timeline.ts";

export interface Words {
    text: string;
    mentions: readonly Mention[];
    reply?: ReplyTo | null;
    thread?: string | null;
    urgency?: Urgency | null;
}

/** What may be done with a message by who looks at it. */
export interface Rights {
    react: boolean;
    write: boolean;
    edit: boolean;
    remove: boolean;
    pin: boolean;
}

const WRITER_MS = 2000;

export class Messages {
    /** Deleted on this screen, and not told to the server yet: there is a way back. */
    readonly leaving = new Cell<ReadonlySet<string>>(new Set());
    /** Changes with the list of people one ignores: what was quoted is looked at anew. */
    readonly ignoring = new Cell(0);
    #writer: Promise<Write> | null = null;
    readonly #readThreads = new Map<string, string>();
    readonly #fetched = new Map<string, Promise<MessageItem | null>>();

    constructor(
        private readonly client: MatrixClient,
        private readonly outgoing: Outgoing,
        private readonly files: Files,
    ) {
        void this.#markdown();
        client.on(ClientEvent.AccountData, (event) => {
            if (event.getType() !== "m.ignored_user_list") return;
            this.#fetched.clear();
            this.ignoring.set(this.ignoring.getSnapshot() + 1);
        });
    }

    async say(roomId: string, { text, mentions, reply, thread, urgency }: Words): Promise<string> {
        const write = await this.#markdown();
        return this.send(roomId, "m.room.message", messageOf({ text, mentions, reply, thread: thread ? this.#place(roomId, thread) : null, urgency, me: this.#me }, write));
    }

    send(roomId: string, type: string, content: Content): Promise<string> {
        return this.outgoing.submit(roomId, type, content);
    }

    /** A message with a file; both wait together. */
    async sendFile(roomId: string, content: Content, file: { name: string; blob: Blob; thumbnail: Blob | null }): Promise<void> {
        const parts: AttachedFile[] = [{ part: "file", name: file.name, blob: file.blob }];
        if (file.thumbnail) parts.push({ part: "thumbnail", name: file.name, blob: file.thumbnail });
        const txnId = await this.outgoing.submitFiles?.(roomId, "m.room.message", content, parts);
        if (txnId) this.files.keepOwn(txnId, file.blob, file.thumbnail);
    }

    /** Needed to write and not to read: fetched by itself. Whoever cannot have it still sends. */
    #markdown(): Promise<Write> {
        this.#writer ??= loaded(() => import("../model/markdown.ts")).then(
            ({ write }) => write,
            () => ((this.#writer = null), plainly),
        );
        // A part that hangs on its way must not keep a message from being kept.
        return Promise.race([this.#writer, new Promise<Write>((resolve) => setTimeout(() => resolve(plainly), WRITER_MS))]);
    }

    /** Where a new message of this thread belongs. */
    placeIn(roomId: string, thread: string | null): ThreadPlace | null {
        return thread ? this.#place(roomId, thread) : null;
    }

    async edit(roomId: string, item: MessageItem, text: string, mentions: readonly Mention[]): Promise<string> {
        const event = this.#find(roomId, item.eventId);
        // Without the file's address an edit of its words would make a text of it.
        if (!event && item.content.type !== "text") throw new Failure("not-found");
        const old = (event?.getContent() ?? {}) as Content;
        const answered = this.#find(roomId, item.replyTo)?.getSender();
        const reply = item.replyTo && answered ? { eventId: item.replyTo, sender: answered } : null;
        return this.send(roomId, "m.room.message", editOf(item.eventId!, { text, mentions, reply, me: this.#me }, item.mentions, old, await this.#markdown()));
    }

    /** Puts a reaction on a message, or takes one's own back. */
    react(roomId: string, item: MessageItem, key: string): void {
        const mine = item.reactions.find((one) => one.key === key)?.mine ?? null;
        if (mine?.startsWith("~")) void this.outgoing.drop(roomId, mine.slice(1));
        else if (mine) void this.redact(roomId, mine);
        else if (item.eventId) void this.send(roomId, "m.reaction", reactionOf(item.eventId, key));
    }

    redact(roomId: string, eventId: string): Promise<string> {
        return this.send(roomId, "m.room.redaction", { redacts: eventId });
    }

    /** Deletes a message after a while; the answer takes it back before. */
    redactSoon(roomId: string, eventId: string, afterMs: number): () => void {
        const change = (add: boolean): void => {
            const ids = new Set(this.leaving.getSnapshot());
            if (add) ids.add(eventId);
            else ids.delete(eventId);
            this.leaving.set(ids);
        };
        const go = (): void => {
            clearTimeout(timer);
            removeEventListener("pagehide", go);
            // It is kept in the outbox before it is no longer hidden here.
            void this.redact(roomId, eventId).finally(() => change(false));
        };
        const timer = setTimeout(go, afterMs);
        addEventListener("pagehide", go);
        change(true);
        return () => {
            clearTimeout(timer);
            removeEventListener("pagehide", go);
            change(false);
        };
    }

    rights(roomId: string, item: MessageItem): Rights {
        const room = this.client.getRoom(roomId);
        const state = room?.currentState;
        const may = (type: string): boolean => state?.maySendEvent(type, this.#me) ?? false;
        const there = item.eventId !== null && item.content.type !== "deleted";
        const write = may("m.room.message") && room?.getMyMembership() === "join";
        const others = state?.hasSufficientPowerLevelFor("redact", room?.getMember(this.#me)?.powerLevel ?? 0) ?? false;
        const editable = item.content.type === "text" ? item.content.style !== "notice" : "caption" in item.content && item.content.type !== "voice";
        return {
            react: there && may("m.reaction") && item.content.type !== "locked",
            write,
            edit: there && write && item.own && editable,
            remove: there && may("m.room.redaction") && (item.own || others),
            pin: there && (state?.maySendStateEvent("m.room.pinned_events", this.#me) ?? false),
        };
    }

    /** May everybody be named at once? */
    mayNameAll(roomId: string): boolean {
        const room = this.client.getRoom(roomId);
        const level = room?.getMember(this.#me)?.powerLevel ?? 0;
        return room?.currentState.mayTriggerNotifOfType("room", this.#me) ?? level >= 50;
    }

    /** Ids of the pinned messages, oldest pin first. */
    pinned(roomId: string): string[] {
        const pinned = this.client.getRoom(roomId)?.currentState.getStateEvents("m.room.pinned_events", "")?.getContent().pinned as unknown;
        return Array.isArray(pinned) ? pinned.filter((one): one is string => typeof one === "string").slice(0, 100) : [];
    }

    async pin(roomId: string, eventId: string, pin: boolean): Promise<void> {
        const others = this.pinned(roomId).filter((id) => id !== eventId);
        try {
            await this.client.sendStateEvent(roomId, "m.room.pinned_events" as never, { pinned: pin ? [...others, eventId] : others } as never, "");
        } catch (error) {
            throw toFailure(error);
        }
    }

    /** Sends a copy of a message to other rooms. */
    async forward(roomId: string, item: MessageItem, to: readonly string[]): Promise<void> {
        const event = this.#find(roomId, item.eventId);
        if (!event) return;
        const content = forwardOf(structuredClone(event.getContent()));
        for (const target of to) await this.send(target, event.getType(), content);
    }

    /** A message by its id, from here or from the server. */
    message(roomId: string, eventId: string, timeline?: Timeline): Promise<MessageItem | null> {
        const key = `${roomId} ${eventId}`;
        const room = this.client.getRoom(roomId);
        if (!room) return Promise.resolve(null);
        const here = timeline?.find(eventId) ?? room.findEventById(eventId);
        if (here) return this.#opened(room, here);
        let asked = this.#fetched.get(key);
        if (!asked) {
            asked = this.client
                .fetchRoomEvent(roomId, eventId)
                .then((raw) => this.#opened(room, this.client.getEventMapper()({ ...raw, room_id: roomId })))
                .catch(() => (this.#fetched.delete(key), null));
            this.#fetched.set(key, asked);
            if (this.#fetched.size > 300) this.#fetched.delete(this.#fetched.keys().next().value!);
        }
        return asked;
    }

    /** Who has read a message. */
    readBy(roomId: string, eventId: string): Person[] {
        const room = this.client.getRoom(roomId);
        if (!room) return [];
        const ids = peopleWhoRead(room, room.getLiveTimeline().getEvents(), eventId, this.#me);
        return ids.map((id) => personOf(room, id)).sort((a, b) => a.name.localeCompare(b.name));
    }

    /** Names of who reacted, oneself first. */
    reactedBy(roomId: string, reaction: Reaction): Person[] {
        const room = this.client.getRoom(roomId);
        return room ? reaction.people.map((id) => personOf(room, id)) : [];
    }

    /** People of the room whose name or address begins with what was typed. */
    people(roomId: string, typed: string, most: number): Person[] {
        const room = this.client.getRoom(roomId);
        if (!room) return [];
        const wanted = fold(typed);
        const found: { person: Person; rank: number }[] = [];
        for (const member of room.getJoinedMembers()) {
            if (member.userId === this.#me) continue;
            const name = fold(cleanName(member.name, localpart(member.userId)));
            const id = fold(localpart(member.userId));
            const rank = name.startsWith(wanted) ? 0 : name.split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : id.startsWith(wanted) ? 2 : -1;
            if (rank >= 0) found.push({ person: personOf(room, member.userId), rank });
        }
        return found
            .sort((a, b) => a.rank - b.rank || a.person.name.localeCompare(b.person.name))
            .slice(0, most)
            .map((one) => one.person);
    }

    /** The name of somebody who is or was in the room; null for others. */
    memberName(roomId: string, userId: string): string | null {
        const member = this.client.getRoom(roomId)?.getMember(userId);
        return member ? cleanName(member.name, localpart(userId)) : null;
    }

    nameOf(roomId: string, userId: string): string {
        const room = this.client.getRoom(roomId);
        return room ? personOf(room, userId).name : localpart(userId);
    }

    /** The newest messages of a thread are read. */
    async readThread(roomId: string, root: string): Promise<void> {
        const thread = this.client.getRoom(roomId)?.getThread(root);
        const newest = thread?.events.findLast((event) => !event.status);
        const id = newest?.getId();
        if (!newest || !id || this.#readThreads.get(root) === id) return;
        this.#readThreads.set(root, id);
        await this.client.sendReadReceipt(newest, ReceiptType.Read).catch(() => undefined);
    }

    get #me(): string {
        return this.client.getSafeUserId();
    }

    #find(roomId: string, eventId: string | null): MatrixEvent | undefined {
        return eventId ? (this.found(roomId, eventId) ?? this.client.getRoom(roomId)?.findEventById(eventId)) : undefined;
    }

    /** Set by the client: looks in the open timelines. */
    found: (roomId: string, eventId: string) => MatrixEvent | undefined = () => undefined;

    #place(roomId: string, root: string): ThreadPlace {
        const thread = this.client.getRoom(roomId)?.getThread(root);
        const last = thread?.events.findLast((event) => !event.status && event.isRelation(RelationType.Thread));
        return { root, last: last?.getId() ?? root };
    }

    async #opened(room: Room, event: MatrixEvent): Promise<MessageItem | null> {
        await this.client.decryptEventIfNeeded(event).catch(() => undefined);
        const life = roomLifetime(room);
        if (life !== null && event.getTs() < serverNow() - life) return null;
        const item = itemOf(this.client, room, event);
        return item?.kind === "message" ? item : null;
    }
}

function fold(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
