/** What is to be said of a person's account: the exception, not the rule. */

export interface Account {
    administrator: boolean;
    deactivated: boolean;
    guest: boolean;
    has_password: boolean;
    invitation_expires_at_ms: number | null;
    locked: boolean;
    suspended: boolean;
    application_service: string | null;
}

export type Mark = "closed" | "locked" | "suspended" | "invited" | "shut" | "administrator" | "guest" | "program";

/** What stands in the column of states, the most important first. An ordinary account has nothing. */
export function marks(account: Account, nowMs: number): Mark[] {
    if (account.deactivated) return ["closed"];
    const found: Mark[] = [];
    if (account.locked) found.push("locked");
    if (account.suspended) found.push("suspended");
    const invited = (account.invitation_expires_at_ms ?? 0) > nowMs;
    if (invited) found.push("invited");
    else if (!account.has_password && !account.guest && account.application_service === null) found.push("shut");
    if (account.administrator) found.push("administrator");
    if (account.guest) found.push("guest");
    if (account.application_service !== null) found.push("program");
    return found;
}

/** Whether access may be taken from this person: not from oneself, and not from administrators before their rights go. */
export function mayTakeAway(account: Account, own: boolean): "yes" | "own" | "administrator" | "closed" {
    if (account.deactivated) return "closed";
    if (own) return "own";
    return account.administrator ? "administrator" : "yes";
}

/** Letters that are no plain one with a mark. */
const PLAIN: Record<string, string> = { ß: "ss", ı: "i", ø: "o", ł: "l", đ: "d", æ: "ae", œ: "oe" };

/** A user name as it may be, out of what was typed; a name that people see gives a first one. */
export function proposedName(shown: string): string {
    const plain = shown
        .normalize("NFD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[ßıøłđæœ]/g, (letter) => PLAIN[letter] ?? letter)
        .replace(/^(dr|prof)\.?\s+/u, "");
    const words = plain.split(/[^a-z0-9]+/u).filter(Boolean);
    if (words.length < 2) return words.join("");
    return `${words[0]![0]}.${words.at(-1)}`;
}

export function goodUserName(name: string): boolean {
    return /^[a-z0-9._=\-/+]{1,200}$/.test(name);
}

/** A password that can be said on the telephone: letters and digits that are not taken for one another. */
export function madePassword(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array, groups = 4): string {
    const letters = "abcdefghjkmnpqrstuvwxyz23456789";
    const made: string[] = [];
    while (made.length < groups * 4) {
        for (const byte of random(new Uint8Array(32))) {
            // Bytes beyond the last whole round would make some letters likelier.
            if (byte < 248 && made.length < groups * 4) made.push(letters[byte % 31]!);
        }
    }
    return Array.from({ length: groups }, (_, group) => made.slice(group * 4, group * 4 + 4).join("")).join("-");
}

/** The link of an invitation: as the server gave it, else by the address that this page has. */
export function invitationLink(link: string | null, code: string, origin: string): string {
    return link ?? `${origin}/#/invitation/${encodeURIComponent(code)}`;
}
