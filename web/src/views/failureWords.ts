/** The words for what went wrong. */
import type { FailureKind } from "../client/failures.ts";
import type { Key } from "../i18n/i18n.ts";

export const FAILURE_WORDS: Record<FailureKind, Key> = {
    offline: "errors.offline",
    "wrong-password": "errors.wrongPassword",
    "locked-account": "errors.lockedAccount",
    "suspended-account": "errors.suspendedAccount",
    "too-many": "errors.tooMany",
    forbidden: "errors.forbidden",
    "closed-room": "errors.closedRoom",
    "not-found": "errors.notFound",
    "too-large": "errors.tooLarge",
    "name-taken": "errors.nameTaken",
    "bad-name": "errors.badName",
    "weak-password": "errors.weakPassword",
    "signed-out": "errors.signedOut",
    "wrong-key": "errors.wrongKey",
    "wrong-token": "errors.wrongToken",
    "given-up": "errors.unknown",
    storage: "errors.storage",
    unknown: "errors.unknown",
};

export function failureWords(kind: string | null): Key {
    return FAILURE_WORDS[kind as FailureKind] ?? "errors.unknown";
}
