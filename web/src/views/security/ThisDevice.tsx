/** This device is new: confirm it with another one, with the recovery key, or start over without both. */
import { KeyRound, MonitorSmartphone } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useAct } from "../useAct.ts";
import { useWords } from "../useWords.ts";

interface Props {
    onDone: () => void;
    onLater: () => void;
    /** Started over: a new key has to be made. */
    onNewKey: () => void;
}

type Page = "ways" | "key" | "lost";

export function ThisDevice(props: Props) {
    const [page, setPage] = useState<Page>("ways");
    if (page === "key") return <WithKey {...props} onBack={() => setPage("ways")} />;
    if (page === "lost") return <StartOver {...props} onBack={() => setPage("ways")} />;
    return <Ways {...props} onPage={setPage} />;
}

function Ways({ onDone, onLater, onPage }: Props & { onPage: (page: Page) => void }) {
    const t = useWords();
    const { security, verifications } = useClient();
    const { others, recovery } = useStore(security);
    const act = useAct();
    const ask = async (): Promise<void> => {
        if (await act.run(() => verifications.askOwn())) onDone();
    };
    return (
        <Dialog
            title={t("security.deviceTitle")}
            closeLabel={t("shell.close")}
            onClose={onLater}
            footer={
                <Button look="plain" className="first" onClick={onLater}>
                    {t("security.later")}
                </Button>
            }
        >
            <p>{t("security.deviceText")}</p>
            <div className="ways">
                {others > 0 && (
                    <Button look="primary" onClick={() => void ask()} disabled={act.busy}>
                        <MonitorSmartphone className="i l" aria-hidden="true" />
                        <span>
                            {t("security.withDevice")}
                            <span className="sub">{t("security.withDeviceText")}</span>
                        </span>
                    </Button>
                )}
                {recovery && (
                    <Button look={others > 0 ? "default" : "primary"} onClick={() => onPage("key")}>
                        <KeyRound className="i l" aria-hidden="true" />
                        <span>
                            {t("security.withKey")}
                            <span className="sub">{t("security.withKeyText")}</span>
                        </span>
                    </Button>
                )}
            </div>
            {act.error && (
                <p className="ct critical" role="alert">
                    {t(act.error)}
                </p>
            )}
            <p>
                <Button look="plain" size="small" className="flush" onClick={() => onPage("lost")}>
                    {t("security.lost")}
                </Button>
            </p>
        </Dialog>
    );
}

function WithKey({ onDone, onBack }: Props & { onBack: () => void }) {
    const t = useWords();
    const { security } = useClient();
    const { passphrase } = useStore(security);
    const act = useAct();
    const [text, setText] = useState("");
    const form = useId();
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (text.trim() === "") return;
        if (await act.run(() => security.openWithKey(text))) {
            toasts.show({ title: t("security.deviceDone"), text: t("security.deviceDoneText") });
            onDone();
        }
    };
    return (
        <Dialog
            title={t("security.withKey")}
            closeLabel={t("shell.close")}
            onClose={onBack}
            footer={
                <>
                    <Button onClick={onBack}>{t("security.back")}</Button>
                    <Button look="primary" type="submit" form={form} disabled={act.busy || text.trim() === ""} busy={act.busy}>
                        {act.busy ? t("security.opening") : t("security.confirm")}
                    </Button>
                </>
            }
        >
            <form id={form} onSubmit={(event) => void submit(event)}>
                <Field
                    label={t(passphrase ? "security.keyOrPassphrase" : "security.key")}
                    name="recovery"
                    className="in mono"
                    hint={t("security.keyEnterHint")}
                    autoComplete="off"
                    autoCapitalize="none"
                    spellCheck={false}
                    autoFocus
                    value={text}
                    onChange={(event) => setText(event.target.value)}
                    error={act.error ? t(act.error) : null}
                />
            </form>
        </Dialog>
    );
}

function StartOver({ onNewKey, onBack }: Props & { onBack: () => void }) {
    const t = useWords();
    const { security } = useClient();
    const act = useAct();
    const start = async (): Promise<void> => {
        if (await act.run(() => security.startOver())) onNewKey();
    };
    return (
        <Dialog
            title={t("security.startOverTitle")}
            closeLabel={t("shell.close")}
            onClose={onBack}
            footer={
                <>
                    <Button onClick={onBack}>{t("security.back")}</Button>
                    <Button look="outline-critical" className="critical" onClick={() => void start()} disabled={act.busy} busy={act.busy}>
                        {t("security.startOver")}
                    </Button>
                </>
            }
        >
            <p>{t("security.startOverText")}</p>
            <p>{t("security.startOverOthers")}</p>
            {act.error && (
                <p className="ct critical" role="alert">
                    {t(act.error)}
                </p>
            )}
        </Dialog>
    );
}
