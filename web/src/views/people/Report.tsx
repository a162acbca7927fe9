/** A report to those who run the server: about a person, a room or a message. */
import { useId, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { People } from "../../client/people.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import type { Reported } from "./card.ts";
import { ErrorLine } from "./ErrorLine.tsx";
import { useAct } from "./useAct.ts";

export default function Report({ about, onClose }: { about: Reported; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const acting = useAct();
    const id = useId();
    const [reason, setReason] = useState("");
    const title =
        about.what === "message" ? t("people.reportMessage") : about.what === "room" ? t("people.reportRoom", { name: about.name }) : t("people.reportPerson", { name: about.name });
    const send = async (): Promise<void> => {
        const people = new People(client.sdk);
        const act = (): Promise<void> => {
            if (about.what === "message") return people.reportMessage(about.roomId, about.eventId, reason);
            return about.what === "room" ? people.reportRoom(about.roomId, reason) : people.reportPerson(about.userId, reason);
        };
        if (await acting.run(act, t("people.reported"))) onClose();
    };
    return (
        <Dialog
            title={title}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" disabled={acting.busy || reason.trim() === ""} onClick={() => void send()}>
                        {t("people.reportSend")}
                    </Button>
                </>
            }
        >
            <p className="muted">{t("people.reportText")}</p>
            <div className="field">
                <label htmlFor={id}>{t("people.reportWhat")}</label>
                <textarea id={id} className="in" rows={4} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
            </div>
            <ErrorLine text={acting.error} />
        </Dialog>
    );
}
