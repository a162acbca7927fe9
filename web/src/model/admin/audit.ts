/** What an entry of the audit log says, as the name of its words; details that people are told beside it. */

export interface Entry {
    action: string;
    details: Record<string, unknown>;
}

/** Actions whose words depend on one yes or no of the details. */
const BY_DETAIL: Record<string, string> = {
    "people.lock": "locked",
    "people.suspend": "suspended",
    "people.admin": "admin",
    "people.log_out": "device",
    "people.deactivate": "erase",
    "media.quarantine": "quarantined",
    "reports.resolve": "resolved",
    "rooms.close": "remove_members",
};

/** `people.lock` or `people.lock/not`; null where the action has no words of its own. */
export function auditName(entry: Entry): string {
    const detail = BY_DETAIL[entry.action];
    if (detail === undefined) return entry.action;
    const value = entry.details[detail];
    return value === false || value === null || value === undefined ? `${entry.action}/not` : entry.action;
}

export interface Fact {
    name: string;
    value: string | number | boolean | null;
}

/** Details that the words do not say already, flat: no list or object is shown as code. */
export function auditFacts(entry: Entry): Fact[] {
    const said = BY_DETAIL[entry.action];
    const facts: Fact[] = [];
    for (const [name, value] of Object.entries(entry.details)) {
        if (name === said && typeof value === "boolean") continue;
        if (Array.isArray(value)) facts.push({ name, value: value.filter((one) => typeof one !== "object").join(", ") });
        else if (value === null || typeof value !== "object") facts.push({ name, value: value as Fact["value"] });
        else for (const [inner, what] of Object.entries(value)) if (typeof what !== "object" || what === null) facts.push({ name: inner, value: what as Fact["value"] });
    }
    return facts;
}

/** The area of an action: what stands before its dot. */
export function auditArea(action: string): string {
    return action.split(".")[0] ?? "";
}

export type Span = "all" | "day" | "week" | "month";
const DAY_MS = 24 * 3600 * 1000;

/** From when on entries are wanted. */
export function sinceOf(span: Span, nowMs: number): number | undefined {
    const days = { all: null, day: 1, week: 7, month: 30 }[span];
    return days === null ? undefined : nowMs - days * DAY_MS;
}
