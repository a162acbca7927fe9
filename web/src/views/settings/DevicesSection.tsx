/** The devices on which I am signed in. Only what is not in order is marked. */
import { LogOut, MonitorSmartphone, Pencil, ShieldCheck } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import type { Device } from "../../client/devices.ts";
import { exactTime } from "../../model/time.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { securityDialog } from "../security/securityStore.ts";
import { useAct } from "../useAct.ts";
import { useLanguage, useWords } from "../useWords.ts";

export function DevicesSection() {
    const t = useWords();
    const client = useClient();
    const devices = useStore(client.devices);
    const [renamed, setRenamed] = useState<Device | null>(null);
    const act = useAct();
    const others = devices?.filter((one) => !one.here) ?? [];
    const signOut = async (ids: string[]): Promise<void> => {
        if (await act.run(() => client.devices.signOut(ids))) toasts.show({ title: t("settings.signedOut", { count: ids.length }) });
    };
    const verify = (device: Device): void => {
        if (device.here) securityDialog.set("this-device");
        else void act.run(() => client.verifications.askOwn(device.id));
    };
    return (
        <section className="stack">
            <h3>{t("settings.devices")}</h3>
            <p className="hint">{t("settings.devicesHint")}</p>
            <ul className="devices">
                {(devices ?? []).map((device) => (
                    <Row
                        key={device.id}
                        device={device}
                        onRename={() => setRenamed(device)}
                        onSignOut={() => void signOut([device.id])}
                        onVerify={() => verify(device)}
                    />
                ))}
            </ul>
            {act.error && (
                <p className="ct critical" role="alert">
                    {t(act.error)}
                </p>
            )}
            {others.length > 1 && (
                <div>
                    <Button disabled={act.busy} onClick={() => void signOut(others.map((one) => one.id))}>
                        {t("settings.signOutOthers")}
                    </Button>
                </div>
            )}
            {renamed && <RenameDialog device={renamed} onClose={() => setRenamed(null)} />}
        </section>
    );
}

function Row({ device, onRename, onSignOut, onVerify }: { device: Device; onRename: () => void; onSignOut: () => void; onVerify: () => void }) {
    const t = useWords();
    const language = useLanguage();
    const seen = device.lastSeenAt === null ? t("settings.neverSeen") : t("settings.lastSeen", { time: exactTime(device.lastSeenAt, language) });
    return (
        <li>
            <MonitorSmartphone className="i l dim" aria-hidden="true" />
            <div className="grow">
                <div className="row wrap">
                    <Name of={device.name} className="b" />
                    {device.here && <span className="tag ok">{t("security.thisDevice")}</span>}
                    {device.verified === false && <span className="tag urgent">{t("settings.notConfirmed")}</span>}
                    {device.verified === null && <span className="tag">{t("settings.noKeys")}</span>}
                </div>
                <div className="sm dim">{device.here ? t("settings.now") : seen}</div>
            </div>
            {device.verified === false && (
                <IconButton label={t("security.confirm")} onClick={onVerify}>
                    <ShieldCheck className="i" aria-hidden="true" />
                </IconButton>
            )}
            <IconButton label={t("settings.rename")} onClick={onRename}>
                <Pencil className="i" aria-hidden="true" />
            </IconButton>
            {!device.here && (
                <IconButton label={t("shell.signOut")} onClick={onSignOut}>
                    <LogOut className="i" aria-hidden="true" />
                </IconButton>
            )}
        </li>
    );
}

function RenameDialog({ device, onClose }: { device: Device; onClose: () => void }) {
    const t = useWords();
    const { devices } = useClient();
    const [name, setName] = useState(device.name);
    const act = useAct();
    const form = useId();
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (name.trim() !== "" && (await act.run(() => devices.rename(device.id, name.trim())))) onClose();
    };
    return (
        <Dialog
            title={t("settings.renameTitle")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" type="submit" form={form} disabled={act.busy || name.trim() === ""}>
                        {t("settings.rename")}
                    </Button>
                </>
            }
        >
            <form id={form} onSubmit={(event) => void submit(event)}>
                <Field
                    label={t("settings.deviceName")}
                    hint={t("settings.deviceNameHint")}
                    autoFocus
                    value={name}
                    maxLength={100}
                    onChange={(event) => setName(event.target.value)}
                    error={act.error ? t(act.error) : null}
                />
            </form>
        </Dialog>
    );
}
