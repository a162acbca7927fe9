/** Signing in by password. The place for the server's own pages and for a staff card is above the fields. */
import { CircleCheck, Languages, Unplug } from "lucide-react";
import { useEffect, useState, type FormEvent } from "react";
import { toFailure } from "../../client/failures.ts";
import { serverOffer, type ServerOffer } from "../../client/session.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Logo } from "../../design/Logo.tsx";
import { chooseLanguage, LANGUAGES, type Key } from "../../i18n/i18n.ts";
import { app } from "../app.ts";
import { failureWords } from "../failureWords.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { ContourMap } from "./ContourMap.tsx";
import "./signin.css";

/** How this device is called in the list of devices. */
function deviceName(): string {
    const agent = navigator.userAgent;
    const browser = ["Edg", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name)) ?? "";
    const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name)) ?? "";
    return ["Alphorn", [browser === "Edg" ? "Edge" : browser, system].filter(Boolean).join(", ")].filter(Boolean).join(" · ");
}

export default function SignIn({ ended }: { ended: boolean }) {
    const t = useWords();
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<Key | null>(null);
    const [offer, setOffer] = useState<ServerOffer | null>(null);

    useEffect(() => {
        document.title = "Alphorn";
        void serverOffer().then(setOffer);
    }, []);

    const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const user = String(fields.get("user") ?? "");
        const password = String(fields.get("password") ?? "");
        if (user.trim() === "" || password === "") return setError("signin.required");
        setBusy(true);
        setError(null);
        try {
            await app.signIn({ user, password, shared: fields.get("shared") === "on", deviceName: deviceName() });
        } catch (thrown) {
            setError(failureWords(toFailure(thrown).kind));
            setBusy(false);
        }
    };

    return (
        <main className="si">
            <form onSubmit={(event) => void submit(event)} noValidate>
                <div className="brand">
                    <Logo />
                    Alphorn
                </div>
                <div className="mid">
                    <div>
                        <h1>{t("signin.title")}</h1>
                        <p className="muted lead">{t("signin.lead")}</p>
                    </div>
                    {ended && <p className="notice urgent">{t("signin.ended")}</p>}
                    <Field label={t("signin.user")} name="user" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
                    <Field label={t("signin.password")} name="password" type="password" autoComplete="current-password" error={error ? t(error) : null} />
                    <label className="row check">
                        <input type="checkbox" name="shared" />
                        <span>
                            {t("signin.shared")}
                            <span className="hint">{t("signin.sharedHint")}</span>
                        </span>
                    </label>
                    <Button look="primary" size="big" wide type="submit" busy={busy} disabled={busy}>
                        {busy ? t("signin.busy") : t("signin.submit")}
                    </Button>
                </div>
                <Foot offer={offer} />
            </form>
            <aside>
                <ContourMap />
                <p className="motto">
                    {t("signin.motto1")}
                    <br />
                    {t("signin.motto2")}
                </p>
            </aside>
        </main>
    );
}

function Foot({ offer }: { offer: ServerOffer | null }) {
    const t = useWords();
    const current = useLanguage();
    const reachable = offer?.reachable ?? true;
    return (
        <div className="row sm muted foot">
            <span className={reachable ? "ct ok row" : "ct urgent row"} role="status">
                {reachable ? <CircleCheck className="i s" aria-hidden="true" /> : <Unplug className="i s" aria-hidden="true" />}
            </span>
            {offer && t(reachable ? "signin.reachable" : "signin.unreachable")}
            <span className="end row languages" role="group" aria-label={t("signin.language")}>
                <Languages className="i s" aria-hidden="true" />
                {LANGUAGES.map((one) => (
                    <button key={one} type="button" lang={one} aria-pressed={one === current} onClick={() => void chooseLanguage(one)}>
                        {one.toUpperCase()}
                    </button>
                ))}
            </span>
        </div>
    );
}
