/** A message that cannot be opened yet: why, and the way out. */
import { Lock } from "lucide-react";
import type { LockedReason } from "../../model/timeline.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import { securityDialog } from "./securityStore.ts";

const WHY: Record<LockedReason, Key> = {
    waiting: "security.lockedWaiting",
    "before-device": "security.lockedBeforeDevice",
    "before-joining": "security.lockedBeforeJoining",
    withheld: "security.lockedWithheld",
    "withheld-unverified": "security.lockedUnverified",
    "sender-changed": "security.lockedChanged",
    "sender-unknown": "security.lockedSender",
};
/** What can be mended on this side. */
const MENDABLE: readonly LockedReason[] = ["waiting", "before-device", "withheld-unverified"];

export default function CannotOpen({ reason }: { reason: LockedReason }) {
    const t = useWords();
    const { security } = useClient();
    const { state, fetching, backup } = useStore(security);
    const mendable = MENDABLE.includes(reason);
    const lost = reason === "before-device" && state !== "unverified" && !backup;
    return (
        <div className="locked">
            <Lock className="i s" aria-hidden="true" />
            <div>
                <p>
                    {t("timeline.locked")} <span className="dim">{t(lost ? "security.lockedLost" : WHY[reason])}</span>
                </p>
                {mendable && state === "unverified" && (
                    <Button size="small" onClick={() => securityDialog.set("this-device")}>
                        {t("security.confirmDevice")}
                    </Button>
                )}
                {mendable && state !== "unverified" && backup && (
                    <Button size="small" disabled={fetching !== null} onClick={() => void security.fetchKeys()}>
                        {fetching && fetching.total > 0 ? t("security.fetchingOf", { done: fetching.done, total: fetching.total }) : t("security.fetchAgain")}
                    </Button>
                )}
            </div>
        </div>
    );
}
