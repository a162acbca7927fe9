/** What an administrator does about a person: each act says what it will do. */
import { useState } from "react";
import type { Person, PersonDetails } from "../../../client/admin/admin.ts";
import { localpart } from "../../../model/names.ts";
import { useWords } from "../../useWords.ts";
import { ActDialog } from "../parts/ActDialog.tsx";
import { useAdmin } from "../parts/useList.ts";
import { PasswordDialog } from "./PasswordDialog.tsx";

export type PersonAct =
    | { is: "lock" | "suspend" | "rights" | "withdraw" | "close" | "password" }
    | { is: "log-out"; device?: { id: string; name: string } };

export interface ActsProps {
    act: PersonAct;
    details: PersonDetails;
    onChanged: (person: Person) => void;
    /** Something else about the person changed. */
    onRenew: () => void;
    onClose: () => void;
}

export function PersonActs(props: ActsProps) {
    switch (props.act.is) {
        case "password":
            return <PasswordDialog {...props} />;
        case "lock":
            return <Lock {...props} />;
        case "suspend":
            return <Suspend {...props} />;
        case "rights":
            return <Rights {...props} />;
        case "withdraw":
            return <Withdraw {...props} />;
        case "close":
            return <Close {...props} />;
        case "log-out":
            return <LogOut {...props} device={props.act.device} />;
    }
}

export function nameOf(person: Person): string {
    return person.display_name?.trim() || localpart(person.user_id);
}

function Lock({ details: { person }, onChanged, onClose }: ActsProps) {
    const t = useWords();
    const admin = useAdmin();
    const name = nameOf(person);
    const locked = !person.locked;
    return (
        <ActDialog
            title={t(locked ? "adminPeople.lockTitle" : "adminPeople.unlockTitle", { name })}
            what={t(locked ? "adminPeople.lockText" : "adminPeople.unlockText")}
            verb={t(locked ? "adminPeople.lock" : "adminPeople.unlock")}
            done={t(locked ? "adminPeople.lockDone" : "adminPeople.unlockDone", { name })}
            refused={t("adminPeople.rightsFirst")}
            run={async (reason) => onChanged(await admin.call("put", "/people/{user_id}/lock", { path: { user_id: person.user_id }, body: { locked, reason } }))}
            onClose={onClose}
        />
    );
}

function Suspend({ details: { person }, onChanged, onClose }: ActsProps) {
    const t = useWords();
    const admin = useAdmin();
    const name = nameOf(person);
    const suspended = !person.suspended;
    return (
        <ActDialog
            title={t(suspended ? "adminPeople.suspendTitle" : "adminPeople.unsuspendTitle", { name })}
            what={t(suspended ? "adminPeople.suspendText" : "adminPeople.unsuspendText")}
            verb={t(suspended ? "adminPeople.suspend" : "adminPeople.unsuspend")}
            done={t(suspended ? "adminPeople.suspendDone" : "adminPeople.unsuspendDone", { name })}
            refused={t("adminPeople.rightsFirst")}
            run={async (reason) => onChanged(await admin.call("put", "/people/{user_id}/suspension", { path: { user_id: person.user_id }, body: { suspended, reason } }))}
            onClose={onClose}
        />
    );
}

function Rights({ details: { person }, onChanged, onClose }: ActsProps) {
    const t = useWords();
    const admin = useAdmin();
    const name = nameOf(person);
    const administrator = !person.administrator;
    return (
        <ActDialog
            title={t(administrator ? "adminPeople.giveTitle" : "adminPeople.takeTitle", { name })}
            what={t(administrator ? "adminPeople.giveText" : "adminPeople.takeText")}
            verb={t(administrator ? "adminPeople.giveRights" : "adminPeople.takeRights")}
            done={t(administrator ? "adminPeople.giveDone" : "adminPeople.takeDone", { name })}
            refused={t("adminPeople.lastOne")}
            run={async (reason) => onChanged(await admin.call("put", "/people/{user_id}/administrator", { path: { user_id: person.user_id }, body: { administrator, reason } }))}
            onClose={onClose}
        />
    );
}

function Withdraw({ details: { person }, onChanged, onClose }: ActsProps) {
    const t = useWords();
    const admin = useAdmin();
    return (
        <ActDialog
            title={t("adminPeople.withdrawTitle")}
            what={t("adminPeople.withdrawText")}
            verb={t("adminPeople.withdraw")}
            done={t("adminPeople.withdrawDone")}
            run={async (reason) => onChanged(await admin.call("delete", "/people/{user_id}/invitation", { path: { user_id: person.user_id }, body: { reason } }))}
            onClose={onClose}
        />
    );
}

function Close({ details: { person }, onChanged, onClose }: ActsProps) {
    const t = useWords();
    const admin = useAdmin();
    const [erase, setErase] = useState(false);
    const name = nameOf(person);
    return (
        <ActDialog
            title={t("adminPeople.closeTitle", { name })}
            what={t("adminPeople.closeText")}
            verb={t("adminPeople.close")}
            final
            done={t("adminPeople.closeDone", { name })}
            refused={t("adminPeople.rightsFirst")}
            run={async (reason) => onChanged(await admin.call("post", "/people/{user_id}/deactivate", { path: { user_id: person.user_id }, body: { erase, reason } }))}
            onClose={onClose}
        >
            <label className="row check">
                <input type="checkbox" checked={erase} onChange={(event) => setErase(event.target.checked)} />
                <span>
                    {t("adminPeople.erase")}
                    <span className="hint">{t("adminPeople.eraseHint")}</span>
                </span>
            </label>
        </ActDialog>
    );
}

function LogOut({ details, device, onRenew, onClose }: ActsProps & { device?: { id: string; name: string } }) {
    const t = useWords();
    const admin = useAdmin();
    const { person, devices } = details;
    const name = nameOf(person);
    const run = (reason: string | null): Promise<unknown> =>
        device
            ? admin.call("delete", "/people/{user_id}/devices/{device_id}", { path: { user_id: person.user_id, device_id: device.id }, body: { reason } })
            : admin.call("delete", "/people/{user_id}/devices", { path: { user_id: person.user_id }, body: { reason } });
    return (
        <ActDialog
            title={device ? t("adminPeople.logOutOneTitle", { name: device.name }) : t("adminPeople.logOutTitle", { name })}
            what={t("adminPeople.logOutText")}
            verb={t("adminPeople.logOutVerb")}
            done={t("adminPeople.logOutDone", { count: device ? 1 : devices.length })}
            run={run}
            onDone={onRenew}
            onClose={onClose}
        />
    );
}
