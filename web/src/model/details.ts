/** A room as its details and settings show it. */
import type { Powers, Role } from "./powers.ts";

export type JoinRule = "invite" | "knock" | "public" | "restricted" | "knock_restricted" | "other";
export type History = "joined" | "invited" | "shared" | "world_readable";
export type Presence = "here" | "away" | null;

export interface RoomDetails {
    id: string;
    name: string;
    /** As it is set, without what is shown where nothing is. */
    ownName: string;
    topic: string;
    avatar: string | null;
    isSpace: boolean;
    encrypted: boolean;
    powers: Powers;
    /** As the event has it, to be changed and sent back. */
    powersContent: Readonly<Record<string, unknown>>;
    joinRule: JoinRule;
    /** Spaces whose members may join. */
    allowed: readonly string[];
    history: History;
    /** How long messages live, in milliseconds; null: the room does not limit it. */
    lifetime: number | null;
    guests: boolean;
    alias: string | null;
    otherAliases: readonly string[];
    version: string;
    /** The room that took its place. */
    successor: string | null;
    pinned: readonly string[];
    /** Who asks to be let in. */
    knocks: readonly Member[];
    /** Counted by the server. */
    members: number;
}

export interface Member {
    id: string;
    name: string;
    avatar: string | null;
    membership: "join" | "invite" | "ban" | "knock";
    role: Role;
    level: number;
    presence: Presence;
    reason: string | null;
}

const ROLES: readonly Role[] = ["owner", "administrator", "moderator", "member", "reader"];

/** By role, then who is here, then by name. */
export function compareMembers(a: Member, b: Member): number {
    return ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || seen(a) - seen(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1);
}

function seen(member: Member): number {
    return member.presence === "here" ? 0 : member.presence === "away" ? 1 : 2;
}
