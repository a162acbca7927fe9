/** Settings of this device and account. Sections are files of their own in this folder. */
import { appearance } from "../../design/appearance.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { Segmented } from "../../design/Segmented.tsx";
import { useStore } from "../../design/useStore.ts";
import { chooseLanguage, LANGUAGES, type Language } from "../../i18n/i18n.ts";
import { useState } from "react";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { SignOutDialog } from "../shell/AccountMenu.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import "./settings.css";

const LANGUAGE_NAMES: Record<Language, string> = { en: "English", fr: "Français", de: "Deutsch", it: "Italiano" };

export default function Settings(_props: { section?: string }) {
    const t = useWords();
    const client = useClient();
    const me = useStore(client.me);
    const chosen = useStore(appearance);
    const current = useLanguage();
    const [leaving, setLeaving] = useState(false);
    return (
        <div className="page settings">
            <h1>{t("settings.title")}</h1>
            <section className="stack">
                <h2>{t("settings.account")}</h2>
                <div className="row">
                    <Picture id={me.id} name={me.name} mxc={me.avatar} size="l" />
                    <span className="grow">
                        <Name of={me.name} className="b" />
                        <br />
                        <span className="sm dim">{me.id}</span>
                    </span>
                    <Button onClick={() => setLeaving(true)}>{t("shell.signOut")}</Button>
                </div>
            </section>
            <section className="stack">
                <h2>{t("settings.appearance")}</h2>
                <Choice label={t("settings.theme")}>
                    <Segmented
                        label={t("settings.theme")}
                        value={chosen.theme}
                        onChange={(theme) => appearance.change({ theme })}
                        options={[
                            { value: "system", label: t("settings.system") },
                            { value: "light", label: t("shell.light") },
                            { value: "dark", label: t("shell.dark") },
                        ]}
                    />
                </Choice>
                <Choice label={t("settings.contrast")}>
                    <Segmented
                        label={t("settings.contrast")}
                        value={chosen.contrast}
                        onChange={(contrast) => appearance.change({ contrast })}
                        options={[
                            { value: "system", label: t("settings.system") },
                            { value: "normal", label: t("settings.normal") },
                            { value: "more", label: t("settings.more") },
                        ]}
                    />
                </Choice>
                <Choice label={t("settings.density")}>
                    <Segmented
                        label={t("settings.density")}
                        value={chosen.density}
                        onChange={(density) => appearance.change({ density })}
                        options={[
                            { value: "comfortable", label: t("settings.comfortable") },
                            { value: "compact", label: t("settings.compact") },
                        ]}
                    />
                </Choice>
                <Choice label={t("settings.language")}>
                    <Segmented
                        label={t("settings.language")}
                        value={current}
                        onChange={(language) => void chooseLanguage(language)}
                        options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
                    />
                </Choice>
            </section>
            {leaving && <SignOutDialog onClose={() => setLeaving(false)} />}
        </div>
    );
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
    return (
        <div className="choice">
            <span className="b">{label}</span>
            {children}
        </div>
    );
}
