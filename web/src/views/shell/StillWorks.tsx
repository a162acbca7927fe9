/** Beside the room while no node answers: what goes on working, what does not, and why. */
import { Check, Minus, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "../../design/Button.tsx";
import { useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useWords } from "../useWords.ts";
import { Emergency } from "./Emergency.tsx";
import { connection, link } from "./linkStore.ts";
import { organisation } from "./organisationStore.ts";

const WORKS: readonly Key[] = ["link.worksRead", "link.worksWrite", "link.worksSearch", "link.worksFiles"];
const RESTS: readonly Key[] = ["link.worksCalls", "link.worksPresence"];

/** Opens once by itself where there is room for it, and goes when a node is back. */
export function useStillWorks(): { shown: boolean; close: () => void } {
    const { state } = useStore(link);
    const roomy = useMedia("(min-width: 1280px)");
    const [closed, setClosed] = useState(false);
    useEffect(() => {
        if (state !== "offline") setClosed(false);
        // For the time when it cannot be asked.
        if (state === "ok") void organisation.load();
    }, [state]);
    return { shown: roomy && state === "offline" && !closed, close: () => setClosed(true) };
}

export function StillWorks({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const { continuity } = useStore(connection);
    return (
        <aside className="pane flat still" aria-label={t("link.works")} data-region="panel">
            <header>
                <h2 className="grow">{t("link.works")}</h2>
                <IconButton label={t("shell.close")} onClick={onClose}>
                    <X className="i" aria-hidden="true" />
                </IconButton>
            </header>
            <div className="body">
                <Emergency />
                <ul>
                    {WORKS.map((key) => (
                        <li key={key} className="row">
                            <Check className="i ct ok" aria-hidden="true" /> {t(key)}
                        </li>
                    ))}
                    {RESTS.map((key) => (
                        <li key={key} className="row muted">
                            <Minus className="i" aria-hidden="true" />
                            <span>
                                {t(key)} <span className="dim">({t("link.notNow")})</span>
                            </span>
                        </li>
                    ))}
                </ul>
                <div>
                    <h4>{t("link.why")}</h4>
                    <p className="sm muted">{t(navigator.onLine ? "link.whyNodes" : "link.whyDevice")}</p>
                    <Button size="small" onClick={() => continuity?.pilot.hurry()}>
                        {t("link.tryNow")}
                    </Button>
                </div>
            </div>
        </aside>
    );
}
