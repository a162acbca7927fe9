/** Getting an account: an invitation opens one that is there, a registration token makes one. */
import { useEffect, useState, type FormEvent } from "react";
import { Failure, toFailure } from "../../client/failures.ts";
import { acceptInvitation, lookAtInvitation, register, tokenIsGood, type Invitee } from "../../client/join.ts";
import type { Session } from "../../client/session.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Name } from "../../design/Name.tsx";
import { accountName, pastedArrival, type Arrival } from "../../model/arrival.ts";
import { app } from "../app.ts";
import { useAct, type Act } from "../useAct.ts";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { deviceName } from "./deviceName.ts";
import { Frame, SharedChoice } from "./Frame.tsx";

const PASSWORD_MIN = 8;

interface Props {
    /** Null: the code is asked for. */
    arrival: Arrival | null;
    onArrival: (arrival: Arrival) => void;
    onBack: () => void;
}

export function Join({ arrival, onArrival, onBack }: Props) {
    if (!arrival) return <AskCode onArrival={onArrival} onBack={onBack} />;
    return arrival.is === "invitation" ? <Invited code={arrival.code} onBack={onBack} /> : <NewAccount token={arrival.token} onBack={onBack} />;
}

function AskCode({ onArrival, onBack }: Omit<Props, "arrival">) {
    const t = useWords();
    const act = useAct();
    const [text, setText] = useState("");
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        const arrival = pastedArrival(text);
        if (!arrival) return act.fail("errors.wrongToken");
        const good = await act.run(async () => {
            // A server that takes no tokens at all refuses to look at one.
            const good = arrival.is !== "join" || (await tokenIsGood(arrival.token).catch((error: unknown) => toFailure(error).kind !== "forbidden" && Promise.reject(error)));
            if (!good) throw new Failure("wrong-token");
        });
        if (good) onArrival(arrival);
    };
    return (
        <Frame onSubmit={(event) => void submit(event)}>
            <div>
                <h1>{t("signin.codeTitle")}</h1>
                <p className="muted lead">{t("signin.codeText")}</p>
            </div>
            <Field
                label={t("signin.code")}
                name="code"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                autoFocus
                value={text}
                onChange={(event) => setText(event.target.value)}
                error={act.error ? t(act.error) : null}
            />
            <Next act={act} label={t("signin.next")} onBack={onBack} />
        </Frame>
    );
}

function Next({ act, label, onBack }: { act: Act; label: string; onBack: () => void }) {
    const t = useWords();
    return (
        <>
            <Button look="primary" size="big" wide type="submit" busy={act.busy} disabled={act.busy}>
                {act.busy ? t("signin.busy") : label}
            </Button>
            <Button look="plain" onClick={onBack}>
                {t("signin.haveAccount")}
            </Button>
        </>
    );
}

/** The two passwords of a form: what is wrong with them, else null. */
function passwordFault(fields: FormData, min: number): "errors.weakPassword" | "signin.passwordsDiffer" | null {
    const password = String(fields.get("password") ?? "");
    if (password.length < min) return "errors.weakPassword";
    return password === String(fields.get("again") ?? "") ? null : "signin.passwordsDiffer";
}

/** What is wrong stands at the field that is to be mended. */
function Passwords({ error, min }: { error: Act["error"]; min: number }) {
    const t = useWords();
    const weak = error === "errors.weakPassword";
    return (
        <>
            <Field label={t("signin.newPassword")} name="password" type="password" autoComplete="new-password" hint={t("signin.passwordHint", { count: min })} error={weak ? t(error) : null} />
            <Field label={t("signin.passwordAgain")} name="again" type="password" autoComplete="new-password" error={error && !weak ? t(error) : null} />
        </>
    );
}

function useArriving(act: Act): (work: () => Promise<Session>) => void {
    return (work) =>
        void act.run(async () => {
            const session = await work();
            history.replaceState(null, "", "/");
            await app.open(session);
        });
}

function Invited({ code, onBack }: { code: string; onBack: () => void }) {
    const t = useWords();
    const act = useAct();
    const arrive = useArriving(act);
    const [invitee, setInvitee] = useState<Invitee | null>(null);
    const [gone, setGone] = useState(false);
    useEffect(() => {
        lookAtInvitation(code).then(setInvitee, (error: unknown) => setGone(toFailure(error).kind !== "offline"));
    }, [code]);
    const submit = (event: FormEvent<HTMLFormElement>): void => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const fault = passwordFault(fields, invitee?.passwordMin ?? PASSWORD_MIN);
        if (fault) return act.fail(fault);
        arrive(() => acceptInvitation(code, String(fields.get("password")), deviceName(), fields.get("shared") === "on"));
    };
    return (
        <Frame onSubmit={submit}>
            <div>
                <h1>
                    {invitee?.name ? <Words of="signin.welcomeName" name={<Name of={invitee.name} />} /> : t("signin.welcome")}
                </h1>
                <p className="muted lead">{t("signin.invitedText")}</p>
            </div>
            {gone ? (
                <p className="notice urgent" role="alert">
                    {t("errors.wrongToken")}
                </p>
            ) : (
                <>
                    {invitee && (
                        <p>
                            {t("signin.user")}: <b>{invitee.userId}</b>
                            <input type="hidden" name="user" autoComplete="username" value={invitee.userId} readOnly />
                        </p>
                    )}
                    <Passwords error={act.error} min={invitee?.passwordMin ?? PASSWORD_MIN} />
                    <SharedChoice />
                </>
            )}
            {gone ? (
                <Button look="plain" onClick={onBack}>
                    {t("signin.haveAccount")}
                </Button>
            ) : (
                <Next act={act} label={t("signin.begin")} onBack={onBack} />
            )}
        </Frame>
    );
}

function NewAccount({ token, onBack }: { token: string; onBack: () => void }) {
    const t = useWords();
    const act = useAct();
    const arrive = useArriving(act);
    const [gone, setGone] = useState(false);
    // Said above all fields: it is none of them.
    const spent = gone || act.error === "errors.wrongToken";
    const badName = act.error === "errors.badName" || act.error === "errors.nameTaken";
    useEffect(() => {
        tokenIsGood(token).then((good) => setGone(!good), () => undefined);
    }, [token]);
    const submit = (event: FormEvent<HTMLFormElement>): void => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const user = accountName(String(fields.get("user") ?? ""));
        if (!user) return act.fail("errors.badName");
        const fault = passwordFault(fields, PASSWORD_MIN);
        if (fault) return act.fail(fault);
        const password = String(fields.get("password"));
        arrive(() => register({ user, password, token, deviceName: deviceName(), shared: fields.get("shared") === "on" }));
    };
    return (
        <Frame onSubmit={submit}>
            <div>
                <h1>{t("signin.welcome")}</h1>
                <p className="muted lead">{t("signin.joinText")}</p>
            </div>
            {spent && (
                <p className="notice urgent" role="alert">
                    {t("errors.wrongToken")}
                </p>
            )}
            <Field
                label={t("signin.chooseUser")}
                name="user"
                hint={t("signin.userHint")}
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                autoFocus
                error={badName && act.error ? t(act.error) : null}
            />
            <Passwords error={badName || spent ? null : act.error} min={PASSWORD_MIN} />
            <SharedChoice />
            <Next act={act} label={t("signin.makeAccount")} onBack={onBack} />
        </Frame>
    );
}
