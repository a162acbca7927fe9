/** "Confirm with your password": for acts that the server wants to be sure of. */
import { useId, useState, type FormEvent } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";

export function PasswordPrompt() {
    const t = useWords();
    const question = useStore(useClient().proof);
    const [password, setPassword] = useState("");
    const form = useId();
    if (!question) return null;
    const submit = (event: FormEvent): void => {
        event.preventDefault();
        if (password === "") return;
        setPassword("");
        question.answer(password);
    };
    return (
        <Dialog
            title={t("security.passwordTitle")}
            closeLabel={t("shell.close")}
            onClose={question.cancel}
            footer={
                <>
                    <Button onClick={question.cancel}>{t("shell.cancel")}</Button>
                    <Button look="primary" type="submit" form={form} disabled={password === ""}>
                        {t("security.confirm")}
                    </Button>
                </>
            }
        >
            <form id={form} onSubmit={submit} className="stack">
                <p>{t("security.passwordText")}</p>
                <Field
                    label={t("signin.password")}
                    type="password"
                    autoComplete="current-password"
                    autoFocus
                    value={password}
                    onChange={(event) => setPassword(event.target.value)}
                    error={question.again ? t("security.passwordWrong") : null}
                />
            </form>
        </Dialog>
    );
}
