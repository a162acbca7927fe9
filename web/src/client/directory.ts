/** The public directory: finding, joining, asking to be let in, looking inside. */
import { RoomEvent, type MatrixClient } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import { Store } from "../model/store.ts";
import { ask, asked, pathOf } from "./asked.ts";
import { messageContent } from "./convert.ts";
import { Failure } from "./failures.ts";
import { seenRoom, type SeenRoom } from "./spaces.ts";

const PAGE = 30;
const INSIDE_SHOWN = 12;

export interface Glimpse {
    id: string;
    sender: string;
    at: number;
    text: string;
}

export class Directory {
    constructor(private readonly client: MatrixClient) {}

    async find(words: string, spaces: boolean, since?: string): Promise<{ rooms: SeenRoom[]; next: string | null }> {
        const filter = { generic_search_term: words || undefined, room_types: spaces ? ["m.space"] : undefined };
        const answer = await asked(() => this.client.publicRooms({ limit: PAGE, since, filter } as never));
        return { rooms: answer.chunk.map((one) => seenRoom(one as never)), next: answer.next_batch ?? null };
    }

    /** A room by its address. */
    async byAddress(alias: string): Promise<{ id: string; via: string[] } | null> {
        try {
            const { room_id: id, servers } = await ask<{ room_id: string; servers: string[] }>(this.client, "GET", pathOf`/directory/room/${alias}`);
            return { id, via: servers.slice(0, 3) };
        } catch (error) {
            if (error instanceof Failure && error.kind === "not-found") return null;
            throw error;
        }
    }

    /** What the server tells about one room; null where one may not see it. */
    async summary(idOrAlias: string): Promise<SeenRoom | null> {
        try {
            return seenRoom(await ask(this.client, "GET", pathOf`/room_summary/${idOrAlias}`, undefined, undefined, "/_matrix/client/v1"));
        } catch (error) {
            if (error instanceof Failure && error.kind !== "offline") return null;
            throw error;
        }
    }

    async join(idOrAlias: string, via: readonly string[] = []): Promise<string> {
        const room = await asked(() => this.client.joinRoom(idOrAlias, { viaServers: [...via] }));
        return room.roomId;
    }

    async knock(idOrAlias: string, reason: string, via: readonly string[] = []): Promise<void> {
        await asked(() => this.client.knockRoom(idOrAlias, { reason: reason || undefined, viaServers: [...via] }));
    }

    async withdraw(roomId: string): Promise<void> {
        await asked(() => this.client.leave(roomId));
    }

    /** The newest messages of a room that lets anybody read. */
    async lookInside(roomId: string): Promise<Glimpse[]> {
        interface Raw {
            event_id: string;
            sender: string;
            origin_server_ts: number;
            type: string;
            content: Record<string, unknown>;
        }
        const { chunk } = await ask<{ chunk: Raw[] }>(this.client, "GET", pathOf`/rooms/${roomId}/messages`, undefined, { dir: "b", limit: 40 });
        return chunk
            .flatMap((raw) => {
                const content = raw.type === "m.room.message" ? messageContent(raw.content) : null;
                const text = content && "body" in content ? content.body : content && "file" in content ? content.file.name : "";
                return text ? [{ id: raw.event_id, sender: localpart(raw.sender), at: raw.origin_server_ts, text: text.slice(0, 300) }] : [];
            })
            .slice(0, INSIDE_SHOWN)
            .reverse();
    }
}

export interface OwnKnock {
    id: string;
    name: string;
    avatar: string | null;
}

/** Rooms that one has asked to be let into. */
export class OwnKnocks extends Store<readonly OwnKnock[]> {
    readonly #changed = (): void => this.set(knocked(this.client));

    constructor(private readonly client: MatrixClient) {
        super(knocked(client));
    }

    protected override onWatched(): void {
        this.client.on(RoomEvent.MyMembership, this.#changed);
        this.#changed();
    }

    protected override onUnwatched(): void {
        this.client.off(RoomEvent.MyMembership, this.#changed);
    }
}

function knocked(client: MatrixClient): OwnKnock[] {
    return client
        .getRooms()
        .filter((room) => room.getMyMembership() === "knock")
        .map((room) => ({ id: room.roomId, name: cleanName(room.name, localpart(room.roomId)), avatar: room.getMxcAvatarUrl() }));
}
