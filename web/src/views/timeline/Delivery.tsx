/** Where an own message is: on its way, here only, sent, read, or refused. Always in the same place. */
import { Check, CheckCheck, CircleAlert, Clock, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import type { MessageItem } from "../../model/timeline.ts";
import { Button } from "../../design/Button.tsx";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { useRoom } from "../rooms/useRoom.ts";
import { useRoomId } from "./RoomId.ts";
import { useWords } from "../useWords.ts";

const QUIET_MS = 1000;

/** Nothing for a second: most messages are sent before. */
function useSlow(sending: boolean): boolean {
    const [slow, setSlow] = useState(false);
    useEffect(() => {
        if (!sending) return setSlow(false);
        const timer = setTimeout(() => setSlow(true), QUIET_MS);
        return () => clearTimeout(timer);
    }, [sending]);
    return slow;
}

/** Between two people it goes without saying who has read. */
function useReadWords(item: MessageItem): string {
    const t = useWords();
    const room = useRoom(useRoomId());
    return room?.kind === "person" && room.members <= 2 ? t("timeline.readHere") : t("timeline.read", { count: item.readBy });
}

function ReadMark({ item }: { item: MessageItem }) {
    const read = useReadWords(item);
    return (
        <span className="mark" title={read}>
            <CheckCheck className="i s" role="img" aria-label={read} />
        </span>
    );
}

export function DeliveryMark({ item }: { item: MessageItem }) {
    const t = useWords();
    const slow = useSlow(item.state === "sending");
    if (!item.own) return null;
    switch (item.state) {
        case "sending":
            return slow ? <LoaderCircle className="i s turning" role="img" aria-label={t("timeline.sending")} /> : <span className="mark-place" />;
        case "waiting":
            return <Clock className="i s" role="img" aria-label={t("timeline.waiting")} />;
        case "sent":
            return <Check className="i s" role="img" aria-label={t("timeline.sent")} />;
        case "read":
            return <ReadMark item={item} />;
        case "refused":
            return <CircleAlert className="i s critical ct" aria-hidden="true" />;
    }
}

/** The words under a message that is not simply sent; on phones also those of the last of a run. */
export function DeliveryLine({ item, last, phone }: { item: MessageItem; last: boolean; phone: boolean }) {
    const t = useWords();
    const client = useClient();
    const roomId = useRoomId();
    if (!item.own || item.content.type === "deleted") return null;
    if (item.state === "waiting" && item.txnId) {
        const drop = (edit: boolean): void => {
            void client.outgoing.drop(roomId, item.txnId!).then((dropped) => {
                const body = dropped?.content.body;
                if (edit && typeof body === "string") client.drafts.put(roomId, body);
            });
        };
        return (
            <div className="st offline">
                <Clock className="i s" aria-hidden="true" /> {t("timeline.waiting")}
                {item.content.type === "text" && (
                    <Button look="plain" size="small" onClick={() => drop(true)}>
                        {t("timeline.edit")}
                    </Button>
                )}
                <Button look="plain" size="small" onClick={() => drop(false)}>
                    {t("timeline.doNotSend")}
                </Button>
            </div>
        );
    }
    if (item.state === "refused" && item.txnId) {
        return (
            <div className="st critical" role="alert">
                <CircleAlert className="i s" aria-hidden="true" /> {t("timeline.refused", { reason: t(failureWords(item.refusal)) })}
                <Button look="plain" size="small" onClick={() => client.outgoing.retry(roomId, item.txnId!)}>
                    {t("timeline.again")}
                </Button>
                <Button look="plain" size="small" onClick={() => void client.outgoing.drop(roomId, item.txnId!)}>
                    {t("timeline.delete")}
                </Button>
            </div>
        );
    }
    if (!phone || !last) return null;
    if (item.state === "read") return <ReadLine item={item} />;
    if (item.state === "sent") return <div className="st"><Check className="i s" aria-hidden="true" /> {t("timeline.sent")}</div>;
    return null;
}

function ReadLine({ item }: { item: MessageItem }) {
    const read = useReadWords(item);
    return (
        <div className="st">
            <CheckCheck className="i s" aria-hidden="true" /> {read}
        </div>
    );
}
