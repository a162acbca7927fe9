/** Where a message is forwarded to. */
import { useState } from "react";
import { filterRooms } from "../../model/room.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";

const SHOWN_MAX = 60;

export default function ForwardDialog({ roomId, item, onClose }: { roomId: string; item: MessageItem; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const [words, setWords] = useState("");
    const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
    const shown = filterRooms(rooms, "all", words).filter((room) => room.membership === "join" && !room.early).slice(0, SHOWN_MAX);
    const choose = (id: string): void => {
        const next = new Set(chosen);
        if (!next.delete(id)) next.add(id);
        setChosen(next);
    };
    const send = (): void => {
        void client.messages.forward(roomId, item, [...chosen]).then(() => toasts.show({ title: t("timeline.forwarded") }));
        onClose();
    };
    return (
        <Dialog
            title={t("timeline.forwardTo")}
            closeLabel={t("timeline.closeThis")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("composer.cancel")}</Button>
                    <Button look="primary" disabled={chosen.size === 0} onClick={send}>
                        {t("timeline.forwardNow")}
                    </Button>
                </>
            }
        >
            <input className="in" type="search" autoFocus value={words} placeholder={t("timeline.findRoom")} aria-label={t("timeline.findRoom")} onChange={(event) => setWords(event.target.value)} />
            <div className="choice">
                {shown.map((room) => (
                    <label key={room.id}>
                        <input type="checkbox" checked={chosen.has(room.id)} onChange={() => choose(room.id)} />
                        <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} size="s" />
                        <Name of={room.name} className="ell" />
                    </label>
                ))}
            </div>
        </Dialog>
    );
}
