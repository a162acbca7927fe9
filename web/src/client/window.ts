/** The part of a room's history that is held here: pages fetched from the server, and what the SDK holds as live. */
import { Direction, MatrixEvent, Method, type IEvent, type MatrixClient, type Room } from "matrix-js-sdk";
import { networkFetch } from "./network.ts";

/** A run of events without gaps; its tokens lead on at both ends. */
interface Page {
    events: MatrixEvent[];
    older: string | null;
    newer: string | null;
}

/** What a timeline draws its events from. */
export interface EventSource {
    events(): readonly MatrixEvent[];
    readonly hasOlder: boolean;
    /** There are newer messages than those held: the end of the list is not the end of the room. */
    readonly hasNewer: boolean;
    loadOlder(): Promise<void>;
    loadNewer(): Promise<void>;
    /** Lets go of what is far from where one reads. True if something went. */
    trim(end: "older" | "newer"): boolean;
    find(eventId: string): MatrixEvent | undefined;
}

const PAGE = 100;
/** More events than this are not held; a window is some 30 events high. */
export const HELD_MAX = 900;
const KEPT_AFTER_TRIM = 600;

export class RoomWindow implements EventSource {
    #pages: Page[] = [];
    /** The live events follow on the pages. */
    #joined = true;
    /** The first live event, before which the server has nothing more. */
    #noneBefore: string | null = null;

    constructor(
        private readonly client: MatrixClient,
        private readonly roomId: string,
    ) {}

    get hasOlder(): boolean {
        const page = this.#pages[0];
        if (page) return page.older !== null;
        const live = this.#live();
        if (!live || live.getPaginationToken(Direction.Backward) !== null) return live !== undefined;
        // What was kept on this device may begin without a token.
        const first = firstOf(live.getEvents());
        return first !== undefined && first.getType() !== "m.room.create" && first.getId() !== this.#noneBefore;
    }

    get hasNewer(): boolean {
        return !this.#joined;
    }

    events(): readonly MatrixEvent[] {
        const live = this.#joined ? (this.#live()?.getEvents() ?? []) : [];
        if (this.#pages.length === 0) return live;
        const known = new Set(live.map((event) => event.getId()));
        return [...this.#pages.flatMap((page) => page.events.filter((event) => !known.has(event.getId()))), ...live];
    }

    find(eventId: string): MatrixEvent | undefined {
        for (const page of this.#pages) {
            const found = page.events.find((event) => event.getId() === eventId);
            if (found) return found;
        }
        return this.#room()?.findEventById(eventId);
    }

    async loadOlder(): Promise<void> {
        const first = this.#pages[0];
        const live = this.#live();
        const token = first ? first.older : await this.#liveToken();
        if (token === null) return;
        const answer = await this.client.createMessagesRequest(this.roomId, token, PAGE, Direction.Backward);
        // The live events may have begun anew meanwhile: what is older than the former ones does not join these.
        if (this.#pages[0] !== first || (!first && this.#live() !== live)) return;
        const events = this.#mapped(answer.chunk, answer.state).reverse();
        this.#pages.unshift({ events, older: answer.end && answer.chunk.length > 0 ? answer.end : null, newer: token });
    }

    async loadNewer(): Promise<void> {
        const last = this.#pages.at(-1);
        if (this.#joined || !last) return;
        if (last.newer === null) return void (this.#joined = true);
        const answer = await this.client.createMessagesRequest(this.roomId, last.newer, PAGE, Direction.Forward);
        if (this.#pages.at(-1) !== last) return;
        const live = new Set(this.#live()?.getEvents().map((event) => event.getId()));
        const events = this.#mapped(answer.chunk, answer.state);
        const end = !answer.end || answer.end === last.newer || answer.chunk.length === 0;
        this.#pages.push({ events, older: last.newer, newer: end ? null : answer.end! });
        if (end || events.some((event) => live.has(event.getId()))) this.#joined = true;
    }

    /** Shows what is around this event. False if the server does not know it. */
    async jumpTo(eventId: string): Promise<boolean> {
        const path = `/_matrix/client/v3/rooms/${encodeURIComponent(this.roomId)}/context/${encodeURIComponent(eventId)}?limit=${PAGE}&filter=${encodeURIComponent('{"lazy_load_members":true}')}`;
        const response = await networkFetch(this.client.baseUrl + path, { headers: { Authorization: `Bearer ${this.client.getAccessToken()}` } });
        if (response.status === 404 || response.status === 403) return false;
        if (!response.ok) throw new TypeError(`no answer: ${response.status}`);
        const answer = (await response.json()) as ContextAnswer;
        if (!answer.event) return false;
        const raw = [...(answer.events_before ?? []).toReversed(), answer.event, ...(answer.events_after ?? [])];
        const events = this.#mapped(raw, answer.state ?? []);
        this.#pages = [{ events, older: answer.start ?? null, newer: answer.end ?? null }];
        const live = new Set(this.#live()?.getEvents().map((event) => event.getId()));
        this.#joined = answer.end === undefined || events.some((event) => live.has(event.getId()));
        return true;
    }

    /** Back to the newest: old pages are let go of. */
    toEnd(): void {
        this.#pages = [];
        this.#joined = true;
    }

    /** The SDK began its live events anew (a gap in what it was told): those from before are kept as a page. */
    liveWasReset(before: readonly MatrixEvent[], back: string | null, forward: string | null, keep: boolean): void {
        if (!keep || !this.#joined || forward === null) {
            if (!keep) this.toEnd();
            return;
        }
        const known = new Set(this.#pages.flatMap((page) => page.events));
        this.#pages.push({ events: before.filter((event) => !known.has(event)), older: back, newer: forward });
        this.#joined = false;
    }

    trim(end: "older" | "newer"): boolean {
        const count = this.#pages.reduce((sum, page) => sum + page.events.length, 0);
        if (count <= HELD_MAX) return false;
        let held = count;
        while (held > KEPT_AFTER_TRIM && this.#pages.length > 1) {
            const page = end === "older" ? this.#pages.shift()! : this.#pages.pop()!;
            held -= page.events.length;
            if (end === "newer") this.#joined = false;
        }
        return held < count;
    }

    /** Where the live events begin; the server tells, where it is not known here. */
    async #liveToken(): Promise<string | null> {
        const live = this.#live();
        const known = live?.getPaginationToken(Direction.Backward) ?? null;
        const first = live && firstOf(live.getEvents());
        if (known !== null || !live || !first || !this.hasOlder) return known;
        const path = `/rooms/${encodeURIComponent(this.roomId)}/context/${encodeURIComponent(first.getId()!)}`;
        const { start } = await this.client.http.authedRequest<{ start?: string }>(Method.Get, path, { limit: "0" });
        if (this.#live() !== live) return null;
        this.#noneBefore = first.getId()!;
        live.setPaginationToken(start ?? null, Direction.Backward);
        return start ?? null;
    }

    #room(): Room | null {
        return this.client.getRoom(this.roomId);
    }

    #live() {
        return this.#room()?.getLiveTimeline();
    }

    #mapped(raw: readonly Partial<IEvent>[], state: readonly Partial<IEvent>[] = []): MatrixEvent[] {
        const map = this.client.getEventMapper();
        if (state.length > 0) this.#room()?.currentState.setUnknownStateEvents(state.map((one) => map(one)));
        const events: MatrixEvent[] = [];
        for (const one of raw) {
            // One event that cannot be read must not take its page with it.
            try {
                if (typeof one?.event_id === "string") events.push(map({ ...one, room_id: this.roomId }));
            } catch {
                continue;
            }
        }
        return events;
    }
}

function firstOf(events: readonly MatrixEvent[]): MatrixEvent | undefined {
    return events.find((event) => event.getId() && !event.status);
}

interface ContextAnswer {
    event?: IEvent;
    events_before?: IEvent[];
    events_after?: IEvent[];
    state?: IEvent[];
    start?: string;
    end?: string;
}

/** The messages of one thread, with its first one at the top. */
export class ThreadWindow implements EventSource {
    readonly hasNewer = false;
    #root: MatrixEvent | undefined;

    constructor(
        private readonly client: MatrixClient,
        private readonly roomId: string,
        readonly rootId: string,
    ) {}

    get hasOlder(): boolean {
        return this.#thread()?.liveTimeline.getPaginationToken(Direction.Backward) != null;
    }

    /** Makes the thread known to the SDK, which then fetches its messages. */
    async open(): Promise<void> {
        const room = this.client.getRoom(this.roomId);
        if (!room) return;
        this.#root = room.findEventById(this.rootId);
        if (!this.#root) {
            const raw = await this.client.fetchRoomEvent(this.roomId, this.rootId).catch(() => null);
            if (raw) this.#root = this.client.getEventMapper()({ ...raw, room_id: this.roomId });
        }
        if (!room.getThread(this.rootId) && this.#root) room.createThread(this.rootId, this.#root, [], false);
    }

    events(): readonly MatrixEvent[] {
        const thread = this.#thread();
        const events = thread?.events ?? [];
        const root = thread?.rootEvent ?? this.#root;
        return root && !events.some((event) => event.getId() === this.rootId) ? [root, ...events] : events;
    }

    find(eventId: string): MatrixEvent | undefined {
        return this.#thread()?.findEventById(eventId) ?? this.client.getRoom(this.roomId)?.findEventById(eventId);
    }

    async loadOlder(): Promise<void> {
        const thread = this.#thread();
        if (thread) await this.client.paginateEventTimeline(thread.liveTimeline, { backwards: true, limit: PAGE });
    }

    async loadNewer(): Promise<void> {}

    trim(): boolean {
        return false;
    }

    #thread() {
        return this.client.getRoom(this.roomId)?.getThread(this.rootId) ?? null;
    }
}
