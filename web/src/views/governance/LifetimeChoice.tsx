/** How long messages of the room live. What is older goes at once and for good, so that a shorter life is asked about. */
import { useState } from "react";
import { LIFETIMES_MS, lifetimeWords } from "../../model/lifetime.ts";
import { Button } from "../../design/Button.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { Choice } from "./Choice.tsx";
import type { PageProps } from "./RoomSettings.tsx";

const OFF = "off";

export function LifetimeChoice({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const language = useLanguage();
    const [asked, setAsked] = useState<number | null>(null);
    const now = room.lifetime;
    const lifetimes = now === null || LIFETIMES_MS.includes(now) ? LIFETIMES_MS : [...LIFETIMES_MS, now].sort((a, b) => a - b);
    const set = (ms: number | null): void => {
        void acting.run(() => governance.setLifetime(ms), t("governance.saved")).then((done) => done && setAsked(null));
    };
    const choose = (value: string): void => {
        const ms = value === OFF ? null : Number(value);
        if (ms !== null && (now === null || ms < now)) setAsked(ms);
        else set(ms);
    };
    return (
        <>
            <Choice
                label={t("governance.lifetime")}
                value={String(asked ?? now ?? OFF)}
                options={[{ value: OFF, label: t("governance.lifetimeOff") }, ...lifetimes.map((ms) => ({ value: String(ms), label: t("governance.lifetimeAfter", { time: lifetimeWords(ms, language) }) }))]}
                hint={t(room.encrypted ? "governance.lifetimeEncrypted" : "governance.lifetimeHint")}
                why={why("lifetime")}
                busy={acting.busy}
                onChange={choose}
            />
            {asked !== null && (
                <div className="row wrap" role="status">
                    <span className="sm">{t("governance.lifetimeSure", { time: lifetimeWords(asked, language) })}</span>
                    <Button size="small" look="primary" disabled={acting.busy} onClick={() => set(asked)}>
                        {t("governance.lifetimeSet")}
                    </Button>
                    <Button size="small" onClick={() => setAsked(null)}>
                        {t("shell.cancel")}
                    </Button>
                </div>
            )}
        </>
    );
}
