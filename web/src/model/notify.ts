/** What is told, how loud, and when not. Pure. */
import type { Preview } from "./room.ts";

/** A message that came in just now. */
export interface Arriving {
    roomId: string;
    roomName: string;
    eventId: string;
    sender: { id: string; name: string };
    direct: boolean;
    preview: Preview | null;
    /** The rules of the account tell it; `highlight` for mentions and keywords. */
    notify: boolean;
    highlight: boolean;
    /** Goes to everybody in the room from somebody who may do that, or carries the mark of priority. */
    priority: boolean;
}

/** Kept for the account, so that all devices are quiet together. */
export interface QuietHours {
    on: boolean;
    /** `HH:MM`, this device's time. */
    from: string;
    to: string;
    /** Quiet by hand until then, in milliseconds; 0 for not. */
    until: number;
}

export const QUIET_DEFAULT: QuietHours = { on: false, from: "22:00", to: "06:00", until: 0 };

/** Kept on this device. */
export interface Telling {
    banners: boolean;
    sounds: boolean;
    /** What was written stands in the notification. */
    text: boolean;
}

export const TELLING_DEFAULT: Telling = { banners: true, sounds: true, text: true };

export type Tone = "message" | "mention" | "priority";

export interface Surroundings {
    quiet: boolean;
    /** The window is in front. */
    focused: boolean;
    /** The room is open and the window is in front: it was seen. */
    seen: boolean;
    telling: Telling;
}

export interface Told {
    banner: boolean;
    /** Shown in the client itself, as its window is in front. */
    inside: boolean;
    tone: Tone | null;
}

const NOT: Told = { banner: false, inside: false, tone: null };

/** Priority breaks through quiet hours; nothing else does. */
export function tell(one: Arriving, { quiet, focused, seen, telling }: Surroundings): Told {
    if (seen || (!one.notify && !one.priority)) return NOT;
    if (quiet && !one.priority) return NOT;
    const tone: Tone = one.priority ? "priority" : one.highlight || one.direct ? "mention" : "message";
    return { banner: telling.banners && !focused, inside: one.priority && focused, tone: telling.sounds ? tone : null };
}

export function isQuiet({ on, from, to, until }: QuietHours, now: Date): boolean {
    if (until > now.getTime()) return true;
    if (!on) return false;
    const start = minutes(from);
    const end = minutes(to);
    if (start === null || end === null || start === end) return false;
    const at = now.getHours() * 60 + now.getMinutes();
    return start < end ? at >= start && at < end : at >= start || at < end;
}

function minutes(time: string): number | null {
    const [, hours, rest] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? [];
    if (hours === undefined || rest === undefined) return null;
    const all = Number(hours) * 60 + Number(rest);
    return Number(hours) < 24 && Number(rest) < 60 ? all : null;
}

/** What came from elsewhere as quiet hours, checked. */
export function quietOf(value: unknown): QuietHours {
    const { on, from, to, until } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    const time = (one: unknown, fallback: string): string => (typeof one === "string" && minutes(one) !== null ? one : fallback);
    return {
        on: on === true,
        from: time(from, QUIET_DEFAULT.from),
        to: time(to, QUIET_DEFAULT.to),
        until: typeof until === "number" && Number.isFinite(until) ? until : 0,
    };
}
