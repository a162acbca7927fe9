/** Search in messages: open rooms at the server, encrypted ones on this device. */
import type { MatrixClient } from "matrix-js-sdk";
import { cleanName, localpart } from "../../model/names.ts";
import type { HitKind, SearchDoc } from "../../model/search.ts";
import type { Person } from "../../model/timeline.ts";
import type { AlphornClient } from "../client.ts";
import { ask } from "../asked.ts";
import { messageContent, personOf } from "../convert.ts";
import { openVault } from "../session.ts";
import { Feeder } from "./feeder.ts";
import { LocalIndex } from "./localIndex.ts";

export interface Hit {
    id: string;
    room: string;
    sender: Person;
    at: number;
    text: string;
    kind: HitKind;
}

export interface HitsView {
    hits: readonly Hit[];
    total: number;
    /** The server did not answer: open rooms are missing. */
    partial: boolean;
    tookMs: number;
}

export interface Wanted {
    words: string;
    room: string | null;
    since: number;
}

const LOCAL_MAX = 300;
const SERVER_MAX = 100;
const FILTER_ROOMS_MAX = 500;
const KINDS: Record<string, HitKind> = { "m.image": "picture", "m.video": "picture", "m.audio": "voice", "m.file": "file" };

interface RawHit {
    result?: { event_id?: string; room_id?: string; sender?: string; origin_server_ts?: number; content?: Record<string, unknown> };
}

export class MessageSearch {
    readonly index = new LocalIndex();
    readonly feeder: Feeder;

    constructor(private readonly client: MatrixClient) {
        this.feeder = new Feeder(client, this.index);
    }

    async start(): Promise<void> {
        await this.feeder.start((await openVault()).sealingKey);
    }

    close(): void {
        this.feeder.stop();
        this.index.close();
    }

    async find(wanted: Wanted): Promise<HitsView> {
        const started = performance.now();
        const [local, open] = await Promise.all([this.#local(wanted), this.#atServer(wanted)]);
        const hits = [...local.hits, ...(open?.hits ?? [])].sort((a, b) => b.at - a.at);
        return { hits, total: local.total + (open?.total ?? 0), partial: open === null, tookMs: Math.round(performance.now() - started) };
    }

    async #local({ words, room, since }: Wanted): Promise<{ hits: Hit[]; total: number }> {
        if (room && !this.client.getRoom(room)?.hasEncryptionStateEvent()) return { hits: [], total: 0 };
        const { hits, total } = await this.index.find({ words, room, since, limit: LOCAL_MAX }).catch(() => ({ hits: [] as SearchDoc[], total: 0 }));
        // A person one ignores is not heard in old messages either.
        const heard = hits.filter((one) => !this.client.isUserIgnored(one.sender));
        return { hits: heard.map((one) => ({ ...one, sender: this.#person(one.room, one.sender) })), total: total - (hits.length - heard.length) };
    }

    /** Null when the server did not answer. */
    async #atServer({ words, room, since }: Wanted): Promise<{ hits: Hit[]; total: number } | null> {
        const rooms = this.client.getRooms().filter((one) => one.getMyMembership() === "join" && !one.hasEncryptionStateEvent() && !one.isSpaceRoom() && (!room || one.roomId === room));
        if (rooms.length === 0) return { hits: [], total: 0 };
        const filter = { limit: SERVER_MAX, ...(rooms.length <= FILTER_ROOMS_MAX ? { rooms: rooms.map((one) => one.roomId) } : {}) };
        try {
            const { search_categories } = await ask<{ search_categories: { room_events?: { count?: number; results?: RawHit[] } } }>(this.client, "POST", "/search", {
                search_categories: { room_events: { search_term: words, order_by: "recent", filter, event_context: { before_limit: 0, after_limit: 0 } } },
            });
            const found = search_categories.room_events;
            const hits = (found?.results ?? []).flatMap((one) => this.#hit(one) ?? []);
            const wanted = hits.filter((one) => one.at >= since && !this.client.isUserIgnored(one.sender.id));
            return { hits: wanted, total: since > 0 ? wanted.length : Math.max(wanted.length, found?.count ?? 0) };
        } catch {
            return null;
        }
    }

    #hit({ result }: RawHit): Hit | null {
        const { event_id: id, room_id: room, sender, origin_server_ts: at, content } = result ?? {};
        if (!id || !room || !sender || typeof at !== "number" || !content) return null;
        const message = messageContent(content);
        const text = message.type === "text" ? message.body : "file" in message ? message.file.name : typeof content.body === "string" ? content.body : String(content.name ?? content.topic ?? "");
        return { id, room, sender: this.#person(room, sender), at, text, kind: KINDS[String(content.msgtype)] ?? "text" };
    }

    #person(roomId: string, userId: string): Person {
        const room = this.client.getRoom(roomId);
        return room ? personOf(room, userId) : { id: userId, name: cleanName(null, localpart(userId)), avatar: null };
    }
}

const searches = new WeakMap<AlphornClient, MessageSearch>();

/** The search of whoever is signed in; begins to read when first asked for. */
export function searchOf(client: AlphornClient): MessageSearch {
    let search = searches.get(client);
    if (!search) {
        searches.set(client, (search = new MessageSearch(client.sdk)));
        search.start().catch((error: unknown) => console.warn("the index does not start", error));
    }
    return search;
}
