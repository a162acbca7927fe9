/** Where a person is signed in. Only what nobody has confirmed is marked. */
import { LogOut, MonitorSmartphone, ShieldAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { serverNow } from "../../../client/now.ts";
import { confirmedDevices } from "../../../client/admin/devices.ts";
import type { PersonDetails } from "../../../client/admin/admin.ts";
import { cleanName } from "../../../model/names.ts";
import { listTime } from "../../../model/time.ts";
import { IconButton } from "../../../design/Button.tsx";
import { Name } from "../../../design/Name.tsx";
import { useClient } from "../../ClientContext.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import type { PersonAct } from "./PersonActs.tsx";

/** Devices that the person has confirmed; null until that is known. */
function useConfirmed(userId: string): ReadonlySet<string> | null {
    const client = useClient();
    const [confirmed, set] = useState<ReadonlySet<string> | null>(null);
    useEffect(() => {
        let here = true;
        confirmedDevices(client, userId).then(
            (found) => here && set(found),
            () => undefined,
        );
        return () => void (here = false);
    }, [client, userId]);
    return confirmed;
}

export function Devices({ details, onAct }: { details: PersonDetails; onAct: (act: PersonAct) => void }) {
    const t = useWords();
    const language = useLanguage();
    const confirmed = useConfirmed(details.person.user_id);
    return (
        <div className="stack">
            <h4>{t("adminPeople.devices")}</h4>
            {details.devices.length === 0 && <p className="sm muted">{t("adminPeople.noDevices")}</p>}
            {details.devices.map((device) => {
                const name = cleanName(device.display_name, device.device_id);
                const doubtful = confirmed !== null && device.has_keys && !confirmed.has(device.device_id);
                return (
                    <div key={device.device_id} className="card row device">
                        <MonitorSmartphone className="i" aria-hidden="true" />
                        <div className="grow">
                            <div className="b ell">
                                <Name of={name} />
                            </div>
                            <div className="sm dim">
                                {device.last_seen_at_ms ? t("adminPeople.seen", { time: listTime(device.last_seen_at_ms, serverNow(), language) }) : t("adminPeople.notSeen")}
                            </div>
                            {doubtful && (
                                <div className="sm ct urgent row">
                                    <ShieldAlert className="i s" aria-hidden="true" />
                                    {t("adminPeople.unchecked")}
                                </div>
                            )}
                        </div>
                        <IconButton label={t("adminPeople.logOutDevice", { name })} onClick={() => onAct({ is: "log-out", device: { id: device.device_id, name } })}>
                            <LogOut className="i" aria-hidden="true" />
                        </IconButton>
                    </div>
                );
            })}
        </div>
    );
}
