/** How long messages of a room are shown. */
import { Method, type MatrixClient, type Room } from "matrix-js-sdk";
import { effectiveLifetime, lifetimeOf, NO_LIFETIMES, RETENTION_TYPES, serverLifetimesOf, type ServerLifetimes } from "../model/lifetime.ts";
import { Cell } from "../model/store.ts";

/** What the server says for all rooms; nothing until it has answered. */
export const serverLifetimes = new Cell<ServerLifetimes>(NO_LIFETIMES);

/** Asks the server. One that has no such page, or does not answer, changes nothing. */
export async function askLifetimes(client: MatrixClient): Promise<void> {
    const path = "/org.matrix.msc1763/retention/configuration";
    const answer = await client.http.authedRequest<unknown>(Method.Get, path, undefined, undefined, { prefix: "/_matrix/client/unstable" }).catch(() => null);
    if (answer === null) return;
    const found = serverLifetimesOf(answer);
    if (JSON.stringify(found) !== JSON.stringify(serverLifetimes.getSnapshot())) serverLifetimes.set(found);
}

/** What the room itself says. The first of the two events that is there counts, as it does for the server. */
export function ownLifetime(room: Room): number | null {
    for (const type of RETENTION_TYPES) {
        const event = room.currentState.getStateEvents(type, "");
        if (event && !event.isRedacted()) return lifetimeOf(event.getContent());
    }
    return null;
}

/** What holds in it. */
export function roomLifetime(room: Room): number | null {
    return effectiveLifetime(ownLifetime(room), serverLifetimes.getSnapshot());
}
