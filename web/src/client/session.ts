/** Signing in and what is kept of it. Knows no SDK, so that the first page stays small. */
import { Failure, failureOf, toFailure } from "./failures.ts";
import { baseUrl, networkFetch } from "./network.ts";
import { serverNow } from "./now.ts";
import { Vault } from "./vault.ts";

export interface Session {
    userId: string;
    deviceId: string;
    accessToken: string;
    /** 32 random bytes that encrypt the crypto store, as numbers. */
    storageKey: number[];
    /** Nothing of this session may outlive the tab's sign-out: shared workstation. */
    shared: boolean;
    /** It has just begun: whatever lies on this device is of somebody else, or of an earlier session. */
    fresh?: boolean;
    /** When one signed in on this device; the server's time. */
    since?: number;
}

const KEPT = "session";
/** What a new session keeps at least: its keys, above all. */
const NEEDED_BYTES = 512 * 1024;

let vault: Promise<Vault> | null = null;

export function openVault(): Promise<Vault> {
    vault ??= Vault.open();
    return vault;
}

export async function keptSession(): Promise<Session | null> {
    return (await openVault()).get<Session>(KEPT);
}

export async function forgetSession(): Promise<void> {
    const open = await openVault();
    vault = null;
    await open.destroy();
    forgetHabits();
}

/** Of the device, not of who uses it. */
const STAYS = ["alphorn.appearance", "alphorn.language"];

function forgetHabits(): void {
    try {
        for (const key of Object.keys(localStorage)) if (key.startsWith("alphorn.") && !STAYS.includes(key)) localStorage.removeItem(key);
    } catch {
        // Where nothing may be kept, nothing is.
    }
}

/**
 * Before anything is asked of the server: on a full device the keys of a new session would be lost, and an invitation
 * spent for nothing.
 */
export async function needRoom(): Promise<void> {
    try {
        await (await openVault()).tryRoom(NEEDED_BYTES);
    } catch (error) {
        throw toFailure(error);
    }
}

/** Asks the server; what it refuses comes back with its status. */
export async function asks(path: string, body?: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
    let response: Response;
    try {
        response = await networkFetch(baseUrl() + path, {
            method: body === undefined ? "GET" : "POST",
            headers: { "Content-Type": "application/json" },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    } catch (error) {
        throw toFailure(error);
    }
    if (response.status >= 502 && response.status <= 504) throw new Failure("offline");
    return { status: response.status, answer: (await response.json().catch(() => ({}))) as Record<string, unknown> };
}

async function ask(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const { status, answer } = await asks(path, body);
    if (status >= 200 && status < 300) return answer;
    throw failureOf(answer.errcode, answer.retry_after_ms);
}

export interface ServerOffer {
    reachable: boolean;
    password: boolean;
    /** Pages of the server's own for signing in: kept for later. */
    oauth: boolean;
}

/** What the server lets people sign in with. */
export async function serverOffer(): Promise<ServerOffer> {
    try {
        const { flows } = (await ask("/_matrix/client/v3/login")) as { flows?: { type?: string }[] };
        const types = new Set((flows ?? []).map((flow) => flow.type));
        return { reachable: true, password: types.has("m.login.password"), oauth: false };
    } catch (error) {
        return { reachable: toFailure(error).kind !== "offline", password: true, oauth: false };
    }
}

export interface Credentials {
    user: string;
    password: string;
    shared: boolean;
    deviceName: string;
    /** The session that the server ended for the time being: what is kept here goes on with the new one. */
    again?: Session;
}

export async function signIn({ user, password, shared, deviceName, again }: Credentials): Promise<Session> {
    let answer;
    // What is here already goes on, full or not.
    if (!again) await needRoom();
    try {
        answer = await ask("/_matrix/client/v3/login", {
            type: "m.login.password",
            identifier: { type: "m.id.user", user: user.trim() },
            password,
            ...(again ? { device_id: again.deviceId } : { initial_device_display_name: deviceName }),
        });
    } catch (error) {
        const failure = toFailure(error);
        throw failure.kind === "forbidden" ? new Failure("wrong-password") : failure;
    }
    return keepSession(answer, { shared, again });
}

/** Keeps what `/login` or `/register` answered. */
export async function keepSession(answer: Record<string, unknown>, { shared, again }: { shared: boolean; again?: Session }): Promise<Session> {
    const { user_id, device_id, access_token } = answer;
    if (typeof user_id !== "string" || typeof device_id !== "string" || typeof access_token !== "string") {
        throw new Failure("unknown");
    }
    const same = again?.userId === user_id && again.deviceId === device_id;
    const storageKey = same ? again.storageKey : [...crypto.getRandomValues(new Uint8Array(32))];
    const since = same ? again.since : serverNow();
    const session: Session = { userId: user_id, deviceId: device_id, accessToken: access_token, storageKey, shared, fresh: !same, since };
    const kept = openVault().then((open) => open.put(KEPT, session));
    await (same ? kept.catch((error: unknown) => console.warn("the session is not kept", error)) : kept);
    // The browser is asked not to throw the store away when space gets short.
    await navigator.storage?.persist?.().catch(() => false);
    return session;
}

/** What an earlier session has left is gone: from now on what lies here is of this one. */
export async function keepBegun(session: Session): Promise<void> {
    await (await openVault()).put(KEPT, { ...session, fresh: false });
}
