/** Times as people read them. The clock is passed in. */

const DAY_MS = 24 * 3600 * 1000;

function startOfDay(atMs: number): number {
    const date = new Date(atMs);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export function sameDay(a: number, b: number): boolean {
    return startOfDay(a) === startOfDay(b);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = `${language}/${name}`;
    let found = formats.get(key);
    if (!found) {
        found = new Intl.DateTimeFormat(language === "en" ? "en-GB" : `${language}-CH`, options);
        formats.set(key, found);
    }
    return found;
}

/** 14:02 */
export function clockTime(atMs: number, language: string): string {
    return format(language, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(atMs);
}

/** In a list: 14:02 today, the weekday within the last week, else the date. */
export function listTime(atMs: number, nowMs: number, language: string): string {
    if (sameDay(atMs, nowMs)) return clockTime(atMs, language);
    const days = Math.round((startOfDay(nowMs) - startOfDay(atMs)) / DAY_MS);
    if (days > 0 && days < 7) return format(language, "weekday", { weekday: "short" }).format(atMs);
    const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
    return sameYear
        ? format(language, "date", { day: "2-digit", month: "2-digit" }).format(atMs)
        : format(language, "year", { day: "2-digit", month: "2-digit", year: "2-digit" }).format(atMs);
}

/** Thursday 12 November, with the year when it is not this one. */
export function longDate(atMs: number, nowMs: number, language: string): string {
    const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
    const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
    const written = sameYear ? format(language, "long", options).format(atMs) : format(language, "longyear", { ...options, year: "numeric" }).format(atMs);
    // It stands alone: also where weekdays are small within a sentence.
    return written.charAt(0).toLocaleUpperCase(language) + written.slice(1);
}

/** Date and time in full, for hints. */
export function exactTime(atMs: number, language: string): string {
    return format(language, "exact", { dateStyle: "full", timeStyle: "medium" }).format(atMs);
}
