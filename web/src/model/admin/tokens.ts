/** Whether a registration token can be used, and why not. */

export interface Token {
    expires_at_ms: number | null;
    used: number;
    uses_allowed: number | null;
    valid: boolean;
}

export type TokenState = "good" | "used-up" | "ended" | "off";

export function tokenState(token: Token, nowMs: number): TokenState {
    if (token.expires_at_ms !== null && token.expires_at_ms <= nowMs) return "ended";
    if (token.uses_allowed !== null && token.used >= token.uses_allowed) return "used-up";
    return token.valid ? "good" : "off";
}

/** A bound as it was typed: null is none, undefined is no number. */
export function typedBound(text: string): number | null | undefined {
    const plain = text.replace(/[\s'’]/gu, "");
    if (plain === "") return null;
    return /^\d{1,7}$/.test(plain) && Number(plain) >= 1 && Number(plain) <= 1_000_000 ? Number(plain) : undefined;
}
