/** Signing in by password. The place for the server's own pages and for a staff card is above the fields. */
import { useState, type FormEvent } from "react";
import { toFailure } from "../../client/failures.ts";
import type { Session } from "../../client/session.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import type { Key } from "../../i18n/i18n.ts";
import { arrivalOf, type Arrival } from "../../model/arrival.ts";
import { app } from "../app.ts";
import { failureWords } from "../failureWords.ts";
import { useWords } from "../useWords.ts";
import { deviceName } from "./deviceName.ts";
import { Frame, SharedChoice } from "./Frame.tsx";
import { Join } from "./Join.tsx";

type Page = { is: "sign-in" } | { is: "ask-code" } | Arrival;

export default function SignIn({ ended, again }: { ended: boolean; again?: Session }) {
    const [page, setPage] = useState<Page>(() => arrivalOf(location.hash) ?? { is: "sign-in" });
    const go = (to: Page): void => {
        // The code goes out of the address bar, and into no history.
        if (location.hash) history.replaceState(null, "", location.pathname);
        setPage(to);
    };
    if (page.is === "sign-in" || again) return <PasswordForm ended={ended} again={again} onCode={() => go({ is: "ask-code" })} />;
    return <Join arrival={page.is === "ask-code" ? null : page} onBack={() => go({ is: "sign-in" })} onArrival={go} />;
}

function PasswordForm({ ended, again, onCode }: { ended: boolean; again?: Session; onCode: () => void }) {
    const t = useWords();
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<Key | null>(null);
    const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const user = again?.userId ?? String(fields.get("user") ?? "");
        const password = String(fields.get("password") ?? "");
        if (user.trim() === "" || password === "") return setError("signin.required");
        setBusy(true);
        setError(null);
        try {
            const shared = again?.shared ?? fields.get("shared") === "on";
            await app.signIn({ user, password, shared, deviceName: deviceName(), again });
        } catch (thrown) {
            setError(failureWords(toFailure(thrown).kind));
            setBusy(false);
        }
    };
    return (
        <Frame onSubmit={(event) => void submit(event)}>
            <div>
                <h1>{t("signin.title")}</h1>
                <p className="muted lead">{t("signin.lead")}</p>
            </div>
            {ended && <p className="notice urgent">{t(again ? "signin.endedForNow" : "signin.ended")}</p>}
            {again ? (
                <p>
                    {t("signin.user")}: <b>{again.userId}</b>
                </p>
            ) : (
                <Field label={t("signin.user")} name="user" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
            )}
            <Field
                label={t("signin.password")}
                name="password"
                type="password"
                autoComplete="current-password"
                autoFocus={again !== undefined}
                error={error ? t(error) : null}
            />
            {!again && <SharedChoice />}
            <Button look="primary" size="big" wide type="submit" busy={busy} disabled={busy}>
                {busy ? t("signin.busy") : t("signin.submit")}
            </Button>
            {again ? (
                <Button look="plain" onClick={() => void app.forgetKept()}>
                    {t("signin.another")}
                </Button>
            ) : (
                <Button look="plain" onClick={onCode}>
                    {t("signin.haveCode")}
                </Button>
            )}
        </Frame>
    );
}
