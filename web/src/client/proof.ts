/** Some acts ask for the password once more (user-interactive authentication). Here it is asked for, and tried again. */
import { Store } from "../model/store.ts";
import { Failure, toFailure } from "./failures.ts";

export interface PasswordQuestion {
    /** The password before was wrong. */
    again: boolean;
    answer(password: string): void;
    cancel(): void;
}

/** What an act is tried with: nothing at first, then the stage that the server asked for. */
export type Auth = Record<string, unknown> | null;

interface Challenge {
    session?: unknown;
    flows?: { stages?: unknown[] }[];
    errcode?: unknown;
}

/** Thrown when the person thought better of it; nobody needs to be told. */
export class Given extends Failure {
    constructor() {
        super("given-up");
    }
}

export class Proof extends Store<PasswordQuestion | null> {
    constructor(private readonly userId: string) {
        super(null);
    }

    /** Asks before it is needed, for acts that must not wait in their middle; goes into `run`. */
    ahead(): Promise<string> {
        return this.#ask(false);
    }

    /** Does `act`; asks for the password as often as the server wants it. `first` was asked for ahead. */
    async run<T>(act: (auth: Auth) => Promise<T>, first?: string): Promise<T> {
        let auth: Auth = null;
        let ready = first;
        for (;;) {
            try {
                return await act(auth);
            } catch (error) {
                const challenge = challengeOf(error);
                if (!challenge) throw toFailure(error);
                const password: string = ready ?? (await this.#ask(auth !== null));
                ready = undefined;
                auth = {
                    type: "m.login.password",
                    identifier: { type: "m.id.user", user: this.userId },
                    password,
                    session: challenge.session,
                };
            }
        }
    }

    #ask(again: boolean): Promise<string> {
        return new Promise((resolve, reject) => {
            const end = (): void => this.set(null);
            this.set({
                again,
                answer: (password) => (end(), resolve(password)),
                cancel: () => (end(), reject(new Given())),
            });
        });
    }
}

/** The server's question, where it is one that a password answers. */
export function challengeOf(error: unknown): Challenge | null {
    const { httpStatus, data } = (error ?? {}) as { httpStatus?: number; data?: Challenge };
    if (httpStatus !== 401 || !Array.isArray(data?.flows)) return null;
    return data.flows.some((flow) => flow.stages?.includes("m.login.password")) ? data : null;
}
