/** Who may join, who may read the past, encryption, guests, directory. */
import { useEffect, useState } from "react";
import type { History, JoinRule } from "../../model/details.ts";
import { may } from "../../model/powers.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import { Choice, Switch } from "./Choice.tsx";
import { LifetimeChoice } from "./LifetimeChoice.tsx";
import type { PageProps } from "./RoomSettings.tsx";
import { Why } from "./Why.tsx";

const RULES: Record<Exclude<JoinRule, "other">, Key> = {
    invite: "governance.joinInvite",
    knock: "governance.joinKnock",
    restricted: "governance.joinRestricted",
    knock_restricted: "governance.joinKnockRestricted",
    public: "governance.joinPublic",
};

const PAST: Record<History, Key> = {
    joined: "governance.historyJoined",
    invited: "governance.historyInvited",
    shared: "governance.historyShared",
    world_readable: "governance.historyWorld",
};

/** Rules came with versions of rooms: 7 knows knocking, 8 spaces, 10 both together. */
function knows(version: string, rule: JoinRule): boolean {
    const number = Number(version);
    if (!Number.isFinite(number)) return true;
    return rule === "knock" ? number >= 7 : rule === "restricted" ? number >= 8 : rule === "knock_restricted" ? number >= 10 : true;
}

export function AccessPage(props: PageProps) {
    const t = useWords();
    const { room, governance, acting, why } = props;
    return (
        <div className="gov-page">
            <WhoJoins {...props} />
            <Choice
                label={t("governance.history")}
                value={room.history}
                options={(["shared", "invited", "joined", "world_readable"] as const).map((value) => ({ value, label: t(PAST[value]), disabled: value === "world_readable" && room.encrypted }))}
                hint={t(room.encrypted ? "governance.historyEncrypted" : "governance.historyHint")}
                why={why("history")}
                busy={acting.busy}
                onChange={(value) => void acting.run(() => governance.setHistory(value), t("governance.saved"))}
            />
            {!room.isSpace && <LifetimeChoice {...props} />}
            {!room.isSpace && <Encryption {...props} />}
            <Published {...props} />
            <Switch label={t("governance.guests")} on={room.guests} why={why("guests")} busy={acting.busy} onChange={(on) => void acting.run(() => governance.setGuests(on), t("governance.saved"))} />
        </div>
    );
}

function WhoJoins({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const spaces = rooms.filter((one) => one.isSpace && one.membership === "join" && one.id !== room.id);
    const [chosen, setChosen] = useState<readonly string[]>(room.allowed);
    const [open, setOpen] = useState<JoinRule | null>(null);
    const whyNot = why("access");
    const rule = open ?? room.joinRule;
    const bySpace = rule === "restricted" || rule === "knock_restricted";
    const set = (to: JoinRule, allowed: readonly string[]): void => {
        void acting.run(() => governance.setJoinRule(to, allowed), t("governance.saved")).then((done) => done && setOpen(null));
    };
    const choose = (to: JoinRule): void => {
        if (to === "restricted" || to === "knock_restricted") setOpen(to);
        else set(to, []);
    };
    const toggle = (id: string): void => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
    const changed = bySpace && (rule !== room.joinRule || chosen.length !== room.allowed.length || chosen.some((id) => !room.allowed.includes(id)));
    const options = (Object.keys(RULES) as (keyof typeof RULES)[]).map((value) => ({
        value: value as JoinRule,
        label: t(RULES[value]),
        disabled: !knows(room.version, value) || (/restricted/.test(value) && spaces.length === 0 && room.allowed.length === 0),
    }));
    if (room.joinRule === "other") options.push({ value: "other", label: t("governance.joinOther"), disabled: true });
    return (
        <>
            <Choice label={t("governance.whoJoins")} value={rule} options={options} why={whyNot} hint={rule === "public" && room.encrypted ? t("governance.publicEncrypted") : spaces.length === 0 ? t("governance.noSpaces") : null} busy={acting.busy} onChange={choose} />
            {bySpace && (
                <fieldset className="gov-choice gov-inner">
                    <legend>{t("governance.spaces")}</legend>
                    {spaces.length === 0 && <p className="sm muted">{t("governance.noSpaces")}</p>}
                    {spaces.map((space) => (
                        <label key={space.id} className="gov-option">
                            <input type="checkbox" checked={chosen.includes(space.id)} disabled={!!whyNot || acting.busy} onChange={() => toggle(space.id)} />
                            <Name of={space.name} />
                        </label>
                    ))}
                    {changed && (
                        <div className="row">
                            <Button look="primary" size="small" disabled={chosen.length === 0 || acting.busy} onClick={() => set(rule, chosen)}>
                                {t("governance.save")}
                            </Button>
                            <Button size="small" onClick={() => (setOpen(null), setChosen(room.allowed))}>
                                {t("shell.cancel")}
                            </Button>
                        </div>
                    )}
                </fieldset>
            )}
        </>
    );
}

function Encryption({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const [asked, setAsked] = useState(false);
    const whyNot = why("encryption");
    return (
        <section className="gov-choice">
            <h4>{t("governance.encryption")}</h4>
            <p className="sm muted">{t(room.encrypted ? "governance.encryptionOn" : "governance.encryptionOff")}</p>
            {!room.encrypted && (
                <div className="row wrap">
                    {asked ? (
                        <>
                            <span className="sm">{t("governance.encryptSure")}</span>
                            <Button size="small" look="primary" disabled={acting.busy} onClick={() => void acting.run(() => governance.encrypt(), t("governance.saved"))}>
                                {t("governance.encrypt")}
                            </Button>
                            <Button size="small" onClick={() => setAsked(false)}>
                                {t("shell.cancel")}
                            </Button>
                        </>
                    ) : (
                        <Button size="small" disabled={!!whyNot} onClick={() => setAsked(true)}>
                            {t("governance.encrypt")}
                        </Button>
                    )}
                </div>
            )}
            {!room.encrypted && <Why text={whyNot} />}
        </section>
    );
}

/** Whether the room stands in the directory is known to the server alone. */
function Published({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const client = useClient();
    const [published, setPublished] = useState<boolean | null>(null);
    useEffect(() => {
        let here = true;
        governance.published().then(
            (is) => here && setPublished(is),
            () => undefined,
        );
        return () => void (here = false);
    }, [governance]);
    const whyNot = may(room.powers, client.session.userId, "aliases") ? null : why("aliases");
    return (
        <Switch
            label={t("governance.published")}
            hint={t("governance.publishedHint")}
            on={published === true}
            why={whyNot}
            busy={acting.busy || published === null}
            onChange={(on) => void acting.run(() => governance.publish(on), t("governance.saved")).then((done) => done && setPublished(on))}
        />
    );
}
