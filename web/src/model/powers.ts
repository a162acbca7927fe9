/** Who may do what in a room: levels as the room keeps them, and the roles that people know. */

export interface Powers {
    users: Readonly<Record<string, number>>;
    usersDefault: number;
    events: Readonly<Record<string, number>>;
    eventsDefault: number;
    stateDefault: number;
    invite: number;
    kick: number;
    ban: number;
    redact: number;
    notifyRoom: number;
    /** In newer rooms those who made the room stand above all levels. */
    creators: readonly string[];
}

export type Role = "owner" | "administrator" | "moderator" | "member" | "reader";

/** What a room lets people do, by who: each has its place in the content of `m.room.power_levels`. */
export type Act =
    | "write"
    | "invite"
    | "remove"
    | "ban"
    | "delete"
    | "notifyAll"
    | "name"
    | "topic"
    | "avatar"
    | "pin"
    | "history"
    | "lifetime"
    | "access"
    | "encryption"
    | "aliases"
    | "children"
    | "roles"
    | "upgrade"
    | "guests";

const EVENTS: Partial<Record<Act, string>> = {
    name: "m.room.name",
    topic: "m.room.topic",
    avatar: "m.room.avatar",
    pin: "m.room.pinned_events",
    history: "m.room.history_visibility",
    lifetime: "m.room.retention",
    access: "m.room.join_rules",
    encryption: "m.room.encryption",
    aliases: "m.room.canonical_alias",
    children: "m.space.child",
    roles: "m.room.power_levels",
    upgrade: "m.room.tombstone",
    guests: "m.room.guest_access",
};

/** Acts whose level people may set, in the order of the page. */
export const SETTABLE: readonly Act[] = ["write", "invite", "remove", "ban", "delete", "notifyAll", "pin", "name", "topic", "avatar", "aliases", "access", "history", "lifetime", "encryption", "roles"];
export const SETTABLE_IN_SPACE: readonly Act[] = ["children", "invite", "remove", "ban", "name", "topic", "avatar", "aliases", "access", "history", "roles"];

export const MODERATOR = 50;
export const ADMINISTRATOR = 100;

type Content = Readonly<Record<string, unknown>>;

const record = (value: unknown): Content => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Content) : {});

/** Levels are whole numbers; older rooms also hold them as text. */
function level(value: unknown, fallback: number): number {
    const number = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isSafeInteger(number) ? number : fallback;
}

function levels(value: unknown): Record<string, number> {
    const found: Record<string, number> = {};
    for (const [key, one] of Object.entries(record(value))) {
        const number = level(one, Number.NaN);
        if (!Number.isNaN(number)) found[key] = number;
    }
    return found;
}

/** `content` is null where the room has no such event: then the defaults of the specification hold. */
export function powersOf(content: Content | null, creator: string | null, creators: readonly string[]): Powers {
    if (content === null) {
        return { ...powersOf({}, null, creators), users: creator && creators.length === 0 ? { [creator]: ADMINISTRATOR } : {}, stateDefault: 0 };
    }
    return {
        users: levels(content.users),
        usersDefault: level(content.users_default, 0),
        events: levels(content.events),
        eventsDefault: level(content.events_default, 0),
        stateDefault: level(content.state_default, 50),
        invite: level(content.invite, 0),
        kick: level(content.kick, 50),
        ban: level(content.ban, 50),
        redact: level(content.redact, 50),
        notifyRoom: level(record(content.notifications).room, 50),
        creators,
    };
}

export function levelOf(powers: Powers, userId: string): number {
    if (powers.creators.includes(userId)) return Number.POSITIVE_INFINITY;
    return Object.hasOwn(powers.users, userId) ? powers.users[userId]! : powers.usersDefault;
}

export function needed(powers: Powers, act: Act): number {
    switch (act) {
        case "write":
            return powers.events["m.room.message"] ?? powers.eventsDefault;
        case "invite":
            return powers.invite;
        case "remove":
            return powers.kick;
        case "ban":
            return powers.ban;
        case "delete":
            return powers.redact;
        case "notifyAll":
            return powers.notifyRoom;
        default:
            return powers.events[EVENTS[act]!] ?? powers.stateDefault;
    }
}

export function may(powers: Powers, userId: string, act: Act): boolean {
    return levelOf(powers, userId) >= needed(powers, act);
}

export function roleOf(powers: Powers, userId: string): Role {
    const own = levelOf(powers, userId);
    return own === Number.POSITIVE_INFINITY ? "owner" : roleAt(powers, own);
}

export function roleAt(powers: Powers, own: number): Role {
    if (own >= ADMINISTRATOR) return "administrator";
    if (own >= MODERATOR) return "moderator";
    return own < needed(powers, "write") ? "reader" : "member";
}

/** A level that none of the usual roles has: it is kept, and shown with its number. */
export function isCustom(powers: Powers, own: number): boolean {
    return Number.isFinite(own) && own !== ADMINISTRATOR && own !== MODERATOR && own !== 0 && own !== powers.usersDefault;
}

/** Acts on people work on those who stand below. */
export function mayActOn(powers: Powers, me: string, other: string, act: "remove" | "ban"): boolean {
    return me !== other && may(powers, me, act) && levelOf(powers, me) > levelOf(powers, other);
}

/** Levels that `me` may give to `other`; none where nothing may be changed. */
export function mayGive(powers: Powers, me: string, other: string, wanted: number): boolean {
    const own = levelOf(powers, me);
    if (!may(powers, me, "roles") || powers.creators.includes(other) || wanted > own) return false;
    return me === other || levelOf(powers, other) < own;
}

/** The content with another level for one person; all else stays as it is. */
export function withLevel(content: Content, userId: string, wanted: number): Record<string, unknown> {
    const users = { ...record(content.users) };
    if (wanted === level(content.users_default, 0)) delete users[userId];
    else users[userId] = wanted;
    return { ...content, users };
}

/** The content with another level for one act; all else stays as it is. */
export function withNeeded(content: Content, act: Act, wanted: number): Record<string, unknown> {
    switch (act) {
        case "write":
            if (Object.hasOwn(record(content.events), "m.room.message")) break;
            return { ...content, events_default: wanted };
        case "invite":
        case "ban":
            return { ...content, [act]: wanted };
        case "remove":
            return { ...content, kick: wanted };
        case "delete":
            return { ...content, redact: wanted };
        case "notifyAll":
            return { ...content, notifications: { ...record(content.notifications), room: wanted } };
    }
    const type = act === "write" ? "m.room.message" : EVENTS[act]!;
    return { ...content, events: { ...record(content.events), [type]: wanted } };
}

/** How many could still give roles if this person's level were `wanted`: a room without any cannot be governed again. */
export function governors(powers: Powers, without: string, wanted: number): number {
    const needs = needed(powers, "roles");
    const others = Object.entries(powers.users).filter(([id, own]) => id !== without && own >= needs).length;
    return powers.creators.length + others + (wanted >= needs ? 1 : 0);
}
