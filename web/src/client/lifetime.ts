/** How long messages of a room are shown. */
import type { Room } from "matrix-js-sdk";
import { lifetimeOf, RETENTION_TYPES } from "../model/lifetime.ts";

/** The first of the two events that is there counts, as it does for the server. */
export function roomLifetime(room: Room): number | null {
    for (const type of RETENTION_TYPES) {
        const event = room.currentState.getStateEvents(type, "");
        if (event && !event.isRedacted()) return lifetimeOf(event.getContent());
    }
    return null;
}
