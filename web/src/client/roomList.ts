/** All rooms as the list shows them, sorted. Only what changed is looked at again. */
import {
    ClientEvent,
    EventType,
    MatrixEventEvent,
    NotificationCountType,
    RoomEvent,
    RoomMemberEvent,
    RoomStateEvent,
    SyncState,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import { compareRooms, sameRoom, type Preview, type RoomSummary } from "../model/room.ts";
import type { Priority } from "../model/timeline.ts";
import { coalesce, Store } from "../model/store.ts";
import { roomLifetime, serverLifetimes } from "./lifetime.ts";
import { notifyLevel } from "./notifyLevel.ts";
import { priorityOf } from "./priority.ts";
import { previewOf } from "./preview.ts";

const LOOKED_BACK = 40;

export class RoomList extends Store<readonly RoomSummary[]> {
    readonly #kept = new Map<string, RoomSummary>();
    readonly #dirty = new Set<string>();
    /** As the last visit left them; they stand for rooms that are not read yet. */
    #early = new Map<string, RoomSummary>();
    #all = true;
    #directs = new Map<string, string>();
    readonly #fast = coalesce(() => this.#renew(), 30);
    // While a large account arrives, each of its thousand events must not sort the list anew.
    readonly #slow = coalesce(() => this.#renew(), 500);
    readonly #soon = (): void => (this.client.getSyncState() === null ? this.#slow() : this.#fast());

    constructor(private readonly client: MatrixClient) {
        super([]);
    }

    start(): void {
        const touch = (room: Room | undefined): void => room && this.#touch(room.roomId);
        const client = this.client;
        client.on(ClientEvent.Room, touch);
        client.on(ClientEvent.DeleteRoom, (id) => this.#touch(id));
        client.on(RoomEvent.Timeline, (_event, room) => touch(room));
        client.on(RoomEvent.Receipt, (_event, room) => touch(room));
        client.on(RoomEvent.Name, touch);
        client.on(RoomEvent.MyMembership, touch);
        client.on(RoomEvent.Tags, (_event, room) => touch(room));
        client.on(RoomEvent.AccountData, (_event, room) => touch(room));
        client.on(RoomEvent.Redaction, (_event, room) => touch(room));
        client.on(RoomStateEvent.Events, (event) => event.getRoomId() && this.#touch(event.getRoomId()!));
        client.on(RoomMemberEvent.Typing, (_event, member) => this.#touch(member.roomId));
        client.on(MatrixEventEvent.Decrypted, (event) => event.getRoomId() && this.#touch(event.getRoomId()!));
        client.on(ClientEvent.AccountData, (event) => {
            if (["m.direct", "m.push_rules", "m.ignored_user_list"].includes(event.getType())) this.#touchAll();
        });
        client.on(ClientEvent.Sync, () => this.#soon());
        serverLifetimes.subscribe(() => this.#touchAll());
        this.#touchAll();
    }

    /** What is shown until the rooms themselves are read. */
    showEarly(rooms: readonly RoomSummary[]): void {
        this.#early = new Map(rooms.map((room) => [room.id, { ...room, early: true }]));
        this.#publish();
    }

    /** The list holds all rooms, and none that is only remembered. */
    get whole(): boolean {
        return this.#early.size === 0 && this.client.getSyncState() !== null;
    }

    find(roomId: string): RoomSummary | undefined {
        return this.#kept.get(roomId) ?? this.#early.get(roomId);
    }

    /** The room with this id or alias, if one is in it. */
    byAddress(address: string): RoomSummary | undefined {
        const room = this.client.getRooms().find((one) => one.roomId === address || one.getCanonicalAlias() === address || one.getAltAliases().includes(address));
        return room && this.find(room.roomId);
    }

    #touch(roomId: string): void {
        this.#dirty.add(roomId);
        this.#soon();
    }

    #touchAll(): void {
        this.#all = true;
        this.#soon();
    }

    #renew(): void {
        // The SDK has worked through what it keeps: what is not there by now one is no longer in.
        const read = this.#early.size > 0 && this.#isRead();
        if (!this.#all && !read && this.#dirty.size === 0) return;
        if (this.#all) {
            this.#directs = this.#directMap();
            for (const id of this.#kept.keys()) this.#dirty.add(id);
            for (const room of this.client.getRooms()) this.#dirty.add(room.roomId);
        }
        this.#all = false;
        for (const id of this.#dirty) {
            const room = this.client.getRoom(id);
            const summary = room ? this.#summary(room) : null;
            if (!summary) this.#kept.delete(id);
            // Much happens in a room that does not show here: it stays the same object, and its row is not drawn anew.
            else if (!sameRoom(this.#kept.get(id), summary)) this.#kept.set(id, summary);
        }
        this.#dirty.clear();
        if (read) this.#early.clear();
        this.#publish();
    }

    /** Without a server and with nothing kept there is nothing to read: what is remembered stays. */
    #isRead(): boolean {
        const state = this.client.getSyncState();
        return state === SyncState.Prepared || state === SyncState.Syncing || (state !== null && this.client.getRooms().length > 0);
    }

    #publish(): void {
        const early = [...this.#early.values()].filter((room) => !this.#kept.has(room.id));
        this.set([...this.#kept.values(), ...early].sort(compareRooms));
    }

    #directMap(): Map<string, string> {
        const content = this.client.getAccountData("m.direct" as never)?.getContent() ?? {};
        const map = new Map<string, string>();
        for (const [userId, rooms] of Object.entries(content as Record<string, unknown>)) {
            if (Array.isArray(rooms)) for (const id of rooms) map.set(String(id), userId);
        }
        return map;
    }

    #summary(room: Room): RoomSummary | null {
        const membership = room.getMyMembership();
        if (membership !== "join" && membership !== "invite") return null;
        const me = this.client.getSafeUserId();
        const invite = membership === "invite" ? room.getMember(me)?.events.member : undefined;
        const inviterId = invite?.getSender();
        if (inviterId && this.client.isUserIgnored(inviterId)) return null;
        const person = this.#directs.get(room.roomId) ?? room.getDMInviter() ?? null;
        const last = this.#lastShown(room);
        const other = person ? room.getMember(person) : null;
        const level = notifyLevel(this.client, room.roomId);
        return {
            id: room.roomId,
            // Of somebody who has not come yet, the room knows the address alone.
            name: cleanName(person && room.name === person ? (this.client.getUser(person)?.displayName ?? localpart(person)) : room.name, localpart(person ?? room.roomId)),
            kind: person ? "person" : "room",
            person,
            avatar: room.getMxcAvatarUrl() ?? other?.getMxcAvatarUrl() ?? null,
            membership,
            inviter: inviterId ? { id: inviterId, name: cleanName(room.getMember(inviterId)?.name, localpart(inviterId)) } : null,
            encrypted: room.hasEncryptionStateEvent(),
            knocks: room.canInvite(me) ? room.getMembersWithMembership("knock").length : 0,
            members: room.getJoinedMemberCount(),
            unread: room.getUnreadNotificationCount(NotificationCountType.Total),
            mentions: room.getUnreadNotificationCount(NotificationCountType.Highlight),
            marked: room.getAccountData("m.marked_unread")?.getContent().unread === true,
            muted: level === "none" || level === "mentions",
            favourite: "m.favourite" in room.tags,
            low: "m.lowpriority" in room.tags,
            priority: this.#priorityWaits(room, me),
            lastAt: last?.event.getTs() ?? invite?.getTs() ?? room.getLastActiveTimestamp(),
            preview: this.#settled(room.roomId, last),
            typing: room
                .getMembersWithMembership("join")
                .filter((member) => member.typing && member.userId !== me && !this.client.isUserIgnored(member.userId))
                .map((member) => cleanName(member.name, localpart(member.userId))),
            isSpace: room.isSpaceRoom(),
            successor: successorOf(room),
            fleeting: roomLifetime(room) !== null,
        };
    }

    /** Until it is opened, what was said last stays as it was shown before. */
    #settled(roomId: string, last: { event: MatrixEvent; preview: Preview } | null): Preview | null {
        if (!last) return null;
        const closed = last.preview.kind === "locked" && !last.event.isDecryptionFailure();
        const before = closed ? this.find(roomId) : undefined;
        return before?.preview && before.lastAt === last.event.getTs() ? before.preview : last.preview;
    }

    /** A priority message that was not read yet. */
    #priorityWaits(room: Room, me: string): Priority | null {
        if (room.getUnreadNotificationCount(NotificationCountType.Total) === 0) return null;
        const events = room.getLiveTimeline().getEvents();
        const read = room.getEventReadUpTo(me);
        for (let index = events.length - 1; index >= 0 && index > events.length - LOOKED_BACK; index--) {
            const event = events[index]!;
            if (event.getId() === read || event.getSender() === me) return null;
            const priority = priorityOf(room, event);
            if (priority) return priority;
        }
        return null;
    }

    #lastShown(room: Room): { event: MatrixEvent; preview: Preview } | null {
        const events = room.getLiveTimeline().getEvents();
        for (let index = events.length - 1; index >= 0 && index > events.length - LOOKED_BACK; index--) {
            const event = events[index]!;
            if (event.isEncrypted() && event.getClearContent() === null && !event.isDecryptionFailure()) {
                void this.client.decryptEventIfNeeded(event);
            }
            if (event.getType() === EventType.Reaction) continue;
            const preview = previewOf(event, this.client.getSafeUserId(), room);
            if (preview) return { event, preview };
        }
        return null;
    }
}

function successorOf(room: Room): string | null {
    const id: unknown = room.currentState.getStateEvents("m.room.tombstone", "")?.getContent().replacement_room;
    return typeof id === "string" && id !== "" ? id : null;
}
