/** Who has read a message. */
import { Dialog } from "../../design/Dialog.tsx";
import { Name } from "../../design/Name.tsx";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";

export default function ReadBy({ roomId, eventId, onClose }: { roomId: string; eventId: string; onClose: () => void }) {
    const t = useWords();
    const people = useClient().messages.readBy(roomId, eventId);
    return (
        <Dialog title={t("timeline.seenBy")} closeLabel={t("timeline.closeThis")} onClose={onClose}>
            {people.length === 0 && <p className="muted">{t("timeline.seenByNone")}</p>}
            <ul className="choice">
                {people.slice(0, 500).map((one) => (
                    <li key={one.id} className="line-row">
                        <Picture id={one.id} name={one.name} mxc={one.avatar} size="s" />
                        <Name of={one.name} className="grow ell" />
                        <span className="xs dim ell">{one.id}</span>
                    </li>
                ))}
            </ul>
        </Dialog>
    );
}
