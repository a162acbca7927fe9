/** Marks that only oneself sees: favourite, low priority, unread. */
import type { MatrixClient } from "matrix-js-sdk";
import { asked } from "./asked.ts";

const FAVOURITE = "m.favourite";
const LOW = "m.lowpriority";

export class RoomMarks {
    constructor(private readonly client: MatrixClient) {}

    async favourite(roomId: string, is: boolean): Promise<void> {
        await this.#tag(roomId, FAVOURITE, is);
        if (is) await this.#tag(roomId, LOW, false);
    }

    async low(roomId: string, is: boolean): Promise<void> {
        await this.#tag(roomId, LOW, is);
        if (is) await this.#tag(roomId, FAVOURITE, false);
    }

    async unread(roomId: string, unread: boolean): Promise<void> {
        await asked(() => this.client.setRoomAccountData(roomId, "m.marked_unread" as never, { unread } as never));
    }

    async #tag(roomId: string, tag: string, is: boolean): Promise<void> {
        const has = tag in (this.client.getRoom(roomId)?.tags ?? {});
        if (has === is) return;
        await asked(() => (is ? this.client.setRoomTag(roomId, tag, { order: 0.5 }) : this.client.deleteRoomTag(roomId, tag)));
    }
}
