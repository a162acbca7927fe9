/** Files and pictures of a room, newest first; looks further back when asked. */
import { RoomEvent, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import type { FileInfo, Person } from "../model/timeline.ts";
import { Store } from "../model/store.ts";
import { messageContent, personOf } from "./convert.ts";
import { readPage } from "./pages.ts";

export interface RoomFile {
    eventId: string;
    kind: "image" | "video" | "audio" | "voice" | "file";
    file: FileInfo;
    sender: Person;
    at: number;
}

export interface FilesView {
    files: readonly RoomFile[];
    looking: boolean;
    /** There may be more further back. */
    older: boolean;
}

const WANTED_AT_ONCE = 20;
const PAGES_AT_ONCE = 8;

export function fileIn(room: Room, event: MatrixEvent): RoomFile | null {
    if (event.isRedacted() || event.getType() !== "m.room.message" || event.getRelation()?.rel_type === "m.replace") return null;
    const content = messageContent(event.getContent());
    const eventId = event.getId();
    if (!("file" in content) || content.type === "sticker" || !eventId) return null;
    return { eventId, kind: content.type, file: content.file, sender: personOf(room, event.getSender() ?? ""), at: event.getTs() };
}

export class RoomFiles extends Store<FilesView> {
    #next: string | null = null;
    #begun = false;
    readonly #live = (event: MatrixEvent, room: Room | undefined, toStart: boolean | undefined): void => {
        if (room?.roomId !== this.roomId || toStart) return;
        const file = fileIn(room, event);
        const view = this.getSnapshot();
        if (file && !view.files.some((one) => one.eventId === file.eventId)) this.set({ ...view, files: [file, ...view.files] });
    };

    constructor(
        private readonly client: MatrixClient,
        readonly roomId: string,
    ) {
        super({ files: [], looking: false, older: true });
    }

    protected override onWatched(): void {
        this.client.on(RoomEvent.Timeline, this.#live);
        if (!this.#begun) void this.older();
    }

    protected override onUnwatched(): void {
        this.client.off(RoomEvent.Timeline, this.#live);
    }

    async older(): Promise<void> {
        const room = this.client.getRoom(this.roomId);
        const view = this.getSnapshot();
        if (!room || view.looking || !view.older) return;
        this.set({ ...view, looking: true });
        const wanted = view.files.length + WANTED_AT_ONCE;
        let older = true;
        try {
            for (let count = 0; count < PAGES_AT_ONCE && older && this.getSnapshot().files.length < wanted; count++) {
                const page = await readPage(this.client, this.roomId, this.#next);
                this.#begun = true;
                this.#next = page.next;
                older = page.next !== null;
                this.#take(room, page.events);
            }
        } catch {
            // What is known is shown; asked again at the next press.
        }
        this.set({ ...this.getSnapshot(), looking: false, older });
    }

    #take(room: Room, events: readonly MatrixEvent[]): void {
        const view = this.getSnapshot();
        const known = new Set(view.files.map((one) => one.eventId));
        const found = events.flatMap((event) => fileIn(room, event) ?? []).filter((one) => !known.has(one.eventId));
        if (found.length > 0) this.set({ ...view, files: [...view.files, ...found].sort((a, b) => b.at - a.at) });
    }
}
