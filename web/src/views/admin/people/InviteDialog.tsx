/** An account for somebody who has none yet: first who, then the link and the picture to hand on. */
import { useId, useState, type FormEvent } from "react";
import type { Invitation } from "../../../client/admin/admin.ts";
import { toFailure } from "../../../client/failures.ts";
import { goodUserName, proposedName } from "../../../model/admin/people.ts";
import { Button } from "../../../design/Button.tsx";
import { Dialog } from "../../../design/Dialog.tsx";
import { Field } from "../../../design/Field.tsx";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useWords } from "../../useWords.ts";
import { useAdmin } from "../parts/useList.ts";
import { HandOver } from "./HandOver.tsx";
import { LIFE_MS, LifeChoice, type Life } from "./LifeChoice.tsx";

interface Props {
    onClose: () => void;
    onInvited: () => void;
}

export function InviteDialog({ onClose, onInvited }: Props) {
    const t = useWords();
    const [made, setMade] = useState<{ invitation: Invitation; name: string } | null>(null);
    if (!made) return <Form onClose={onClose} onMade={(invitation, name) => (setMade({ invitation, name }), onInvited())} />;
    return (
        <Dialog
            title={t("adminPeople.handOverTitle", { name: made.name })}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={() => setMade(null)}>{t("adminPeople.inviteAnother")}</Button>
                    <Button look="primary" onClick={onClose}>
                        {t("adminPeople.finished")}
                    </Button>
                </>
            }
        >
            <HandOver invitation={made.invitation} />
        </Dialog>
    );
}

function Form({ onClose, onMade }: { onClose: () => void; onMade: (invitation: Invitation, name: string) => void }) {
    const t = useWords();
    const admin = useAdmin();
    const form = useId();
    const [shown, setShown] = useState("");
    const [typed, setTyped] = useState<string | null>(null);
    const [life, setLife] = useState<Life>("week");
    const [rights, setRights] = useState(false);
    const [busy, setBusy] = useState(false);
    const [nameError, setNameError] = useState<string | null>(null);
    const [error, setError] = useState<string | null>(null);
    const name = typed ?? proposedName(shown);
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        setNameError(null);
        setError(null);
        if (!goodUserName(name)) return setNameError(t(name === "" ? "adminPeople.nameMissing" : "errors.badName"));
        setBusy(true);
        try {
            const body = { username: name, display_name: shown.trim() || null, administrator: rights, expires_in_ms: LIFE_MS[life] };
            onMade(await admin.call("post", "/people", { body }), shown.trim() || name);
        } catch (thrown) {
            const { kind } = toFailure(thrown);
            (kind === "name-taken" || kind === "bad-name" ? setNameError : setError)(t(failureWords(kind)));
            setBusy(false);
        }
    };
    return (
        <Dialog
            title={t("adminPeople.inviteTitle")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" type="submit" form={form} busy={busy} disabled={busy}>
                        {t("adminPeople.makeLink")}
                    </Button>
                </>
            }
        >
            <form id={form} className="stack act-form" onSubmit={(event) => void submit(event)} noValidate>
                <p>{t("adminPeople.inviteText")}</p>
                <Field label={t("adminPeople.shownName")} name="shown-name" autoFocus autoComplete="off" maxLength={100} value={shown} onChange={(event) => setShown(event.target.value)} />
                <Field
                    label={t("adminPeople.userName")}
                    name="user-name"
                    hint={t("adminPeople.userNameHint")}
                    error={nameError}
                    autoComplete="off"
                    autoCapitalize="none"
                    spellCheck={false}
                    maxLength={200}
                    value={name}
                    onChange={(event) => setTyped(event.target.value.trim().toLowerCase())}
                />
                <LifeChoice value={life} onChange={setLife} />
                <label className="row check">
                    <input type="checkbox" checked={rights} onChange={(event) => setRights(event.target.checked)} />
                    <span>
                        {t("adminPeople.withRights")}
                        <span className="hint">{t("adminPeople.rightsHint")}</span>
                    </span>
                </label>
                <ErrorLine text={error} />
            </form>
        </Dialog>
    );
}
