/** A registration token is made, or its bounds are changed. */
import { useId, useState, type FormEvent } from "react";
import { serverNow } from "../../../client/now.ts";
import type { RegistrationToken } from "../../../client/admin/admin.ts";
import { toFailure } from "../../../client/failures.ts";
import { dateAndTime } from "../../../model/admin/figures.ts";
import { typedBound } from "../../../model/admin/tokens.ts";
import { Button } from "../../../design/Button.tsx";
import { Dialog } from "../../../design/Dialog.tsx";
import { Field } from "../../../design/Field.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { toasts } from "../../../design/Toasts.tsx";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { Copied } from "../parts/Copied.tsx";
import { useAdmin } from "../parts/useList.ts";

type End = "keep" | "day" | "week" | "month" | "never";
const DAY_MS = 24 * 3600 * 1000;
const END_MS: Record<Exclude<End, "keep" | "never">, number> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

export function TokenDialog({ token, onClose, onDone }: { token: RegistrationToken | null; onClose: () => void; onDone: () => void }) {
    const t = useWords();
    const language = useLanguage();
    const admin = useAdmin();
    const form = useId();
    const [uses, setUses] = useState(token ? String(token.uses_allowed ?? "") : "1");
    const [end, setEnd] = useState<End>(token ? "keep" : "week");
    const [made, setMade] = useState<RegistrationToken | null>(null);
    const [busy, setBusy] = useState(false);
    const [usesError, setUsesError] = useState<string | null>(null);
    const [error, setError] = useState<string | null>(null);

    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        const bound = typedBound(uses);
        setUsesError(bound === undefined ? t("adminTokens.usesWrong") : null);
        if (bound === undefined) return;
        const until = end === "never" ? null : end === "keep" ? undefined : serverNow() + END_MS[end];
        setBusy(true);
        setError(null);
        try {
            if (token) {
                await admin.call("patch", "/registration_tokens/{token}", { path: { token: token.token }, body: { uses_allowed: bound, ...(until === undefined ? {} : { expires_at_ms: until }) } });
                toasts.show({ title: t("adminTokens.changed") });
                onClose();
            } else setMade(await admin.call("post", "/registration_tokens", { body: { uses_allowed: bound, expires_at_ms: until ?? null } }));
            onDone();
        } catch (thrown) {
            setError(t(failureWords(toFailure(thrown).kind)));
            setBusy(false);
        }
    };
    if (made) {
        return (
            <Dialog
                title={t("adminTokens.madeTitle")}
                closeLabel={t("shell.close")}
                onClose={onClose}
                footer={
                    <Button look="primary" onClick={onClose}>
                        {t("adminPeople.finished")}
                    </Button>
                }
            >
                <p>{t("adminTokens.madeText")}</p>
                <Copied text={made.token} label={t("adminTokens.token")} />
            </Dialog>
        );
    }
    const ends: { value: End; label: string }[] = [
        ...(token ? [{ value: "keep" as End, label: token.expires_at_ms === null ? t("adminTokens.noEnd") : dateAndTime(token.expires_at_ms, language) }] : []),
        { value: "day", label: t("admin.days", { count: 1 }) },
        { value: "week", label: t("admin.days", { count: 7 }) },
        { value: "month", label: t("admin.days", { count: 30 }) },
        ...(token?.expires_at_ms === null ? [] : [{ value: "never" as End, label: t("adminTokens.noEnd") }]),
    ];
    return (
        <Dialog
            title={t(token ? "adminTokens.changeTitle" : "adminTokens.makeTitle")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" type="submit" form={form} busy={busy} disabled={busy}>
                        {t(token ? "admin.save" : "adminTokens.make")}
                    </Button>
                </>
            }
        >
            <form id={form} className="stack act-form" onSubmit={(event) => void submit(event)} noValidate>
                {token && <Copied text={token.token} label={t("adminTokens.token")} />}
                <Field label={t("adminTokens.uses")} hint={t("adminTokens.usesHint")} error={usesError} name="uses" inputMode="numeric" autoComplete="off" maxLength={9} value={uses} onChange={(event) => setUses(event.target.value)} />
                <div className="field">
                    <span className="lab">{t("adminTokens.goodFor")}</span>
                    <Segmented label={t("adminTokens.goodFor")} value={end} onChange={setEnd} options={ends} />
                </div>
                <ErrorLine text={error} />
            </form>
        </Dialog>
    );
}
