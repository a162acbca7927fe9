/** An act: what it will do, why it is done, and what came of it. */
import { useId, useState, type FormEvent, type ReactNode } from "react";
import { toFailure } from "../../../client/failures.ts";
import { Button } from "../../../design/Button.tsx";
import { Dialog } from "../../../design/Dialog.tsx";
import { Field } from "../../../design/Field.tsx";
import { toasts } from "../../../design/Toasts.tsx";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useWords } from "../../useWords.ts";

export interface ActProps {
    title: string;
    /** What it will do. */
    what: ReactNode;
    verb: string;
    /** Cannot be taken back. */
    final?: boolean;
    /** Said when it was done. */
    done: string;
    /** Said when the server refuses it for a reason of its own. */
    refused?: string;
    /** Whether the audit log is told why. */
    why?: boolean;
    run: (reason: string | null) => Promise<unknown>;
    onDone?: () => void;
    onClose: () => void;
    children?: ReactNode;
    disabled?: boolean;
}

export function ActDialog({ title, what, verb, final, done, refused, why = true, run, onDone, onClose, children, disabled }: ActProps) {
    const t = useWords();
    const form = useId();
    const [reason, setReason] = useState("");
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (busy || disabled) return;
        setBusy(true);
        setError(null);
        try {
            await run(reason.trim() || null);
        } catch (thrown) {
            const { kind } = toFailure(thrown);
            setError(kind === "forbidden" && refused ? refused : t(failureWords(kind)));
            setBusy(false);
            return;
        }
        toasts.show({ title: done });
        onClose();
        onDone?.();
    };
    return (
        <Dialog
            title={title}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button type="submit" form={form} look={final ? "critical" : "primary"} busy={busy} disabled={busy || disabled}>
                        {verb}
                    </Button>
                </>
            }
        >
            <form id={form} className="stack act-form" onSubmit={(event) => void submit(event)}>
                <p>{what}</p>
                {children}
                {why && <Field label={t("admin.reason")} name="reason" hint={t("admin.reasonHint")} value={reason} maxLength={400} onChange={(event) => setReason(event.target.value)} />}
                <ErrorLine text={error} />
            </form>
        </Dialog>
    );
}
