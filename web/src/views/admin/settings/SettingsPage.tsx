/** Settings that change while the server runs; what people see where nothing else works comes first. */
import { useEffect, useState } from "react";
import type { Settings } from "../../../client/admin/admin.ts";
import { lifetimeWords } from "../../../model/lifetime.ts";
import { changeOf, formOf, wrongIn, type Form, type Registration } from "../../../model/admin/settings.ts";
import { Button } from "../../../design/Button.tsx";
import { Field } from "../../../design/Field.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { organisation } from "../../shell/organisationStore.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { ActDialog } from "../parts/ActDialog.tsx";
import { Page } from "../parts/Frame.tsx";
import { Skeleton } from "../parts/List.tsx";
import { useAdmin, useLoaded } from "../parts/useList.ts";

export function SettingsPage() {
    const t = useWords();
    const { value, failure, set } = useLoaded<Settings>("", (admin) => admin.call("get", "/settings"));
    return (
        <Page title={t("admin.settings")} state={value && !value.emergency_phone ? t("adminSettings.phoneMissing") : t("adminSettings.about")}>
            {value ? <SettingsForm kept={value} onSaved={set} /> : failure ? <ErrorLine text={t(failureWords(failure))} /> : <Skeleton />}
        </Page>
    );
}

function SettingsForm({ kept, onSaved }: { kept: Settings; onSaved: (settings: Settings) => void }) {
    const t = useWords();
    const language = useLanguage();
    const admin = useAdmin();
    const [form, setForm] = useState<Form>(() => formOf(kept));
    const [checked, setChecked] = useState(false);
    const [saving, setSaving] = useState(false);
    useEffect(() => setForm(formOf(kept)), [kept]);
    const put = (part: Partial<Form>): void => setForm({ ...form, ...part });
    const wrong = wrongIn(form);
    const change = changeOf(kept, form);
    const changed = Object.keys(change).length > 0;
    const life = change.message_lifetime_default_ms ?? Infinity;
    const shorter = life < (kept.message_lifetime_default_ms ?? Infinity);
    const save = (): void => {
        setChecked(true);
        if (Object.keys(wrong).length === 0) setSaving(true);
    };
    return (
        <form
            className="stack settings-form"
            noValidate
            onSubmit={(event) => {
                event.preventDefault();
                if (changed) save();
            }}
        >
            <h2>{t("adminSettings.emergency")}</h2>
            <p className="muted sm">{t("adminSettings.emergencyText")}</p>
            <Field
                label={t("adminSettings.phone")}
                name="phone"
                type="tel"
                autoComplete="off"
                maxLength={50}
                value={form.phone}
                error={checked && wrong.phone ? t("adminSettings.phoneWrong") : null}
                onChange={(event) => put({ phone: event.target.value })}
            />
            <Field
                label={t("adminSettings.channel")}
                name="channel"
                hint={t("adminSettings.channelHint")}
                autoComplete="off"
                spellCheck={false}
                maxLength={255}
                value={form.channel}
                error={checked && wrong.channel ? t("adminSettings.channelWrong") : null}
                onChange={(event) => put({ channel: event.target.value })}
            />
            <h2>{t("admin.organisation")}</h2>
            <Field label={t("adminSettings.name")} name="organisation" autoComplete="organization" maxLength={100} value={form.name} onChange={(event) => put({ name: event.target.value })} />
            <Field label={t("adminSettings.message")} name="message" hint={t("adminSettings.messageHint")} autoComplete="off" maxLength={500} value={form.message} onChange={(event) => put({ message: event.target.value })} />
            <div className="field">
                <span className="lab">{t("adminSettings.registration")}</span>
                <Segmented<Registration>
                    label={t("adminSettings.registration")}
                    value={form.registration}
                    onChange={(registration) => put({ registration })}
                    options={[
                        { value: "closed", label: t("adminSettings.closed") },
                        { value: "token", label: t("adminSettings.byToken") },
                        { value: "open", label: t("adminSettings.open") },
                    ]}
                />
                {form.registration === "open" && <p className="hint ct urgent">{t("adminSettings.openHint")}</p>}
            </div>
            <Field
                label={t("adminSettings.upload")}
                name="upload"
                hint={t("adminSettings.uploadHint")}
                inputMode="numeric"
                autoComplete="off"
                maxLength={6}
                value={form.uploadMb}
                error={checked && wrong.uploadMb ? t("adminSettings.uploadWrong") : null}
                onChange={(event) => put({ uploadMb: event.target.value })}
            />
            <Field
                label={t("adminSettings.lifetime")}
                name="lifetime"
                hint={t("adminSettings.lifetimeHint")}
                inputMode="numeric"
                autoComplete="off"
                maxLength={5}
                value={form.lifetimeDays}
                error={checked && wrong.lifetimeDays ? t("adminSettings.lifetimeWrong") : null}
                onChange={(event) => put({ lifetimeDays: event.target.value })}
            />
            <div className="row">
                <Button look="primary" type="submit" disabled={!changed}>
                    {t("admin.save")}
                </Button>
                {changed && (
                    <Button look="plain" onClick={() => (setForm(formOf(kept)), setChecked(false))}>
                        {t("adminSettings.discard")}
                    </Button>
                )}
            </div>
            {saving && (
                <ActDialog
                    title={t("adminSettings.saveTitle")}
                    what={t("adminSettings.saveText", { count: Object.keys(change).length })}
                    verb={t("admin.save")}
                    final={shorter}
                    done={t("adminSettings.saved")}
                    run={async (reason) => {
                        onSaved(await admin.call("patch", "/settings", { body: { ...change, reason } }));
                        setChecked(false);
                        void organisation.load();
                    }}
                    onClose={() => setSaving(false)}
                >
                    {shorter && <p>{t("adminSettings.lifetimeSure", { time: lifetimeWords(life, language) })}</p>}
                </ActDialog>
            )}
        </form>
    );
}
