/** Figures as people read them. */

const locale = (language: string): string => (language === "en" ? "en-GB" : `${language}-CH`);

export function count(number: number, language: string): string {
    return new Intl.NumberFormat(locale(language), { maximumFractionDigits: 0 }).format(number);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** 41.2 MB: three figures at most, with a space that does not break. */
export function bytes(number: number, language: string): string {
    let unit = 0;
    let value = number;
    while (value >= 999.5 && unit < UNITS.length - 1) {
        value /= 1000;
        unit += 1;
    }
    const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return `${new Intl.NumberFormat(locale(language), { maximumFractionDigits: digits }).format(value)}\u00a0${language === "fr" ? UNITS[unit]!.replace("B", "o") : UNITS[unit]}`;
}

/** 23 Nov 2026, 14:02 */
export function dateAndTime(atMs: number, language: string, seconds = false): string {
    const clock = seconds ? { hour: "2-digit", minute: "2-digit", second: "2-digit" } : { hour: "2-digit", minute: "2-digit" };
    return new Intl.DateTimeFormat(locale(language), { day: "numeric", month: "short", year: "numeric", hourCycle: "h23", ...clock } as Intl.DateTimeFormatOptions).format(atMs);
}

export function dateOnly(atMs: number, language: string): string {
    return new Intl.DateTimeFormat(locale(language), { day: "numeric", month: "short", year: "numeric" }).format(atMs);
}

/** A hash in groups of four, the first four of them: enough to compare by eye. */
export function shortHash(hash: string): string {
    return (hash.slice(0, 16).match(/.{1,4}/g) ?? []).join(" ");
}

export function groupedHash(hash: string): string {
    return (hash.match(/.{1,4}/g) ?? []).join(" ");
}
