/** The page around every way of getting in: form at the left, contour map at the right. */
import { CircleCheck, Languages, Unplug } from "lucide-react";
import { useEffect, useState, type FormEvent, type ReactNode } from "react";
import { serverOffer, type ServerOffer } from "../../client/session.ts";
import { Logo } from "../../design/Logo.tsx";
import { chooseLanguage, LANGUAGES } from "../../i18n/i18n.ts";
import { Announcement } from "../shell/Announcement.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { ContourMap } from "./ContourMap.tsx";
import "./signin.css";

export function Frame({ onSubmit, children }: { onSubmit: (event: FormEvent<HTMLFormElement>) => void; children: ReactNode }) {
    const t = useWords();
    const [offer, setOffer] = useState<ServerOffer | null>(null);
    useEffect(() => {
        document.title = "Alphorn";
        void serverOffer().then(setOffer);
    }, []);
    return (
        <main className="si">
            <form onSubmit={onSubmit} noValidate>
                <div className="brand">
                    <Logo />
                    Alphorn
                </div>
                <div className="mid">
                    {children}
                    <Announcement />
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

export function SharedChoice() {
    const t = useWords();
    return (
        <label className="row check">
            <input type="checkbox" name="shared" />
            <span>
                {t("signin.shared")}
                <span className="hint">{t("signin.sharedHint")}</span>
            </span>
        </label>
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
