/** Whether the keys of a person were compared, and how to do it. */
import { CircleCheck, ShieldAlert, ShieldQuestionMark } from "lucide-react";
import type { PersonTrust } from "../../client/trust.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { useAct } from "../useAct.ts";
import { useWords } from "../useWords.ts";

const WORDS: Record<PersonTrust, Key> = {
    unknown: "security.personUnknown",
    "no-keys": "security.personNoKeys",
    "not-compared": "security.personNotCompared",
    compared: "security.personCompared",
    changed: "security.personChanged",
    "changed-after": "security.personChangedAfter",
};

export default function PersonKeys({ userId, onOpen }: { userId: string; onOpen: () => void }) {
    const t = useWords();
    const { trust: all, verifications } = useClient();
    const trust = useStore(all.person(userId));
    const act = useAct();
    if (trust === "unknown") return null;
    const changed = trust === "changed" || trust === "changed-after";
    const compare = async (): Promise<void> => {
        if (await act.run(() => verifications.askPerson(userId))) onOpen();
    };
    return (
        <section className="stack person-keys">
            <h4>{t("security.keysOfPerson")}</h4>
            <p className="row top sm">
                {trust === "compared" ? (
                    <CircleCheck className="i s ct ok" aria-hidden="true" />
                ) : changed ? (
                    <ShieldAlert className="i s ct urgent" aria-hidden="true" />
                ) : (
                    <ShieldQuestionMark className="i s dim" aria-hidden="true" />
                )}
                <span>{t(WORDS[trust])}</span>
            </p>
            <div className="row wrap">
                {trust !== "compared" && trust !== "no-keys" && (
                    <Button size="small" disabled={act.busy} onClick={() => void compare()}>
                        {t("security.compareKeys")}
                    </Button>
                )}
                {changed && (
                    <Button size="small" disabled={act.busy} onClick={() => void act.run(() => all.acceptKeys(userId))}>
                        {t("security.acceptKeys")}
                    </Button>
                )}
            </div>
            {act.error && (
                <p className="ct critical sm" role="alert">
                    {t(act.error)}
                </p>
            )}
        </section>
    );
}
