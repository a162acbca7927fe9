/** Keep your recovery key: shown once, and one group typed back. A passphrase of one's own is the other way. */
import { useEffect, useId, useState, type FormEvent, type ReactNode } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useClient } from "../ClientContext.ts";
import { useAct } from "../useAct.ts";
import { useWords } from "../useWords.ts";
import { keyGroups, RecoveryKey } from "./RecoveryKey.tsx";

const PASSPHRASE_MIN = 14;

type NewKey = Awaited<ReturnType<ReturnType<typeof useClient>["security"]["newKey"]>>;

interface Props {
    /** Which step of how many. */
    aside?: ReactNode;
    onDone: () => void;
    /** Without it, the dialog can be closed only by its cross. */
    onLater: () => void;
}

export function KeyDialog(props: Props) {
    const [own, setOwn] = useState(false);
    return own ? <PassphraseDialog {...props} onBack={() => setOwn(false)} /> : <ShownKeyDialog {...props} onPassphrase={() => setOwn(true)} />;
}

function ShownKeyDialog({ aside, onDone, onLater, onPassphrase }: Props & { onPassphrase: () => void }) {
    const t = useWords();
    const { security } = useClient();
    const act = useAct();
    const [key, setKey] = useState<NewKey | null>(null);
    const [typed, setTyped] = useState("");
    const [asked] = useState(() => Math.floor(Math.random() * 12));
    const form = useId();
    useEffect(() => void security.newKey().then(setKey), [security]);
    const text = key?.encodedPrivateKey ?? "";
    const right = text !== "" && typed.trim() === keyGroups(text)[asked];
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (!key || !right) return;
        if (await act.run(() => security.keepKey(key))) {
            toasts.show({ title: t("security.keyKept") });
            onDone();
        }
    };
    return (
        <Dialog
            title={t("security.keyTitle")}
            closeLabel={t("shell.close")}
            onClose={onLater}
            aside={aside}
            footer={
                <>
                    <Button look="plain" className="first" onClick={onLater}>
                        {t("security.later")}
                    </Button>
                    <Button look="primary" type="submit" form={form} disabled={!right || act.busy} busy={act.busy}>
                        {act.busy ? t("security.keeping") : t("security.done")}
                    </Button>
                </>
            }
        >
            <p>{t("security.keyText")}</p>
            {text !== "" && <RecoveryKey text={text} />}
            <form id={form} onSubmit={(event) => void submit(event)}>
                <Field
                    label={t("security.typeGroup", { number: asked + 1 })}
                    className="in mono group"
                    autoComplete="off"
                    autoCapitalize="none"
                    spellCheck={false}
                    maxLength={8}
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                    error={act.error ? t(act.error) : typed.trim().length >= 4 && !right ? t("security.groupWrong", { number: asked + 1 }) : null}
                />
            </form>
            <p>
                <Button look="plain" size="small" className="flush" onClick={onPassphrase}>
                    {t("security.usePassphrase")}
                </Button>
            </p>
        </Dialog>
    );
}

function PassphraseDialog({ aside, onDone, onLater, onBack }: Props & { onBack: () => void }) {
    const t = useWords();
    const { security } = useClient();
    const act = useAct();
    const [one, setOne] = useState("");
    const [two, setTwo] = useState("");
    const form = useId();
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (one.length < PASSPHRASE_MIN) return act.fail("security.passphraseShort");
        if (one !== two) return act.fail("security.passphraseDiffers");
        if (await act.run(async () => security.keepKey(await security.newKey(one)))) {
            toasts.show({ title: t("security.passphraseKept") });
            onDone();
        }
    };
    return (
        <Dialog
            title={t("security.passphraseTitle")}
            closeLabel={t("shell.close")}
            onClose={onLater}
            aside={aside}
            footer={
                <>
                    <Button look="plain" className="first" onClick={onBack}>
                        {t("security.useKey")}
                    </Button>
                    <Button look="primary" type="submit" form={form} disabled={act.busy} busy={act.busy}>
                        {act.busy ? t("security.keeping") : t("security.done")}
                    </Button>
                </>
            }
        >
            <form id={form} onSubmit={(event) => void submit(event)} className="form">
                <p>{t("security.passphraseText")}</p>
                <Field
                    label={t("security.passphrase")}
                    type="password"
                    autoComplete="new-password"
                    autoFocus
                    hint={t("security.passphraseHint")}
                    value={one}
                    onChange={(event) => setOne(event.target.value)}
                />
                <Field
                    label={t("security.passphraseAgain")}
                    type="password"
                    autoComplete="new-password"
                    value={two}
                    onChange={(event) => setTwo(event.target.value)}
                    error={act.error ? t(act.error) : null}
                />
            </form>
        </Dialog>
    );
}
