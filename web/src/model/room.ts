/** A room as the list shows it. */
import type { Priority } from "./timeline.ts";

export type Preview =
    | { kind: "text"; sender: string; own: boolean; text: string }
    | { kind: "image" | "file" | "video" | "voice" | "audio" | "poll" | "location" | "sticker"; sender: string; own: boolean }
    | { kind: "locked" | "deleted"; sender: string; own: boolean };

export interface RoomSummary {
    id: string;
    name: string;
    kind: "room" | "person";
    /** The other person of a direct message. */
    person: string | null;
    avatar: string | null;
    membership: "join" | "invite";
    inviter: { id: string; name: string } | null;
    encrypted: boolean;
    /** People who ask to be let in, for who may let them in. */
    knocks: number;
    members: number;
    unread: number;
    mentions: number;
    /** Marked by hand as unread. */
    marked: boolean;
    muted: boolean;
    favourite: boolean;
    low: boolean;
    /** A priority message waits to be read. */
    priority: Priority | null;
    lastAt: number;
    preview: Preview | null;
    typing: readonly string[];
    isSpace: boolean;
    /** The room that took its place. */
    successor?: string | null;
    /** Its messages disappear. */
    fleeting?: boolean;
    /** As the last visit left it: the room itself is not read yet. */
    early?: boolean;
}

export type ListFilter = "all" | "unread" | "mentions" | "people";

export function isUnread(room: RoomSummary): boolean {
    return room.mentions > 0 || !!room.priority || room.marked || (room.unread > 0 && !room.muted);
}

/** Both look the same in the list. */
export function sameRoom(a: RoomSummary | undefined, b: RoomSummary): boolean {
    return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** Invitations first, then favourites, then by time; what has low priority comes last. */
export function compareRooms(a: RoomSummary, b: RoomSummary): number {
    return rank(a) - rank(b) || b.lastAt - a.lastAt || (a.id < b.id ? -1 : 1);
}

function rank(room: RoomSummary): number {
    if (room.membership === "invite") return 0;
    if (room.priority) return 1;
    if (room.favourite) return 2;
    return room.low ? 4 : 3;
}

/** `inside` holds the rooms of the chosen space; invitations are shown in any. */
export function filterRooms(rooms: readonly RoomSummary[], filter: ListFilter, words: string, inside: ReadonlySet<string> | null = null): RoomSummary[] {
    const wanted = fold(words).split(/\s+/).filter(Boolean);
    const joined = new Set(rooms.map((room) => (room.membership === "join" ? room.id : "")));
    return rooms.filter((room) => {
        // Who is in the new room no longer needs the old one in the list.
        if (room.successor && joined.has(room.successor)) return false;
        if (room.isSpace && room.membership !== "invite") return false;
        if (inside && room.membership !== "invite" && !inside.has(room.id)) return false;
        if (filter === "unread" && !isUnread(room) && room.membership !== "invite") return false;
        if (filter === "mentions" && room.mentions === 0) return false;
        if (filter === "people" && room.kind !== "person") return false;
        if (wanted.length === 0) return true;
        const name = fold(room.name);
        return wanted.every((word) => name.includes(word));
    });
}

export type ListRow = { row: "room"; room: RoomSummary } | { row: "section"; section: "favourites" | "recent" | "low" };

/** Rooms with a line above each part, where there is more than one. Rooms come sorted. */
export function sectionsOf(rooms: readonly RoomSummary[]): ListRow[] {
    const part = (room: RoomSummary): "favourites" | "recent" | "low" => {
        if (room.membership === "invite" || room.priority) return "recent";
        return room.favourite ? "favourites" : room.low ? "low" : "recent";
    };
    const several = rooms.some((room) => part(room) !== "recent");
    const rows: ListRow[] = [];
    let before: string | null = null;
    for (const room of rooms) {
        const now = part(room);
        if (several && now !== before) rows.push({ row: "section", section: now });
        before = now;
        rows.push({ row: "room", room });
    }
    return rows;
}

/** Without case and accents: "zurich" finds "Zürich". */
export function fold(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Number of conversations with something unread: the badge on the rail. */
export function unreadConversations(rooms: readonly RoomSummary[]): number {
    return rooms.filter((room) => !room.isSpace && (room.membership === "invite" || isUnread(room))).length;
}
