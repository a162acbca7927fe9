/** What a room is: watched while somebody looks at it. */
import { ClientEvent, EventType, RoomEvent, RoomStateEvent, UserEvent, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import { compareMembers, type History, type JoinRule, type Member, type Presence, type RoomDetails } from "../model/details.ts";
import { cleanName, localpart } from "../model/names.ts";
import { levelOf, powersOf, roleOf, type Powers } from "../model/powers.ts";
import { coalesce, Store } from "../model/store.ts";
import { ownLifetime } from "./lifetime.ts";

const TOPIC_MAX = 4000;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : []);

/** Newer rooms name those who stand above all levels in their first event. */
const CREATORS_STAND_ABOVE = /^(12|org\.matrix\.hydra.*)$/;

export function roomPowers(room: Room): { powers: Powers; content: Readonly<Record<string, unknown>> } {
    const create = room.currentState.getStateEvents(EventType.RoomCreate, "");
    const event = room.currentState.getStateEvents(EventType.RoomPowerLevels, "");
    const creator = create?.getSender() ?? null;
    const above = CREATORS_STAND_ABOVE.test(text(create?.getContent().room_version));
    const creators = above && creator ? [creator, ...texts(create?.getContent().additional_creators)] : [];
    return { powers: powersOf(event?.getContent() ?? null, creator, creators), content: event?.getContent() ?? {} };
}

function presenceOf(client: MatrixClient, userId: string): Presence {
    const presence = client.getUser(userId)?.presence;
    return presence === "online" ? "here" : presence === "unavailable" ? "away" : null;
}

export function membersOf(client: MatrixClient, room: Room, memberships: readonly Member["membership"][]): Member[] {
    const { powers } = roomPowers(room);
    return room
        .getMembers()
        .filter((one) => (memberships as readonly string[]).includes(one.membership ?? ""))
        .map((one) => ({
            id: one.userId,
            name: cleanName(one.name, localpart(one.userId)),
            avatar: one.getMxcAvatarUrl() ?? null,
            membership: one.membership as Member["membership"],
            role: roleOf(powers, one.userId),
            level: levelOf(powers, one.userId),
            presence: presenceOf(client, one.userId),
            reason: text(one.events.member?.getContent().reason).slice(0, 500) || null,
        }))
        .sort(compareMembers);
}

export function detailsOf(client: MatrixClient, room: Room): RoomDetails {
    const content = (type: string): Record<string, unknown> => room.currentState.getStateEvents(type, "")?.getContent() ?? {};
    const { powers, content: powersContent } = roomPowers(room);
    const rule = text(content("m.room.join_rules").join_rule) || "invite";
    const known: JoinRule[] = ["invite", "knock", "public", "restricted", "knock_restricted"];
    const allow = content("m.room.join_rules").allow;
    const canonical = content("m.room.canonical_alias");
    const history = text(content("m.room.history_visibility").history_visibility) || "shared";
    return {
        id: room.roomId,
        name: cleanName(room.name, localpart(room.roomId)),
        ownName: text(content("m.room.name").name).slice(0, 500),
        topic: text(content("m.room.topic").topic).slice(0, TOPIC_MAX),
        avatar: room.getMxcAvatarUrl(),
        isSpace: room.isSpaceRoom(),
        encrypted: room.hasEncryptionStateEvent(),
        powers,
        powersContent,
        joinRule: known.includes(rule as JoinRule) ? (rule as JoinRule) : "other",
        allowed: (Array.isArray(allow) ? allow : []).map((one: { room_id?: unknown } | null) => text(one?.room_id)).filter(Boolean),
        history: (["joined", "invited", "shared", "world_readable"].includes(history) ? history : "shared") as History,
        lifetime: ownLifetime(room),
        guests: content("m.room.guest_access").guest_access === "can_join",
        alias: text(canonical.alias) || null,
        otherAliases: texts(canonical.alt_aliases).slice(0, 100),
        version: room.getVersion(),
        successor: text(content("m.room.tombstone").replacement_room) || null,
        pinned: texts(content("m.room.pinned_events").pinned).slice(-100),
        knocks: membersOf(client, room, ["knock"]),
        members: room.getJoinedMemberCount(),
    };
}

/** A room's details, renewed when its state changes. */
export class DetailsStore extends Store<RoomDetails | null> {
    #stop: (() => void) | null = null;
    readonly #soon = coalesce(() => this.#renew(), 50);

    constructor(
        private readonly client: MatrixClient,
        readonly roomId: string,
    ) {
        const room = client.getRoom(roomId);
        super(room ? detailsOf(client, room) : null);
    }

    protected override onWatched(): void {
        const changed = (event: MatrixEvent): void => void (event.getRoomId() === this.roomId && this.#soon());
        const named = (room: Room): void => void (room.roomId === this.roomId && this.#soon());
        this.client.on(RoomStateEvent.Events, changed);
        this.client.on(RoomEvent.Name, named);
        this.#stop = () => {
            this.client.off(RoomStateEvent.Events, changed);
            this.client.off(RoomEvent.Name, named);
        };
        this.#soon();
    }

    protected override onUnwatched(): void {
        this.#stop?.();
    }

    #renew(): void {
        const room = this.client.getRoom(this.roomId);
        this.set(room ? detailsOf(this.client, room) : null);
    }
}

/** Everybody in a room, with roles and presence; loaded from the server when first watched. */
export class MembersStore extends Store<{ loaded: boolean; members: readonly Member[] }> {
    #stop: (() => void) | null = null;
    #loaded = false;
    readonly #soon = coalesce(() => this.#renew(), 200);

    constructor(
        private readonly client: MatrixClient,
        readonly roomId: string,
    ) {
        super({ loaded: false, members: [] });
        this.#renew();
    }

    protected override onWatched(): void {
        const changed = (event: MatrixEvent): void => void (event.getRoomId() === this.roomId && /^m\.room\.(member|power_levels)$/.test(event.getType()) && this.#soon());
        const present = (): void => this.#soon();
        this.client.on(RoomStateEvent.Events, changed);
        this.client.on(UserEvent.Presence, present);
        this.client.on(ClientEvent.Room, present);
        this.#stop = () => {
            this.client.off(RoomStateEvent.Events, changed);
            this.client.off(UserEvent.Presence, present);
            this.client.off(ClientEvent.Room, present);
        };
        void this.#load();
    }

    protected override onUnwatched(): void {
        this.#stop?.();
    }

    async #load(): Promise<void> {
        await this.client.getRoom(this.roomId)?.loadMembersIfNeeded().catch(() => false);
        this.#loaded = true;
        this.#renew();
    }

    #renew(): void {
        const room = this.client.getRoom(this.roomId);
        this.set({ loaded: this.#loaded, members: room ? membersOf(this.client, room, ["join", "invite", "ban"]) : [] });
    }
}
