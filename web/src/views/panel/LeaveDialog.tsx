/** Leaving, with what it means here. */
import { LeftRooms } from "../../client/leaving.ts";
import type { RoomDetails } from "../../model/details.ts";
import { governors, may } from "../../model/powers.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { useClient } from "../ClientContext.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";

export function LeaveDialog({ room, onClose }: { room: RoomDetails; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const acting = useAct();
    const me = client.session.userId;
    const last = room.members > 1 && may(room.powers, me, "roles") && governors({ ...room.powers, creators: room.powers.creators.filter((one) => one !== me) }, me, Number.NEGATIVE_INFINITY) === 0;
    const leave = async (): Promise<void> => {
        if (!(await acting.run(() => new LeftRooms(client.sdk).leave(room.id)))) return;
        onClose();
        router.go({ place: "chats" });
    };
    return (
        <Dialog
            title={t("details.leaveTitle", { name: `\u2068${room.name}\u2069` })}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="outline-critical" className="critical" disabled={acting.busy} onClick={() => void leave()}>
                        {t("details.leave")}
                    </Button>
                </>
            }
        >
            <p>{t(room.joinRule === "public" ? "details.leaveOpenText" : "details.leaveText")}</p>
            {last && <p>{t("details.leaveLast")}</p>}
            <ErrorLine text={acting.error} />
        </Dialog>
    );
}
