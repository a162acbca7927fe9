/** How Alphorn looks and is written in, on this device. */
import { appearance } from "../../design/appearance.ts";
import { Segmented } from "../../design/Segmented.tsx";
import { Switch } from "../../design/Switch.tsx";
import { useStore } from "../../design/useStore.ts";
import { chooseLanguage, LANGUAGES, type Language } from "../../i18n/i18n.ts";
import { preferences } from "../preferences.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { Choice } from "./Choice.tsx";

const LANGUAGE_NAMES: Record<Language, string> = { en: "English", fr: "Français", de: "Deutsch", it: "Italiano" };

export function AppearanceSection() {
    const t = useWords();
    const chosen = useStore(appearance);
    const { sendKey, singleKeys } = useStore(preferences);
    const current = useLanguage();
    return (
        <>
            <section className="stack">
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
            <section className="stack">
                <h3>{t("settings.writing")}</h3>
                <Choice label={t("settings.sendKey")}>
                    <Segmented
                        label={t("settings.sendKey")}
                        value={sendKey}
                        onChange={(value) => preferences.change({ sendKey: value })}
                        options={[
                            { value: "enter", label: t("settings.enter") },
                            { value: "ctrl-enter", label: t("settings.ctrlEnter") },
                        ]}
                    />
                </Choice>
                <Switch
                    label={t("settings.singleKeys")}
                    hint={t("settings.singleKeysHint")}
                    on={singleKeys}
                    onChange={(on) => preferences.change({ singleKeys: on })}
                />
            </section>
        </>
    );
}
