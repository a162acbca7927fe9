/** One line of the message that is answered; pressing it leads there. */
import { useEffect, useState } from "react";
import type { Timeline } from "../../client/timeline.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import { LineOf } from "./LineOf.tsx";

export function useMessage(timeline: Timeline, eventId: string): MessageItem | null | undefined {
    const client = useClient();
    const ignoring = useStore(client.messages.ignoring);
    const [found, setFound] = useState<MessageItem | null | undefined>(undefined);
    useEffect(() => {
        let gone = false;
        void client.messages.message(timeline.roomId, eventId, timeline).then((item) => !gone && setFound(item));
        return () => void (gone = true);
    }, [client, timeline, eventId, ignoring]);
    return found;
}

export function Quote({ eventId, timeline }: { eventId: string; timeline: Timeline }) {
    const t = useWords();
    const item = useMessage(timeline, eventId);
    if (item === null) return <span className="quote dim">{t("timeline.quoteGone")}</span>;
    return (
        <button type="button" className="quote ell" title={t("timeline.toQuoted")} onClick={() => void timeline.jumpTo(eventId)}>
            {item ? (
                <>
                    <b>{item.own ? t("timeline.you") : <Name of={item.sender.name} />}</b> <LineOf item={item} />
                </>
            ) : (
                "\u00a0"
            )}
        </button>
    );
}
