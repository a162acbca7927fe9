/** Which person's card is open, from wherever it was asked for. */
import { Cell } from "../../model/store.ts";

export interface OpenCard {
    userId: string;
    /** The room in which the person was met. */
    roomId?: string;
}

export type Reported = { what: "person"; userId: string; name: string } | { what: "room"; roomId: string; name: string } | { what: "message"; roomId: string; eventId: string };

export const openCard = new Cell<OpenCard | null>(null);
export const reported = new Cell<Reported | null>(null);

export function showPerson(userId: string, roomId?: string): void {
    openCard.set({ userId, roomId });
}

/** Opens the report of a person, room or message; the report goes to the server's administrators. */
export function report(what: Reported): void {
    reported.set(what);
}
