/** Leaving a room, and letting go of what stands for it. */
import type { MatrixClient } from "matrix-js-sdk";
import { asked } from "./asked.ts";

export class LeftRooms {
    constructor(private readonly client: MatrixClient) {}

    /** Leaves, and takes the room off the list of direct conversations. */
    async leave(roomId: string): Promise<void> {
        await asked(() => this.client.leave(roomId));
        const all = (this.client.getAccountData("m.direct" as never)?.getContent() ?? {}) as Record<string, unknown>;
        const rest: Record<string, unknown> = {};
        let changed = false;
        for (const [userId, rooms] of Object.entries(all)) {
            const kept = Array.isArray(rooms) ? rooms.filter((one) => one !== roomId) : rooms;
            if (Array.isArray(rooms) && Array.isArray(kept) && kept.length < rooms.length) changed = true;
            rest[userId] = kept;
        }
        // The room is left even when this is not kept.
        if (changed) await this.client.setAccountData("m.direct" as never, rest as never).catch(() => undefined);
    }
}
