/** May Alphorn tell me when something arrives? Asked once, when it is clear what for. */
import { BellRing } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { useWords } from "../useWords.ts";
import { askPermission, permission } from "./permission.ts";

export function NotificationAsk({ aside, onDone }: { aside?: ReactNode; onDone: () => void }) {
    const t = useWords();
    const may = permission.getSnapshot();
    const ask = async (): Promise<void> => {
        await askPermission();
        onDone();
    };
    return (
        <Dialog
            title={t("notifications.askTitle")}
            closeLabel={t("shell.close")}
            onClose={onDone}
            aside={aside}
            footer={
                may === "default" ? (
                    <>
                        <Button look="plain" className="first" onClick={onDone}>
                            {t("security.notNow")}
                        </Button>
                        <Button look="primary" onClick={() => void ask()}>
                            {t("notifications.allow")}
                        </Button>
                    </>
                ) : (
                    <Button look="primary" onClick={onDone}>
                        {t("security.done")}
                    </Button>
                )
            }
        >
            <p className="row top">
                <BellRing className="i l" aria-hidden="true" />
                <span>{t("notifications.askText")}</span>
            </p>
            <p className="hint">{t(may === "denied" ? "notifications.denied" : may === "none" ? "notifications.none" : "notifications.askHint")}</p>
        </Dialog>
    );
}
