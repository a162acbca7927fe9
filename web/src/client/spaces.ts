/** Spaces one is in, and what the server tells about what lies in them. */
import { ClientEvent, RoomEvent, RoomStateEvent, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import { below, compareChildren, orderOf, tops } from "../model/spaces.ts";
import { coalesce, Store } from "../model/store.ts";
import { ask, asked, pathOf } from "./asked.ts";

export interface SpaceInfo {
    id: string;
    name: string;
    avatar: string | null;
    /** It lies in no other space. */
    top: boolean;
    /** Rooms and spaces below it, at any depth. */
    inside: ReadonlySet<string>;
}

const HIERARCHY = "/_matrix/client/v1";
const CHILD = "m.space.child";

function childrenOf(room: Room): string[] {
    return room.currentState
        .getStateEvents(CHILD)
        .filter((event) => Array.isArray(event.getContent().via))
        .map((event) => ({ id: event.getStateKey() ?? "", order: orderOf(event.getContent().order), at: event.getTs() }))
        .filter(({ id }) => id.startsWith("!"))
        .sort(compareChildren)
        .map(({ id }) => id);
}

export class SpacesStore extends Store<readonly SpaceInfo[]> {
    #stop: (() => void) | null = null;
    /** As the last visit left them, until the rooms are read. */
    #early: readonly SpaceInfo[] = [];
    readonly #soon = coalesce(() => this.#renew(), 100);

    constructor(private readonly client: MatrixClient) {
        super([]);
    }

    showEarly(spaces: readonly SpaceInfo[]): void {
        this.#early = spaces;
        this.set(spaces);
    }

    protected override onWatched(): void {
        const state = (event: MatrixEvent): void => void (/^m\.(space\.child|room\.(name|avatar))$/.test(event.getType()) && this.#soon());
        const room = (): void => this.#soon();
        this.client.on(RoomStateEvent.Events, state);
        this.client.on(ClientEvent.Room, room);
        this.client.on(RoomEvent.MyMembership, room);
        this.client.on(ClientEvent.Sync, room);
        this.#stop = () => {
            this.client.off(RoomStateEvent.Events, state);
            this.client.off(ClientEvent.Room, room);
            this.client.off(RoomEvent.MyMembership, room);
            this.client.off(ClientEvent.Sync, room);
        };
        this.#soon();
    }

    protected override onUnwatched(): void {
        this.#stop?.();
    }

    #renew(): void {
        if (this.#early.length > 0 && this.client.getSyncState() === null) return;
        this.#early = [];
        const spaces = this.client.getRooms().filter((room) => room.isSpaceRoom() && room.getMyMembership() === "join");
        if (spaces.length === 0 && this.getSnapshot().length === 0) return;
        const children = new Map(spaces.map((room) => [room.roomId, childrenOf(room)]));
        const top = new Set(tops(children));
        const found = spaces.map((room) => ({
            id: room.roomId,
            name: cleanName(room.name, localpart(room.roomId)),
            avatar: room.getMxcAvatarUrl(),
            top: top.has(room.roomId),
            inside: below(children, room.roomId),
        }));
        this.set(found.sort((a, b) => Number(b.top) - Number(a.top) || a.name.localeCompare(b.name)));
    }
}

/** A room that one may see without being in it. */
export interface SeenRoom {
    id: string;
    alias: string | null;
    name: string;
    topic: string;
    avatar: string | null;
    members: number;
    isSpace: boolean;
    joinRule: string;
    worldReadable: boolean;
    suggested: boolean;
    /** Servers that know it. */
    via: readonly string[];
}

interface RawRoom {
    room_id: string;
    canonical_alias?: string;
    name?: string;
    topic?: string;
    avatar_url?: string;
    num_joined_members?: number;
    room_type?: string;
    join_rule?: string;
    world_readable?: boolean;
    children_state?: { state_key?: string; content?: { via?: unknown; suggested?: unknown } }[];
}

export function seenRoom(raw: RawRoom, via: readonly string[] = [], suggested = false): SeenRoom {
    return {
        id: raw.room_id,
        alias: raw.canonical_alias ?? null,
        name: cleanName(raw.name ?? raw.canonical_alias, localpart(raw.room_id)),
        topic: String(raw.topic ?? "").slice(0, 500),
        avatar: raw.avatar_url ?? null,
        members: raw.num_joined_members ?? 0,
        isSpace: raw.room_type === "m.space",
        joinRule: raw.join_rule ?? "public",
        worldReadable: raw.world_readable === true,
        suggested,
        via,
    };
}

const PAGE = 50;

export class Spaces {
    constructor(private readonly client: MatrixClient) {}

    /** What lies directly in a space, page by page. */
    async rooms(spaceId: string, from?: string): Promise<{ rooms: SeenRoom[]; next: string | null }> {
        const answer = await ask<{ rooms: RawRoom[]; next_batch?: string }>(this.client, "GET", pathOf`/rooms/${spaceId}/hierarchy`, undefined, { limit: PAGE, max_depth: 1, from }, HIERARCHY);
        const links = new Map<string, { via: string[]; suggested: boolean }>();
        for (const child of answer.rooms.find((one) => one.room_id === spaceId)?.children_state ?? []) {
            const via = Array.isArray(child.content?.via) ? child.content.via.filter((one): one is string => typeof one === "string") : [];
            if (child.state_key) links.set(child.state_key, { via, suggested: child.content?.suggested === true });
        }
        const rooms = answer.rooms.filter((one) => one.room_id !== spaceId).map((one) => seenRoom(one, links.get(one.room_id)?.via, links.get(one.room_id)?.suggested));
        return { rooms, next: answer.next_batch ?? null };
    }

    async add(spaceId: string, roomId: string): Promise<void> {
        await asked(() => this.client.sendStateEvent(spaceId, CHILD as never, { via: [this.#server()] } as never, roomId));
    }

    async remove(spaceId: string, roomId: string): Promise<void> {
        await asked(() => this.client.sendStateEvent(spaceId, CHILD as never, {} as never, roomId));
    }

    #server(): string {
        return this.client.getDomain() ?? "";
    }
}
