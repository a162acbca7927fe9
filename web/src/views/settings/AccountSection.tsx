/** Password, signing out, and the end of the account. */
import { useId, useState, type FormEvent } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { Switch } from "../../design/Switch.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { app } from "../app.ts";
import { useClient } from "../ClientContext.ts";
import { SignOutDialog } from "../shell/AccountMenu.tsx";
import { useAct } from "../useAct.ts";
import { useWords } from "../useWords.ts";
import { Ignored } from "./Ignored.tsx";

const PASSWORD_MIN = 8;

export function AccountSection() {
    const t = useWords();
    const { me } = useClient();
    const mine = useStore(me);
    const [leaving, setLeaving] = useState(false);
    const [ending, setEnding] = useState(false);
    return (
        <>
            <section className="stack">
                <p>{t("settings.signedInAs", { address: mine.id })}</p>
                <div>
                    <Button onClick={() => setLeaving(true)}>{t("shell.signOut")}</Button>
                </div>
            </section>
            <PasswordForm />
            <Ignored />
            <section className="stack">
                <h3>{t("settings.deactivate")}</h3>
                <p>{t("settings.deactivateText")}</p>
                <div>
                    <Button look="outline-critical" className="critical" onClick={() => setEnding(true)}>
                        {t("settings.deactivate")}
                    </Button>
                </div>
            </section>
            {leaving && <SignOutDialog onClose={() => setLeaving(false)} />}
            {ending && <DeactivateDialog onClose={() => setEnding(false)} />}
        </>
    );
}

function PasswordForm() {
    const t = useWords();
    const { account } = useClient();
    const [one, setOne] = useState("");
    const [two, setTwo] = useState("");
    const [others, setOthers] = useState(true);
    const act = useAct();
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (one.length < PASSWORD_MIN) return act.fail("errors.weakPassword");
        if (one !== two) return act.fail("settings.passwordsDiffer");
        if (!(await act.run(() => account.changePassword(one, others)))) return;
        setOne("");
        setTwo("");
        toasts.show({ title: t("settings.passwordChanged") });
    };
    return (
        <section className="stack">
            <h3>{t("settings.password")}</h3>
            <form className="form" onSubmit={(event) => void submit(event)}>
                <Field
                    label={t("settings.newPassword")}
                    type="password"
                    name="new-password"
                    autoComplete="new-password"
                    value={one}
                    onChange={(event) => setOne(event.target.value)}
                />
                <Field
                    label={t("settings.newPasswordAgain")}
                    type="password"
                    name="new-password-again"
                    autoComplete="new-password"
                    value={two}
                    onChange={(event) => setTwo(event.target.value)}
                    error={act.error ? t(act.error) : null}
                />
                <Switch label={t("settings.signOutOthers")} hint={t("settings.signOutOthersHint")} on={others} onChange={setOthers} />
                <div>
                    <Button type="submit" disabled={act.busy || one === "" || two === ""} busy={act.busy}>
                        {t("settings.changePassword")}
                    </Button>
                </div>
            </form>
        </section>
    );
}

function DeactivateDialog({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const { account, session } = useClient();
    const [typed, setTyped] = useState("");
    const [erase, setErase] = useState(false);
    const act = useAct();
    const form = useId();
    const name = session.userId.slice(1).split(":")[0]!;
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (typed.trim() === name && (await act.run(() => account.deactivate(erase)))) await app.signOut();
    };
    return (
        <Dialog
            title={t("settings.deactivateTitle")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="outline-critical" className="critical" type="submit" form={form} disabled={act.busy || typed.trim() !== name}>
                        {t("settings.deactivate")}
                    </Button>
                </>
            }
        >
            <form id={form} className="form" onSubmit={(event) => void submit(event)}>
                <p>{t("settings.deactivateText")}</p>
                <Switch label={t("settings.erase")} hint={t("settings.eraseHint")} on={erase} onChange={setErase} />
                <Field
                    label={t("settings.deactivateType", { name })}
                    autoComplete="off"
                    spellCheck={false}
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                    error={act.error ? t(act.error) : null}
                />
            </form>
        </Dialog>
    );
}
