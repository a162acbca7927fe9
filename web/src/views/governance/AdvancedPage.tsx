/** The version of a room, and its identifier. */
import { useEffect, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import type { PageProps } from "./RoomSettings.tsx";
import { Why } from "./Why.tsx";

export function AdvancedPage({ room, governance, acting, why, onClose }: PageProps) {
    const t = useWords();
    const [newest, setNewest] = useState<string | null>(null);
    const [asked, setAsked] = useState(false);
    useEffect(() => {
        let here = true;
        governance.versions(room.version).then(
            (found) => here && setNewest(found.newest),
            () => undefined,
        );
        return () => void (here = false);
    }, [governance, room.version]);
    const open = (id: string): void => {
        onClose();
        router.go({ place: "chats", room: id });
    };
    const upgrade = async (): Promise<void> => {
        let to = "";
        if (!(await acting.run(async () => (to = await governance.upgrade(newest!))))) return;
        toasts.show({ title: t("governance.upgraded") });
        open(to);
    };
    const whyNot = why("upgrade");
    const old = newest !== null && newest !== room.version && !room.successor;
    return (
        <div className="gov-page">
            <section className="gov-choice">
                <h4>{t("governance.version")}</h4>
                {room.successor ? (
                    <>
                        <p className="sm">{t("governance.replaced")}</p>
                        <div>
                            <Button onClick={() => open(room.successor!)}>{t("governance.openNew")}</Button>
                        </div>
                    </>
                ) : (
                    <p className="sm muted">{old ? t("governance.versionOld", { version: room.version, newest }) : t("governance.versionGood", { version: room.version })}</p>
                )}
                {old && (
                    <>
                        {asked && <p className="sm">{t("governance.upgradeText")}</p>}
                        <div className="row">
                            <Button look={asked ? "primary" : "default"} disabled={!!whyNot || acting.busy} onClick={() => (asked ? void upgrade() : setAsked(true))}>
                                {t("governance.upgrade")}
                            </Button>
                            {asked && <Button onClick={() => setAsked(false)}>{t("shell.cancel")}</Button>}
                        </div>
                        <Why text={whyNot} />
                    </>
                )}
            </section>
            <section className="gov-choice">
                <h4>{t("governance.roomId")}</h4>
                <p className="mono sm gov-id">{room.id}</p>
            </section>
        </div>
    );
}
