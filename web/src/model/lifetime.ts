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
