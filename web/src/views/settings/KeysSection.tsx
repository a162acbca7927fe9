/** The state of my keys, in words, with the one thing to do about it. */
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { SecurityState } from "../../client/security.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { securityDialog } from "../security/securityStore.ts";
import { useWords } from "../useWords.ts";

const WORDS: Record<SecurityState, Key> = {
    unknown: "settings.keysUnknown",
    unverified: "settings.keysUnverified",
    "no-recovery": "settings.keysNoRecovery",
    ready: "settings.keysReady",
};

export function KeysSection() {
    const t = useWords();
    const { security } = useClient();
    const { state, backup, fetching } = useStore(security);
    const [fetched, setFetched] = useState(false);
    const good = state === "ready";
    return (
        <section className="stack">
            <h3>{t("settings.keys")}</h3>
            <p className="row top">
                {good ? <CircleCheck className="i ct ok" aria-hidden="true" /> : <TriangleAlert className="i ct urgent" aria-hidden="true" />}
                <span>
                    {t(WORDS[state])} {state !== "unknown" && t(backup ? "settings.backupOn" : "settings.backupOff")}
                </span>
            </p>
            <div className="row wrap">
                {state === "unverified" && (
                    <Button look="primary" onClick={() => securityDialog.set("this-device")}>
                        {t("security.confirmDevice")}
                    </Button>
                )}
                {state === "no-recovery" && (
                    <Button look="primary" onClick={() => securityDialog.set("key")}>
                        {t("security.makeKey")}
                    </Button>
                )}
                {good && <Button onClick={() => securityDialog.set("key")}>{t("settings.newKey")}</Button>}
                {state !== "unverified" && backup && (
                    <Button disabled={fetching !== null} busy={fetching !== null} onClick={() => void security.fetchKeys().then(() => setFetched(true))}>
                        {fetching && fetching.total > 0 ? t("security.fetchingOf", { done: fetching.done, total: fetching.total }) : t("settings.fetchKeys")}
                    </Button>
                )}
            </div>
            <p role="status" className="hint">
                {fetched && fetching === null && t("settings.fetched")}
            </p>
        </section>
    );
}
