/** How long messages of the room live. What is older goes at once and for good, so that a shorter life is asked about. */
import { useEffect, useState } from "react";
import { askLifetimes, serverLifetimes } from "../../client/lifetime.ts";
import { effectiveLifetime, LIFETIMES_MS, lifetimeWords } from "../../model/lifetime.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { Choice } from "./Choice.tsx";
import type { PageProps } from "./RoomSettings.tsx";

const OFF = "off";

export function LifetimeChoice({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const language = useLanguage();
    const { sdk } = useClient();
    const server = useStore(serverLifetimes);
    useEffect(() => void askLifetimes(sdk), [sdk]);
    const [asked, setAsked] = useState<{ ms: number | null } | null>(null);
    const now = room.lifetime;
    // What the server would shorten or lengthen is not offered, but shown where the room has it.
    const lifetimes = [...new Set([...LIFETIMES_MS.filter((ms) => effectiveLifetime(ms, server) === ms), ...(now === null ? [] : [now])])].sort((a, b) => a - b);
    const set = (ms: number | null): void => {
        void acting.run(() => governance.setLifetime(ms), t("governance.saved")).then((done) => done && setAsked(null));
    };
    const choose = (value: string): void => {
        const ms = value === OFF ? null : Number(value);
        const before = effectiveLifetime(now, server) ?? Infinity;
        if ((effectiveLifetime(ms, server) ?? Infinity) < before) setAsked({ ms });
        else set(ms);
    };
    const time = (ms: number): string => lifetimeWords(ms, language);
    const off = server.default === null ? t("governance.lifetimeOff") : t("governance.lifetimeDefault", { time: time(server.default) });
    const going = asked && effectiveLifetime(asked.ms, server);
    return (
        <>
            <Choice
                label={t("governance.lifetime")}
                value={String((asked ? asked.ms : now) ?? OFF)}
                options={[{ value: OFF, label: off }, ...lifetimes.map((ms) => ({ value: String(ms), label: t("governance.lifetimeAfter", { time: time(ms) }) }))]}
                hint={t(room.encrypted ? "governance.lifetimeEncrypted" : "governance.lifetimeHint")}
                why={why("lifetime")}
                busy={acting.busy}
                onChange={choose}
            />
            {asked && (
                <div className="row wrap" role="status">
                    <span className="sm">{going !== null && t("governance.lifetimeSure", { time: time(going) })}</span>
                    <Button size="small" look="primary" disabled={acting.busy} onClick={() => set(asked.ms)}>
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
