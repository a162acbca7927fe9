/** What went wrong, in a form that has words: each kind is a name in `src/i18n/errors.*.json`. */

export type FailureKind =
    | "offline"
    | "wrong-password"
    | "locked-account"
    | "suspended-account"
    | "too-many"
    | "forbidden"
    | "closed-room"
    | "not-found"
    | "too-large"
    | "name-taken"
    | "bad-name"
    | "weak-password"
    | "signed-out"
    | "wrong-key"
    | "wrong-token"
    | "given-up"
    | "storage"
    | "unknown";

export class Failure extends Error {
    constructor(
        readonly kind: FailureKind,
        /** Seconds to wait, for "too-many". */
        readonly waitSeconds: number | null = null,
    ) {
        super(kind);
    }
}

const KINDS: Record<string, FailureKind> = {
    M_FORBIDDEN: "forbidden",
    M_USER_DEACTIVATED: "locked-account",
    M_USER_LOCKED: "locked-account",
    M_USER_SUSPENDED: "suspended-account",
    M_LIMIT_EXCEEDED: "too-many",
    M_NOT_FOUND: "not-found",
    M_TOO_LARGE: "too-large",
    M_USER_IN_USE: "name-taken",
    M_ROOM_IN_USE: "name-taken",
    M_INVALID_USERNAME: "bad-name",
    M_WEAK_PASSWORD: "weak-password",
    M_UNKNOWN_TOKEN: "signed-out",
    M_MISSING_TOKEN: "signed-out",
};

interface ErrorBody {
    errcode?: unknown;
    error?: unknown;
    retry_after_ms?: unknown;
}

/** The specification has no code for it: the server's words tell it from what one may not do. */
const ROOM_CLOSED = "this room was closed by an administrator of the server";

export function failureOf(errcode: unknown, retryAfterMs?: unknown, error?: unknown): Failure {
    const kind = (typeof errcode === "string" && KINDS[errcode]) || "unknown";
    if (kind === "forbidden" && error === ROOM_CLOSED) return new Failure("closed-room");
    return new Failure(kind, typeof retryAfterMs === "number" ? Math.ceil(retryAfterMs / 1000) : null);
}

/** Any thrown thing as a Failure: those of the SDK carry `errcode`, lost connections are TypeErrors. */
export function toFailure(error: unknown): Failure {
    if (error instanceof Failure) return error;
    const { errcode, data, name, httpStatus } = (error ?? {}) as {
        errcode?: unknown;
        data?: ErrorBody;
        name?: string;
        httpStatus?: number;
    };
    if (errcode) return failureOf(errcode, data?.retry_after_ms, data?.error);
    if (name === "ConnectionError" || name === "TypeError" || name === "AbortError") return new Failure("offline");
    if (httpStatus === 502 || httpStatus === 503 || httpStatus === 504) return new Failure("offline");
    if (name === "QuotaExceededError") return new Failure("storage");
    return new Failure("unknown");
}

/** Whether a node has refused for good, so that trying again by itself is no use. */
export function isRefusal(error: unknown): boolean {
    const { errcode, httpStatus } = (error ?? {}) as { errcode?: unknown; httpStatus?: number };
    if (error instanceof Failure) return error.kind !== "offline" && error.kind !== "too-many" && error.kind !== "unknown";
    if (typeof httpStatus !== "number") return false;
    return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429 && httpStatus !== 408 && typeof errcode === "string";
}
