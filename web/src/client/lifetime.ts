/** How long messages of a room are shown. */
import type { Room } from "matrix-js-sdk";
import { lifetimeOf, RETENTION_TYPES } from "../model/lifetime.ts";

export function roomLifetime(room: Room): number | null {
    for (const type of RETENTION_TYPES) {
        const found = lifetimeOf(room.currentState.getStateEvents(type, "")?.getContent());
        if (found !== null) return found;
    }
    return null;
}
