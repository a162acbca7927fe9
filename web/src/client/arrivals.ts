/** Messages that come in while the client is open, judged by the rules of the account. */
import { RoomEvent, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import type { Arriving } from "../model/notify.ts";
import { notifyLevel } from "./notifyLevel.ts";
import { serverNow } from "./now.ts";
import { previewOf } from "./preview.ts";
import { isMarked, priorityOf } from "./priority.ts";

/** What is older is not news: it was missed while this device was off. */
const NEWS_MS = 10 * 60 * 1000;
const KNOWN_MAX = 500;

export class Arrivals {
    readonly #listeners = new Set<(one: Arriving) => void>();
    readonly #known = new Set<string>();

    constructor(
        private readonly client: MatrixClient,
        private readonly isDirect: (roomId: string) => boolean,
    ) {}

    start(): void {
        this.client.on(RoomEvent.Timeline, (event, room, toStart, removed, data) => {
            if (!room || toStart || removed || !data.liveEvent) return;
            void this.#judge(event, room);
        });
    }

    /** Calls `listener` for each until the returned function is called. */
    follow(listener: (one: Arriving) => void): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    async #judge(event: MatrixEvent, room: Room): Promise<void> {
        const me = this.client.getSafeUserId();
        const eventId = event.getId();
        const sender = event.getSender();
        if (!eventId || !sender || sender === me || this.#known.has(eventId) || serverNow() - event.getTs() > NEWS_MS) return;
        this.#known.add(eventId);
        if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.values().next().value!);
        await this.client.decryptEventIfNeeded(event).catch(() => undefined);
        const preview = previewOf(event, me, room);
        if (!preview) return;
        // The rules are asked anew: before it was opened, nobody could know whom it mentions.
        const actions = this.client.getPushActionsForEvent(event, true);
        const notify = actions?.notify === true;
        const one: Arriving = {
            roomId: room.roomId,
            roomName: cleanName(room.name, localpart(room.roomId)),
            eventId,
            sender: { id: sender, name: cleanName(room.getMember(sender)?.name, localpart(sender)) },
            direct: this.isDirect(room.roomId),
            preview,
            notify,
            highlight: actions?.tweaks?.highlight === true,
            // Whoever wants to hear nothing of a room hears nothing of it.
            priority: priorityOf(room, event) !== null && (notify || isMarked(event)) && notifyLevel(this.client, room.roomId) !== "none",
        };
        for (const listener of this.#listeners) listener(one);
    }
}
