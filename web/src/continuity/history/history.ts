/**
 * Older messages on the device: what was scrolled through and what came live, raw as it came (encrypted messages stay
 * encrypted), so that a room can be scrolled back without a server.
 *
 * A room's events lie in segments: within one they are gapless, their places count upwards. The server's pagination
 * tokens are kept with the place they stand for, so a token answers from here exactly what the server would have
 * answered. Where paging back meets an older segment, the two are linked.
 */

import { answer, within } from "../database.ts";

type Event = Record<string, unknown>;

export interface Page {
    chunk: Event[];
    state: Event[];
    start: string;
    end?: string;
}

interface LivePart {
    events?: Event[];
    limited?: boolean;
    prev_batch?: string;
}

interface EventRow {
    room: string;
    segment: number;
    place: number;
    id: string;
    event: Event;
}

interface SegmentRow {
    room: string;
    segment: number;
    /** The first and the last place in use. */
    first: number;
    last: number;
    /** Where it goes on backwards, once that is known. */
    before: { segment: number; place: number } | null;
    /** The server has nothing before its first event. */
    whole?: boolean;
    bytes: number;
    usedAt: number;
}

interface TokenRow {
    room: string;
    token: string;
    segment: number;
    /** It stands before the event with this place. */
    place: number;
}

const TABLES = ["events", "tokens", "segments", "people"];
const BYTES_MAX = 96 * 1024 * 1024;
/** At most this many events in one answer, however far the next token is. */
const CHUNK_MAX = 500;

export class History {
    readonly #database: IDBDatabase;
    readonly #bytesMax: number;
    readonly #now: () => number;
    #work: Promise<unknown> = Promise.resolve();
    #bytes: number | null = null;
    /** Parts of large answers that are not written yet, by room. */
    readonly #later = new Map<string, LivePart[]>();

    constructor(database: IDBDatabase, now: () => number, bytesMax = BYTES_MAX) {
        this.#database = database;
        this.#bytesMax = bytesMax;
        this.#now = now;
    }

    /** A room's part of a sync answer. */
    live(room: string, timeline: LivePart): Promise<void> {
        void this.#writeNow(room);
        return this.#writeLive(room, timeline);
    }

    /** The same for one of very many rooms: written by `writeNext`, or when something else is wanted of the room. */
    liveLater(room: string, timeline: LivePart): void {
        this.#later.set(room, [...(this.#later.get(room) ?? []), timeline]);
    }

    /** Writes what waits of the next room. False when nothing waits. */
    async writeNext(): Promise<boolean> {
        const [room] = this.#later.keys();
        if (room === undefined) return false;
        await this.#writeNow(room).catch(() => {});
        return true;
    }

    async #writeNow(room: string): Promise<void> {
        const parts = this.#later.get(room) ?? [];
        this.#later.delete(room);
        await Promise.allSettled(parts.map((part) => this.#writeLive(room, part)));
    }

    #writeLive(room: string, timeline: LivePart): Promise<void> {
        return this.#turn(async (it) => {
            const events = (timeline.events ?? []).filter(named);
            let segment = await newest(it, room);
            const last = segment && (await eventAt(it, room, segment.segment, segment.last));
            const joins = segment && (!timeline.limited || (last && events.some((event) => event.event_id === last.id)));
            if (!segment || !joins) {
                const number = (segment?.segment ?? 0) + 1;
                segment = { room, segment: number, first: 0, last: -1, before: null, bytes: 0, usedAt: this.#now() };
            }
            let begin: number | null = null;
            for (const event of events) {
                const known = await placeOf(it, room, event.event_id as string);
                if (known) {
                    if (known.segment === segment.segment) begin ??= known.place;
                    continue;
                }
                segment.last += 1;
                begin ??= segment.last;
                this.#put(it, segment, segment.last, event);
                if (event.type === "m.room.redaction") await erase(it, room, event);
            }
            if (timeline.prev_batch && begin !== null) {
                const token = timeline.prev_batch;
                it.objectStore("tokens").put({ room, token, segment: segment.segment, place: begin } satisfies TokenRow);
            }
            it.objectStore("segments").put({ ...segment, usedAt: this.#now() });
        });
    }

    /** An answer to paging back. */
    older(room: string, from: string, page: Page): Promise<void> {
        void this.#writeNow(room);
        return this.#turn(async (it) => {
            const start = await answer(it.objectStore("tokens").get([room, from]) as IDBRequest<TokenRow | undefined>);
            if (!start) return;
            const row = it.objectStore("segments").get([room, start.segment]) as IDBRequest<SegmentRow | undefined>;
            const segment = await answer(row);
            if (!segment) return;
            let place = start.place;
            let other: EventRow | null = null;
            for (const event of (page.chunk ?? []).filter(named)) {
                const known = await placeOf(it, room, event.event_id as string);
                if (known && known.segment !== segment.segment) {
                    other = known;
                    break;
                }
                if (known) {
                    place = known.place;
                    continue;
                }
                // Only at its beginning a segment grows backwards; elsewhere the server filtered something out.
                if (place !== segment.first) return;
                place -= 1;
                segment.first = place;
                this.#put(it, segment, place, event);
            }
            if (other) segment.before = { segment: other.segment, place: other.place + 1 };
            else if (page.end && (page.chunk ?? []).length > 0) {
                const token: TokenRow = { room, token: page.end, segment: segment.segment, place };
                it.objectStore("tokens").put(token);
            } else if (!page.end && place === segment.first) segment.whole = true;
            for (const member of page.state ?? []) this.#person(it, room, member);
            it.objectStore("segments").put({ ...segment, usedAt: this.#now() });
        });
    }

    /** What the server would answer to paging back from this token. Null if it is not on this device. */
    async back(room: string, from: string, limit: number): Promise<Page | null> {
        await this.#writeNow(room);
        return within(this.#database, TABLES, "readonly", async (it) => {
            const start = await answer(it.objectStore("tokens").get([room, from]) as IDBRequest<TokenRow | undefined>);
            if (!start) return null;
            const chunk: Event[] = [];
            let at: { segment: number; place: number } | null = start;
            let end: string | undefined;
            /** So many events lie before `end`. */
            let upToEnd = 0;
            let whole = false;
            while (at && chunk.length < CHUNK_MAX) {
                const row: EventRow | undefined = await eventAt(it, room, at.segment, at.place - 1);
                if (!row) {
                    const segment: SegmentRow | undefined = await answer(
                        it.objectStore("segments").get([room, at.segment]) as IDBRequest<SegmentRow | undefined>,
                    );
                    const atFirst: boolean = segment !== undefined && segment.first === at.place;
                    whole = atFirst && (segment?.whole ?? chunk.at(-1)?.type === "m.room.create");
                    at = atFirst ? (segment?.before ?? null) : null;
                    continue;
                }
                chunk.push(row.event);
                at = { segment: at.segment, place: at.place - 1 };
                // It ends where a token of the server stands: from there the server can go on as well as this.
                const token = await tokenAt(it, room, at);
                if (token) {
                    end = token;
                    upToEnd = chunk.length;
                    if (chunk.length >= limit) break;
                }
            }
            const state = await people(it, room, chunk);
            // Without a token the room would seem to begin here.
            if (whole) return { chunk, state, start: from };
            // Beyond the last token nothing could follow: those events wait until the server was asked.
            if (end === undefined || upToEnd === 0) return null;
            return { chunk: chunk.slice(0, upToEnd), state, start: from, end };
        });
    }

    /** How much lies here. */
    async size(): Promise<number> {
        const rows = await within(this.#database, "segments", "readonly", (it) =>
            answer(it.objectStore("segments").getAll() as IDBRequest<SegmentRow[]>),
        );
        return rows.reduce((sum, row) => sum + row.bytes, 0);
    }

    /** Gives up the segments that were not used for longest, down to `bytes`. True if something went. */
    async shrink(bytes: number): Promise<boolean> {
        const rows = await within(this.#database, "segments", "readonly", (it) =>
            answer(it.objectStore("segments").getAll() as IDBRequest<SegmentRow[]>),
        );
        let total = rows.reduce((sum, row) => sum + row.bytes, 0);
        let gone = false;
        for (const row of rows.sort((a, b) => a.usedAt - b.usedAt)) {
            if (total <= bytes) break;
            await this.#forget(row);
            total -= row.bytes;
            gone = true;
        }
        this.#bytes = total;
        return gone;
    }

    /** Nothing of a room stays: it was left, or its messages have to disappear. */
    async forgetRoom(room: string): Promise<void> {
        this.#later.delete(room);
        const rows = await within(this.#database, "segments", "readonly", (it) =>
            answer(it.objectStore("segments").getAll(ofRoom(room)) as IDBRequest<SegmentRow[]>),
        );
        for (const row of rows) await this.#forget(row);
        await within(this.#database, "people", "readwrite", (it) => answer(it.objectStore("people").delete(ofRoom(room))));
    }

    async #forget({ room, segment }: SegmentRow): Promise<void> {
        await within(this.#database, TABLES, "readwrite", async (it) => {
            const range = IDBKeyRange.bound([room, segment, Number.NEGATIVE_INFINITY], [room, segment, Number.POSITIVE_INFINITY]);
            it.objectStore("events").delete(range);
            it.objectStore("segments").delete([room, segment]);
            const tokens = it.objectStore("tokens");
            for (const token of await answer(tokens.index("place").getAll(range) as IDBRequest<TokenRow[]>)) {
                tokens.delete([token.room, token.token]);
            }
        });
    }

    #put(it: IDBTransaction, segment: SegmentRow, place: number, event: Event): void {
        const { room, segment: number } = segment;
        const row: EventRow = { room, segment: number, place, id: event.event_id as string, event };
        it.objectStore("events").put(row);
        const bytes = JSON.stringify(event).length + 100;
        segment.bytes += bytes;
        if (this.#bytes !== null) this.#bytes += bytes;
    }

    #person(it: IDBTransaction, room: string, event: Event): void {
        if (event.type !== "m.room.member" || typeof event.state_key !== "string") return;
        it.objectStore("people").put({ room, user: event.state_key, event });
    }

    /** One writer at a time; afterwards it is seen to that it does not grow for ever. */
    #turn(work: (it: IDBTransaction) => Promise<void>): Promise<void> {
        const turn = this.#work.then(async () => {
            await within(this.#database, TABLES, "readwrite", work);
            this.#bytes ??= await this.size();
            if (this.#bytes > this.#bytesMax) await this.shrink(this.#bytesMax * 0.8);
        });
        this.#work = turn.catch(() => {});
        return turn;
    }
}

function named(event: Event): boolean {
    return typeof event.event_id === "string";
}

/** What was deleted is deleted here too. State keeps what rules need; only the server knows which parts. */
async function erase(it: IDBTransaction, room: string, redaction: Event): Promise<void> {
    const content = redaction.content as { redacts?: unknown } | undefined;
    const id = redaction.redacts ?? content?.redacts;
    const row = typeof id === "string" ? await placeOf(it, room, id) : undefined;
    if (!row || row.event.state_key !== undefined) return;
    const unsigned = { redacted_because: redaction };
    it.objectStore("events").put({ ...row, event: { ...row.event, content: {}, unsigned } } satisfies EventRow);
}

function ofRoom(room: string): IDBKeyRange {
    return IDBKeyRange.bound([room], [room, []]);
}

async function newest(it: IDBTransaction, room: string): Promise<SegmentRow | null> {
    const cursor = await answer(it.objectStore("segments").openCursor(ofRoom(room), "prev"));
    return (cursor?.value as SegmentRow | undefined) ?? null;
}

function eventAt(it: IDBTransaction, room: string, segment: number, place: number): Promise<EventRow | undefined> {
    return answer(it.objectStore("events").get([room, segment, place]) as IDBRequest<EventRow | undefined>);
}

function placeOf(it: IDBTransaction, room: string, id: string): Promise<EventRow | undefined> {
    return answer(it.objectStore("events").index("id").get([room, id]) as IDBRequest<EventRow | undefined>);
}

async function tokenAt(it: IDBTransaction, room: string, at: { segment: number; place: number }): Promise<string | null> {
    const row = await answer(
        it.objectStore("tokens").index("place").get([room, at.segment, at.place]) as IDBRequest<TokenRow | undefined>,
    );
    return row?.token ?? null;
}

async function people(it: IDBTransaction, room: string, chunk: readonly Event[]): Promise<Event[]> {
    const users = new Set(chunk.map((event) => event.sender).filter((sender) => typeof sender === "string"));
    const found: Event[] = [];
    for (const user of users) {
        const row = await answer(it.objectStore("people").get([room, user]) as IDBRequest<{ event: Event } | undefined>);
        if (row) found.push(row.event);
    }
    return found;
}
