/** Addresses that lead to a room. */
import { X } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Button, IconButton } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import type { PageProps } from "./RoomSettings.tsx";
import { Why } from "./Why.tsx";

export function AddressesPage({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const client = useClient();
    const id = useId();
    const [local, setLocal] = useState<readonly string[]>([]);
    const [typed, setTyped] = useState("");
    const whyNot = why("aliases");
    useEffect(() => {
        let here = true;
        governance.addresses().then(
            (all) => here && setLocal(all),
            () => undefined,
        );
        return () => void (here = false);
    }, [governance]);
    const domain = client.session.userId.slice(client.session.userId.indexOf(":") + 1);
    const add = async (): Promise<void> => {
        await acting.run(async () => {
            const alias = await governance.addAddress(typed);
            setLocal((all) => [...all, alias]);
            setTyped("");
            if (!room.alias && !whyNot) await governance.setMainAddress(room, alias);
        }, t("governance.saved"));
    };
    const remove = async (alias: string): Promise<void> => {
        await acting.run(async () => {
            await governance.removeAddress(alias);
            setLocal((all) => all.filter((one) => one !== alias));
            if ((room.alias === alias || room.otherAliases.includes(alias)) && !whyNot) await governance.forgetAddress(room, alias);
        }, t("governance.saved"));
    };
    const known = [...new Set([...(room.alias ? [room.alias] : []), ...room.otherAliases, ...local])];
    return (
        <div className="gov-page">
            <div className="field">
                <label htmlFor={`${id}-main`}>{t("governance.mainAddress")}</label>
                <select id={`${id}-main`} className="in" disabled={!!whyNot || acting.busy} value={room.alias ?? ""} onChange={(event) => void acting.run(() => governance.setMainAddress(room, event.target.value || null), t("governance.saved"))}>
                    <option value="">{t("governance.noAddress")}</option>
                    {known.map((alias) => (
                        <option key={alias} value={alias}>
                            {alias}
                        </option>
                    ))}
                </select>
                <Why text={whyNot} />
            </div>
            {local.length > 0 && (
                <section className="stack">
                    <h4>{t("governance.localAddresses")}</h4>
                    <ul className="stack">
                        {local.map((alias) => (
                            <li key={alias} className="row">
                                <span className="mono sm grow ell">{alias}</span>
                                <IconButton label={t("governance.removeAddress", { address: alias })} disabled={acting.busy} onClick={() => void remove(alias)}>
                                    <X className="i" aria-hidden="true" />
                                </IconButton>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
            <form
                className="gov-add"
                onSubmit={(event) => {
                    event.preventDefault();
                    void add();
                }}
            >
                <Field label={t("governance.addAddress")} hint={t("governance.addressHint", { example: `#ward-4b:${domain}` })} name="address" autoCapitalize="none" spellCheck={false} value={typed} maxLength={100} onChange={(event) => setTyped(event.target.value)} />
                <Button type="submit" disabled={acting.busy || typed.trim() === ""}>
                    {t("governance.add")}
                </Button>
            </form>
        </div>
    );
}
