/** How long messages of a room live (MSC1763, `m.room.retention`). Pure. */

export const RETENTION_TYPES = ["m.room.retention", "org.matrix.msc1763.retention"] as const;

const SHORTEST_MS = 1_000;

const DAY_MS = 86_400_000;

/** What people choose from. */
export const LIFETIMES_MS: readonly number[] = [1, 7, 30, 90, 365].map((days) => days * DAY_MS);

/** The longest life of a message, or null where the room does not limit it. */
export function lifetimeOf(content: unknown): number | null {
    const most = (content as { max_lifetime?: unknown } | null | undefined)?.max_lifetime;
    if (typeof most !== "number" || !Number.isSafeInteger(most) || most <= 0) return null;
    return Math.max(SHORTEST_MS, most);
}

/** How long the server keeps messages, beside what rooms say: in those that say nothing, and the bounds for the others. */
export interface ServerLifetimes {
    default: number | null;
    min: number | null;
    max: number | null;
}

export const NO_LIFETIMES: ServerLifetimes = { default: null, min: null, max: null };

/** Out of the server's answer (MSC1763, "Server-defined retention"). */
export function serverLifetimesOf(answer: unknown): ServerLifetimes {
    const { policies, limits } = (answer ?? {}) as { policies?: Record<string, unknown> | null; limits?: { max_lifetime?: { min?: unknown; max?: unknown } | null } | null };
    const bound = (value: unknown): number | null => lifetimeOf({ max_lifetime: value });
    const { min, max } = limits?.max_lifetime ?? {};
    return { default: lifetimeOf(policies?.["*"]), min: bound(min), max: bound(max) };
}

/** What holds in a room that says this, as the server has it. */
export function effectiveLifetime(own: number | null, server: ServerLifetimes): number | null {
    if (own === null) return server.default;
    return Math.min(Math.max(own, server.min ?? own), server.max ?? Infinity);
}

const UNITS: readonly [string, number][] = [
    ["year", 365 * DAY_MS],
    ["month", 30 * DAY_MS],
    ["week", 7 * DAY_MS],
    ["day", DAY_MS],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1_000],
];

/** 604800000 is "1 week": the largest unit that fits without a rest, else days, hours, minutes or seconds rounded. */
export function lifetimeWords(ms: number, language: string): string {
    const whole = UNITS.find(([, length]) => ms % length === 0);
    const [unit, length] = whole ?? UNITS.slice(3).find(([, one]) => ms >= one) ?? UNITS.at(-1)!;
    return new Intl.NumberFormat(language === "en" ? "en-GB" : `${language}-CH`, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(Math.round(ms / length));
}
