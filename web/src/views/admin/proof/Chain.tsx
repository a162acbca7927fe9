/** The hashes of the log are made anew and compared, step by step, up to the last entry. */
import { ShieldAlert, ShieldCheck, ShieldQuestion } from "lucide-react";
import { useEffect, useState } from "react";
import type { AuditVerification } from "../../../client/admin/admin.ts";
import { toFailure, type FailureKind } from "../../../client/failures.ts";
import { count, groupedHash, shortHash } from "../../../model/admin/figures.ts";
import { Button } from "../../../design/Button.tsx";
import { failureWords } from "../../failureWords.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { Copied } from "../parts/Copied.tsx";
import { useAdmin } from "../parts/useList.ts";

function useChain() {
    const admin = useAdmin();
    const [turn, setTurn] = useState(0);
    const [state, setState] = useState<AuditVerification | null>(null);
    const [failure, setFailure] = useState<FailureKind | null>(null);
    useEffect(() => {
        let here = true;
        const walk = async (): Promise<void> => {
            let step: AuditVerification | null = null;
            do {
                const query: { after?: number; hash?: string } = step ? { after: step.upto, hash: step.hash } : {};
                step = await admin.call("get", "/audit/verification", { query });
                if (!here) return;
                setState(step);
            } while (!step.complete && step.broken === null);
        };
        setState(null);
        setFailure(null);
        walk().catch((error) => here && setFailure(toFailure(error).kind));
        return () => void (here = false);
    }, [admin, turn]);
    return { state, failure, again: () => setTurn(turn + 1) };
}

export function Chain() {
    const t = useWords();
    const language = useLanguage();
    const { state, failure, again } = useChain();
    const [shown, setShown] = useState(false);
    const broken = state !== null && state.broken !== null;
    const whole = state?.complete === true && !broken;
    const Icon = broken ? ShieldAlert : whole ? ShieldCheck : ShieldQuestion;
    const title = failure
        ? t(failureWords(failure))
        : !state
          ? t("audit.checking")
          : broken
            ? t("audit.broken", { entry: count(state.broken ?? 0, language) })
            : whole
              ? state.last === 0
                  ? t("audit.nothingYet")
                  : t("audit.whole", { entry: count(state.upto, language) })
              : t("audit.partly", { entry: count(state.upto, language), last: count(state.last, language) });
    return (
        <div className={broken ? "card adm-card critical alarm" : "card adm-card"} role="status">
            <Icon className={`i l ct ${broken ? "critical" : whole ? "ok" : ""}`} aria-hidden="true" />
            <div className="grow">
                <b>{title}</b>
                {whole && state.last > 0 && (
                    <div className="sm muted">
                        {t("audit.anchor")} <span className="mono">{shortHash(state.hash)}</span>
                    </div>
                )}
                {broken && <div className="sm muted">{t("audit.brokenText")}</div>}
                {shown && whole && (
                    <div className="stack anchor">
                        <p className="sm">{t("audit.anchorText")}</p>
                        <Copied text={`${state.upto}:${state.hash}`} label={t("audit.anchor")} />
                        <span className="sr">{groupedHash(state.hash)}</span>
                    </div>
                )}
            </div>
            {whole && state.last > 0 && (
                <Button size="small" look="plain" aria-expanded={shown} onClick={() => setShown(!shown)}>
                    {t("audit.keep")}
                </Button>
            )}
            <Button size="small" disabled={!state && !failure} onClick={again}>
                {t("audit.checkAgain")}
            </Button>
        </div>
    );
}
