/** How one came out of a room without wanting to: the server tells it once, with the membership itself. */
import type { MatrixClient } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";

export interface Parted {
    room: string;
    how: "closed" | "removed" | "banned";
    /** Who did it; not said of a room that was closed. */
    by: string;
    reason: string;
}

/** The reason that the server gives, in the name of who leaves. */
const ROOM_CLOSED = "This room was closed.";

/** Null where one left by oneself, or where it is not known here. */
export function howParted(client: MatrixClient, roomId: string): Parted | null {
    const room = client.getRoom(roomId);
    const me = client.getSafeUserId();
    const event = room?.getMember(me)?.events.member;
    const membership = room?.getMyMembership();
    if (!room || !event || (membership !== "leave" && membership !== "ban")) return null;
    // An invitation that was taken back, or a knock that was turned down: one never was in it.
    const { membership: before } = event.getPrevContent();
    if (before === "invite" || before === "knock") return null;
    const { reason: given } = event.getContent();
    const reason = typeof given === "string" ? given.trim() : "";
    const sender = event.getSender() ?? "";
    const own = sender === me;
    if (own && reason !== ROOM_CLOSED) return null;
    const how = own ? "closed" : membership === "ban" ? "banned" : "removed";
    return { room: cleanName(room.name, localpart(roomId)), how, by: cleanName(room.getMember(sender)?.name, localpart(sender)), reason };
}
