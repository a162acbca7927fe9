/** For who forgot the password: a link to choose a new one, or a password to be said on the telephone. */
import { useId, useState, type FormEvent } from "react";
import type { Invitation } from "../../../client/admin/admin.ts";
import { toFailure } from "../../../client/failures.ts";
import { madePassword } from "../../../model/admin/people.ts";
import { Button } from "../../../design/Button.tsx";
import { Dialog } from "../../../design/Dialog.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useWords } from "../../useWords.ts";
import { Copied } from "../parts/Copied.tsx";
import { useAdmin } from "../parts/useList.ts";
import { HandOver } from "./HandOver.tsx";
import { LIFE_MS, LifeChoice, type Life } from "./LifeChoice.tsx";
import { nameOf, type ActsProps } from "./PersonActs.tsx";

type Way = "link" | "password";

export function PasswordDialog({ details: { person }, onRenew, onClose }: ActsProps) {
    const t = useWords();
    const admin = useAdmin();
    const form = useId();
    const [way, setWay] = useState<Way>("link");
    const [life, setLife] = useState<Life>("day");
    const [logOut, setLogOut] = useState(person.has_password);
    const [password] = useState(() => madePassword((bytes) => crypto.getRandomValues(bytes)));
    const [made, setMade] = useState<Invitation | "password" | null>(null);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const name = nameOf(person);
    const path = { user_id: person.user_id };
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        setBusy(true);
        setError(null);
        try {
            if (way === "link") setMade(await admin.call("post", "/people/{user_id}/invitation", { path, body: { expires_in_ms: LIFE_MS[life], log_out: logOut } }));
            else {
                await admin.call("put", "/people/{user_id}/password", { path, body: { password, log_out: logOut } });
                setMade("password");
            }
            onRenew();
        } catch (thrown) {
            setError(t(failureWords(toFailure(thrown).kind)));
        } finally {
            setBusy(false);
        }
    };
    if (made) {
        return (
            <Dialog
                title={t("adminPeople.handOverTitle", { name })}
                closeLabel={t("shell.close")}
                onClose={onClose}
                footer={
                    <Button look="primary" onClick={onClose}>
                        {t("adminPeople.finished")}
                    </Button>
                }
            >
                {made === "password" ? (
                    <>
                        <p>{t("adminPeople.passwordSet")}</p>
                        <Copied text={password} label={t("adminPeople.newPassword")} />
                        <p className="hint">{t("adminPeople.once")}</p>
                    </>
                ) : (
                    <HandOver invitation={made} />
                )}
            </Dialog>
        );
    }
    return (
        <Dialog
            title={t("adminPeople.passwordTitle", { name })}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" type="submit" form={form} busy={busy} disabled={busy}>
                        {t(way === "link" ? "adminPeople.makeLink" : "adminPeople.setPassword")}
                    </Button>
                </>
            }
        >
            <form id={form} className="stack act-form" onSubmit={(event) => void submit(event)}>
                <Segmented
                    label={t("adminPeople.way")}
                    value={way}
                    onChange={setWay}
                    options={[
                        { value: "link", label: t("adminPeople.byLink") },
                        { value: "password", label: t("adminPeople.byPassword") },
                    ]}
                />
                <p>{t(way === "link" ? "adminPeople.byLinkText" : "adminPeople.byPasswordText")}</p>
                {way === "link" && <LifeChoice value={life} onChange={setLife} />}
                <label className="row check">
                    <input type="checkbox" checked={logOut} onChange={(event) => setLogOut(event.target.checked)} />
                    <span>
                        {t("adminPeople.alsoLogOut")}
                        <span className="hint">{t("adminPeople.alsoLogOutHint")}</span>
                    </span>
                </label>
                <ErrorLine text={error} />
            </form>
        </Dialog>
    );
}
