/**
 * Reads encrypted rooms into the index: what arrives, and slowly what was before. Nothing of it leaves this device.
 */
import { MatrixEventEvent, RoomEvent, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import type { RoomProgress } from "../../model/indexMessages.ts";
import type { HitKind, SearchDoc } from "../../model/search.ts";
import { idle } from "../../model/idle.ts";
import { coalesce, Store } from "../../model/store.ts";
import { messageContent } from "../convert.ts";
import { readPage } from "../pages.ts";
import type { LocalIndex } from "./localIndex.ts";

export interface IndexView {
    /** Rooms are being read. */
    reading: boolean;
    /** How many messages can be found. */
    size: number;
    /** Every encrypted room was read back to here; 0 where all were read from their beginning. */
    since: number;
    /** There is more further back. */
    older: boolean;
}

const DAY_MS = 24 * 3600 * 1000;
const HORIZON_MS = 60 * DAY_MS;
const PAGE = 100;
const PAUSE_MS = 250;
const LATEST_MS = 2_000;
const NOTHING: RoomProgress = { from: null, oldest: Number.POSITIVE_INFINITY, newest: 0, complete: false };

const KINDS: Record<string, HitKind> = { image: "picture", video: "picture", audio: "voice", voice: "voice", file: "file" };

/** A message as the index keeps it; null for what has no words. */
export function docOf(event: MatrixEvent): SearchDoc | null {
    const id = event.getId();
    const sender = event.getSender();
    const room = event.getRoomId();
    if (!id || !sender || !room || event.isState() || event.isRedacted() || event.isDecryptionFailure()) return null;
    const relation = event.getRelation();
    const replaced = relation?.rel_type === "m.replace" ? relation.event_id : undefined;
    const content = event.getContent();
    const poll = (content["m.poll"] ?? content["org.matrix.msc3381.poll.start"]) as { question?: Record<string, unknown> } | undefined;
    if (poll) {
        const question = poll.question?.["m.text"] ?? poll.question?.["org.matrix.msc1767.text"];
        const words = Array.isArray(question) ? (question[0] as { body?: unknown } | undefined)?.body : question;
        return typeof words === "string" ? { id, room, sender, at: event.getTs(), text: words, kind: "poll", edit: 0 } : null;
    }
    if (event.getType() !== "m.room.message") return null;
    const message = messageContent(((replaced && content["m.new_content"]) || content) as Record<string, unknown>);
    const about = { id: replaced ?? id, room, sender, at: event.getTs(), edit: replaced ? event.getTs() : 0 };
    if (message.type === "text" || message.type === "location") return message.body ? { ...about, text: message.body, kind: "text" } : null;
    if ("file" in message && message.type !== "sticker") {
        const caption = "caption" in message && message.caption ? `${message.caption}\n` : "";
        return { ...about, text: caption + message.file.name, kind: KINDS[message.type] ?? "file" };
    }
    return null;
}

export class Feeder extends Store<IndexView> {
    #rooms: Record<string, RoomProgress> = {};
    #docs: SearchDoc[] = [];
    #gone: string[] = [];
    #stopped = false;
    #busy = false;
    readonly #soon = coalesce(() => void this.#flush(), 500);

    constructor(
        private readonly client: MatrixClient,
        private readonly index: LocalIndex,
    ) {
        super({ reading: false, size: 0, since: 0, older: false });
    }

    async start(key: CryptoKey): Promise<void> {
        const { size, rooms } = await this.index.open(key);
        this.#rooms = rooms;
        this.set({ ...this.getSnapshot(), size });
        this.client.on(RoomEvent.Timeline, this.#arrived);
        this.client.on(MatrixEventEvent.Decrypted, this.#opened);
        this.client.on(RoomEvent.Redaction, this.#deleted);
        this.client.on(RoomEvent.MyMembership, this.#left);
        await this.read(Date.now() - HORIZON_MS);
    }

    stop(): void {
        this.#stopped = true;
        this.client.off(RoomEvent.Timeline, this.#arrived);
        this.client.off(MatrixEventEvent.Decrypted, this.#opened);
        this.client.off(RoomEvent.Redaction, this.#deleted);
        this.client.off(RoomEvent.MyMembership, this.#left);
    }

    /** Reads every encrypted room back to `until`, the newest rooms first. */
    async read(until: number): Promise<void> {
        if (this.#busy || this.#stopped) return;
        this.#busy = true;
        this.set({ ...this.getSnapshot(), reading: true });
        for (const room of this.#encrypted()) {
            if (this.#stopped) break;
            // A room that cannot be read now is read the next time.
            await this.#readRoom(room, until).catch(() => undefined);
        }
        await this.#flush();
        this.#busy = false;
        this.set({ ...this.getSnapshot(), reading: false, ...this.#reach() });
    }

    /** One step further back, for who looks for something old. */
    async older(): Promise<void> {
        const { since } = this.getSnapshot();
        await this.read((since || Date.now()) - 2 * HORIZON_MS);
    }

    #encrypted(): Room[] {
        return this.client
            .getRooms()
            .filter((room) => room.getMyMembership() === "join" && room.hasEncryptionStateEvent())
            .sort((a, b) => b.getLastActiveTimestamp() - a.getLastActiveTimestamp());
    }

    async #readRoom(room: Room, until: number): Promise<void> {
        let progress = this.#rooms[room.roomId] ?? NOTHING;
        // First from the newest message to what is known; then further back from where it ended.
        if (progress.newest === 0 || room.getLastActiveTimestamp() > progress.newest) progress = await this.#catchUp(room, progress, until);
        while (!progress.complete && progress.from !== null && progress.oldest > until && !this.#stopped) {
            const page = await this.#page(room, progress.from);
            progress = { ...progress, from: page.next, complete: page.next === null, oldest: Math.min(progress.oldest, page.oldest) };
            await this.#keep(room.roomId, progress);
        }
    }

    async #catchUp(room: Room, before: RoomProgress, until: number): Promise<RoomProgress> {
        let newest = before.newest;
        let oldest = Number.POSITIVE_INFINITY;
        let from: string | null = null;
        for (;;) {
            const page: { next: string | null; oldest: number; newest: number } = await this.#page(room, from);
            newest = Math.max(newest, page.newest);
            oldest = Math.min(oldest, page.oldest);
            from = page.next;
            const met = before.newest > 0 && page.oldest <= before.newest;
            if (met || from === null || oldest <= until || this.#stopped) {
                // What was known before goes on where it ended, unless a gap was left between.
                const progress = met
                    ? { ...before, newest, oldest: Math.min(before.oldest, oldest) }
                    : { from, newest, oldest, complete: from === null };
                await this.#keep(room.roomId, progress);
                return progress;
            }
        }
    }

    async #page(room: Room, from: string | null): Promise<{ next: string | null; oldest: number; newest: number }> {
        const { events, next } = await readPage(this.client, room.roomId, from, PAGE);
        for (const event of events) this.#take(event);
        await this.#flush();
        // Others want the device too.
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        await idle(LATEST_MS);
        const times = events.map((event) => event.getTs());
        return { next, oldest: Math.min(...times, Number.POSITIVE_INFINITY), newest: Math.max(...times, 0) };
    }

    async #keep(room: string, progress: RoomProgress): Promise<void> {
        // Numbers without end have no place in JSON.
        const kept = { ...progress, oldest: Number.isFinite(progress.oldest) ? progress.oldest : Date.now() };
        this.#rooms[room] = kept;
        await this.index.progress(room, kept);
        this.set({ ...this.getSnapshot(), ...this.#reach() });
    }

    /** How far back all rooms were read. Asked after each page: it must not look at thousands of rooms of the SDK. */
    #reach(): { since: number; older: boolean } {
        const unfinished = Object.values(this.#rooms).filter((one) => !one.complete && one.newest > 0);
        return { since: unfinished.length === 0 ? 0 : Math.max(...unfinished.map((one) => one.oldest)), older: unfinished.length > 0 };
    }

    readonly #arrived = (event: MatrixEvent, room: Room | undefined): void => {
        if (!room?.hasEncryptionStateEvent() || event.status !== null) return;
        if (event.isBeingDecrypted() || event.getType() === "m.room.encrypted") return;
        this.#take(event);
    };

    readonly #opened = (event: MatrixEvent): void => this.#take(event);

    readonly #deleted = (event: MatrixEvent): void => {
        const id = event.event.redacts ?? (event.getContent().redacts as string | undefined);
        if (!id) return;
        this.#gone.push(id);
        this.#soon();
    };

    readonly #left = (room: Room, membership: string): void => {
        if (membership !== "leave" && membership !== "ban") return;
        delete this.#rooms[room.roomId];
        void this.index.forgetRoom(room.roomId).catch(() => undefined);
    };

    #take(event: MatrixEvent): void {
        if (!event.isEncrypted()) return;
        if (event.isRedacted()) {
            const id = event.getId();
            if (id) this.#gone.push(id);
            return this.#soon();
        }
        const doc = docOf(event);
        if (!doc) return;
        this.#docs.push(doc);
        this.#soon();
    }

    async #flush(): Promise<void> {
        if (this.#docs.length + this.#gone.length === 0) return;
        const docs = this.#docs;
        const gone = this.#gone;
        this.#docs = [];
        this.#gone = [];
        try {
            const { size } = await this.index.add(docs, gone);
            this.set({ ...this.getSnapshot(), size });
        } catch {
            // They are read again with the room.
        }
    }
}
