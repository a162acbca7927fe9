/** A verification as people see it: two screens side by side. */

export type VerifyStep =
    /** Somebody asks; I have not answered. */
    | "asked"
    /** The other side has not answered yet. */
    | "waiting"
    /** Both are here: pictures or code. */
    | "choose"
    | "starting"
    | "pictures"
    /** I said that they are the same; the other side has not yet. */
    | "agreed"
    /** My code was scanned: the other screen must say so. */
    | "scanned"
    | "done"
    | "ended";

export type VerifyEnd = "declined" | "differ" | "too-late" | "elsewhere" | "broken";

export interface VerifyView {
    id: string;
    /** One of my own devices; else another person. */
    own: boolean;
    person: { id: string; name: string };
    device: { id: string; name: string } | null;
    /** I asked. */
    mine: boolean;
    step: VerifyStep;
    pictures: readonly string[];
    numbers: readonly number[];
    /** What the other side may scan. */
    code: Uint8Array | null;
    /** The other side shows a code. */
    mayScan: boolean;
    end: VerifyEnd | null;
}

const ENDS: Record<string, VerifyEnd> = {
    "m.user": "declined",
    "m.timeout": "too-late",
    "m.mismatched_sas": "differ",
    "m.mismatched_commitment": "differ",
    "m.key_mismatch": "differ",
    "m.accepted": "elsewhere",
};

/** Why it ended, out of the code that was sent. */
export function verifyEnd(code: string | null): VerifyEnd {
    return (code && ENDS[code]) || "broken";
}
