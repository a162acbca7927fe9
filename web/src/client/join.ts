/** Getting an account: by an administrator's invitation, or with a registration token. Knows no SDK. */
import { Failure, failureOf } from "./failures.ts";
import { asks, keepSession, needRoom, type Session } from "./session.ts";

export interface Invitee {
    userId: string;
    name: string | null;
    passwordMin: number;
}

/** Whom an invitation is for. */
export async function lookAtInvitation(code: string): Promise<Invitee> {
    const { status, answer } = await asks("/_alphorn/v1/invitation", { code });
    if (status !== 200 || typeof answer.user_id !== "string") throw tokenFailure(status, answer);
    return {
        userId: answer.user_id,
        name: typeof answer.display_name === "string" ? answer.display_name : null,
        passwordMin: typeof answer.password_length_min === "number" ? answer.password_length_min : 8,
    };
}

export async function acceptInvitation(code: string, password: string, deviceName: string, shared: boolean): Promise<Session> {
    await needRoom();
    const { status, answer } = await asks("/_alphorn/v1/invitation/accept", { code, password, initial_device_display_name: deviceName });
    if (status !== 200) throw tokenFailure(status, answer);
    return keepSession(answer, { shared });
}

/** Whether an account can be made with this token now. */
export async function tokenIsGood(token: string): Promise<boolean> {
    const { status, answer } = await asks(`/_matrix/client/v1/register/m.login.registration_token/validity?token=${encodeURIComponent(token)}`);
    if (status !== 200) throw failureOf(answer.errcode, answer.retry_after_ms);
    return answer.valid === true;
}

export interface NewAccount {
    user: string;
    password: string;
    token: string;
    deviceName: string;
    shared: boolean;
}

interface Flows {
    session?: unknown;
    flows?: { stages?: unknown[] }[];
    completed?: unknown[];
}

const STAGES = ["m.login.registration_token", "m.login.dummy"];

/** Makes the account, stage by stage as the server wants it. */
export async function register({ user, password, token, deviceName, shared }: NewAccount): Promise<Session> {
    const body = { username: user, password, initial_device_display_name: deviceName };
    let auth: Record<string, unknown> | undefined;
    await needRoom();
    for (let tries = 0; tries < 4; tries++) {
        const { status, answer } = await asks("/_matrix/client/v3/register", auth ? { ...body, auth } : body);
        if (status === 200) return keepSession(answer, { shared });
        const { flows, completed = [], session } = answer as Flows;
        if (status !== 401 || !Array.isArray(flows)) throw failureOf(answer.errcode, answer.retry_after_ms);
        // The stage before was refused: only a token can be wrong.
        if (auth && answer.errcode) throw new Failure("wrong-token");
        const flow = flows.find(({ stages = [] }) => stages.every((stage) => STAGES.includes(String(stage))));
        const next = flow?.stages?.find((stage) => !completed.includes(stage));
        if (!next) throw new Failure("forbidden");
        auth = next === "m.login.dummy" ? { type: next, session } : { type: next, token, session };
    }
    throw new Failure("unknown");
}

function tokenFailure(status: number, { errcode, retry_after_ms: wait }: Record<string, unknown>): Failure {
    if (status === 404 || errcode === "M_FORBIDDEN" || errcode === "M_NOT_FOUND") return new Failure("wrong-token");
    return failureOf(errcode, wait);
}
