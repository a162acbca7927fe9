/** One's own picture at the foot of the rail: appearance, settings, sign out. */
import { LogOut, Moon, Settings, Sun } from "lucide-react";
import { useState } from "react";
import { appearance } from "../../design/appearance.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Menu } from "../../design/Menu.tsx";
import { useStore } from "../../design/useStore.ts";
import { app } from "../app.ts";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { forgetPutOff, securityDialog } from "../security/securityStore.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";

export function AccountMenu() {
    const t = useWords();
    const client = useClient();
    const me = useStore(client.me);
    const [leaving, setLeaving] = useState(false);
    useStore(appearance);
    const dark = document.documentElement.dataset.theme === "dark";
    const trigger = (
        <button type="button" className="me" aria-label={t("shell.account")} title={t("shell.account")}>
            <Picture id={me.id} name={me.name} mxc={me.avatar} />
        </button>
    );
    return (
        <>
            <Menu
                trigger={trigger}
                items={[
                    {
                        label: t(dark ? "shell.light" : "shell.dark"),
                        icon: dark ? <Sun className="i" aria-hidden="true" /> : <Moon className="i" aria-hidden="true" />,
                        onSelect: () => appearance.change({ theme: dark ? "light" : "dark" }),
                    },
                    { label: t("shell.settings"), icon: <Settings className="i" aria-hidden="true" />, onSelect: () => router.go({ place: "settings" }) },
                    "line",
                    { label: t("shell.signOut"), icon: <LogOut className="i" aria-hidden="true" />, onSelect: () => setLeaving(true) },
                ]}
            />
            {leaving && <SignOutDialog onClose={() => setLeaving(false)} />}
        </>
    );
}

export function SignOutDialog({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const { state, others } = useStore(useClient().security);
    // The last device, and nothing else that opens the messages: that is said before, and there is a way out.
    const last = state === "no-recovery" && others === 0;
    return (
        <Dialog
            title={t("shell.signOutTitle")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    {!last && <Button onClick={onClose}>{t("shell.cancel")}</Button>}
                    <Button look="outline-critical" className="critical" onClick={() => (forgetPutOff(), void app.signOut())}>
                        {t("shell.signOut")}
                    </Button>
                    {last && (
                        <Button look="primary" onClick={() => (onClose(), securityDialog.set("key"))}>
                            {t("security.makeKey")}
                        </Button>
                    )}
                </>
            }
        >
            <p>{t(last ? "security.signOutLast" : "shell.signOutText")}</p>
        </Dialog>
    );
}
