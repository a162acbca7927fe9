/** What is told, how loud, and when not. */
import { X } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { Told } from "../../client/notifySettings.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Switch } from "../../design/Switch.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { isQuiet } from "../../model/notify.ts";
import { clockTime } from "../../model/time.ts";
import { useClient } from "../ClientContext.ts";
import { askPermission, permission } from "../notifications/permission.ts";
import { play } from "../notifications/sounds.ts";
import { telling } from "../notifications/telling.ts";
import { useAct } from "../useAct.ts";
import { useLanguage, useWords } from "../useWords.ts";

const TOLD: readonly (readonly [Told, Key, Key | null])[] = [
    ["direct", "notifications.direct", null],
    ["rooms", "notifications.rooms", "notifications.roomsHint"],
    ["mentions", "notifications.mentions", null],
    ["everybody", "notifications.everybody", "notifications.everybodyHint"],
    ["invitations", "notifications.invitations", null],
];
const HOUR_MS = 60 * 60 * 1000;

export function NotificationSection() {
    return (
        <>
            <ThisDevice />
            <Quiet />
            <What />
            <Keywords />
        </>
    );
}

function ThisDevice() {
    const t = useWords();
    const { banners, sounds, text } = useStore(telling);
    const may = useStore(permission);
    return (
        <section className="stack">
            <h3>{t("notifications.device")}</h3>
            {may === "default" && (
                <div className="row wrap">
                    <Button look="primary" onClick={() => void askPermission()}>
                        {t("notifications.allow")}
                    </Button>
                    <span className="hint">{t("notifications.askOnce")}</span>
                </div>
            )}
            {may === "denied" && <p className="hint">{t("notifications.denied")}</p>}
            {may === "none" && <p className="hint">{t("notifications.none")}</p>}
            <Switch label={t("notifications.banners")} on={banners} onChange={(on) => telling.change({ banners: on })} />
            <Switch label={t("notifications.text")} hint={t("notifications.textHint")} on={text} disabled={!banners} onChange={(on) => telling.change({ text: on })} />
            <Switch label={t("notifications.sounds")} hint={t("notifications.soundsHint")} on={sounds} onChange={(on) => telling.change({ sounds: on })} />
            <div className="row wrap" role="group" aria-label={t("notifications.try")}>
                <span className="sm muted">{t("notifications.try")}</span>
                <Button size="small" onClick={() => play("message")}>
                    {t("notifications.toneMessage")}
                </Button>
                <Button size="small" onClick={() => play("mention")}>
                    {t("notifications.toneMention")}
                </Button>
                <Button size="small" onClick={() => play("priority")}>
                    {t("notifications.tonePriority")}
                </Button>
            </div>
        </section>
    );
}

function Quiet() {
    const t = useWords();
    const language = useLanguage();
    const { notifySettings } = useClient();
    const { quiet } = useStore(notifySettings);
    const act = useAct();
    const set = (part: Partial<typeof quiet>): void => void act.run(() => notifySettings.setQuiet(part));
    const now = new Date();
    const byHand = quiet.until > now.getTime();
    return (
        <section className="stack">
            <h3>{t("notifications.quiet")}</h3>
            <p className="hint">{t("notifications.quietHint")}</p>
            <Switch label={t("notifications.quietDaily")} on={quiet.on} onChange={(on) => set({ on })} />
            {quiet.on && (
                <div className="row wrap times">
                    <Field label={t("notifications.from_")} type="time" value={quiet.from} onChange={(event) => event.target.value && set({ from: event.target.value })} />
                    <Field label={t("notifications.to")} type="time" value={quiet.to} onChange={(event) => event.target.value && set({ to: event.target.value })} />
                </div>
            )}
            <div className="row wrap">
                {byHand ? (
                    <>
                        <span>{t("notifications.quietUntil", { time: clockTime(quiet.until, language) })}</span>
                        <Button size="small" onClick={() => set({ until: 0 })}>
                            {t("notifications.endQuiet")}
                        </Button>
                    </>
                ) : (
                    <>
                        <Button size="small" onClick={() => set({ until: now.getTime() + HOUR_MS })}>
                            {t("notifications.quietHour")}
                        </Button>
                        <Button size="small" onClick={() => set({ until: now.getTime() + 8 * HOUR_MS })}>
                            {t("notifications.quietShift")}
                        </Button>
                    </>
                )}
            </div>
            <p className="hint" role="status">
                {isQuiet(quiet, now) && t("notifications.quietNow")}
            </p>
            <Fault of={act.error} />
        </section>
    );
}

function What() {
    const t = useWords();
    const { notifySettings } = useClient();
    const { told } = useStore(notifySettings);
    const act = useAct();
    return (
        <section className="stack">
            <h3>{t("notifications.what")}</h3>
            {TOLD.map(([what, label, hint]) => (
                <Switch
                    key={what}
                    label={t(label)}
                    hint={hint && t(hint)}
                    on={told[what]}
                    disabled={act.busy}
                    onChange={(on) => void act.run(() => notifySettings.setTold(what, on))}
                />
            ))}
            <Fault of={act.error} />
        </section>
    );
}

function Keywords() {
    const t = useWords();
    const { notifySettings } = useClient();
    const { keywords } = useStore(notifySettings);
    const [word, setWord] = useState("");
    const act = useAct();
    const add = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        const wanted = word.trim();
        if (wanted === "" || keywords.includes(wanted)) return;
        if (await act.run(() => notifySettings.addKeyword(wanted))) setWord("");
    };
    return (
        <section className="stack">
            <h3>{t("notifications.keywords")}</h3>
            <p className="hint">{t("notifications.keywordsHint")}</p>
            {keywords.length > 0 && (
                <ul className="row wrap">
                    {keywords.map((one) => (
                        <li key={one} className="chip">
                            <bdi>{one}</bdi>
                            <button type="button" aria-label={t("notifications.removeKeyword", { word: one })} onClick={() => void act.run(() => notifySettings.removeKeyword(one))}>
                                <X className="i s" aria-hidden="true" />
                            </button>
                        </li>
                    ))}
                </ul>
            )}
            <form className="row keyword" onSubmit={(event) => void add(event)}>
                <Field label={t("notifications.keyword")} name="keyword" value={word} maxLength={60} onChange={(event) => setWord(event.target.value)} />
                <Button type="submit" disabled={act.busy || word.trim() === ""}>
                    {t("notifications.add")}
                </Button>
            </form>
            <Fault of={act.error} />
        </section>
    );
}

function Fault({ of }: { of: Key | null }) {
    const t = useWords();
    if (!of) return null;
    return (
        <p className="ct critical" role="alert">
            {t(of)}
        </p>
    );
}
