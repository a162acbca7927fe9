/** The pinned messages of a room, newest pin first; pressing one leads to it. */
import { PinOff } from "lucide-react";
import { useEffect, useState } from "react";
import { serverNow } from "../../client/now.ts";
import { toFailure } from "../../client/failures.ts";
import { listTime } from "../../model/time.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { IconButton } from "../../design/Button.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { LineOf } from "../timeline/LineOf.tsx";
import { useMessage } from "../timeline/Quote.tsx";
import type { Timeline } from "../../client/timeline.ts";
import { useLanguage, useWords } from "../useWords.ts";

export function PinnedPanel({ roomId }: { roomId: string }) {
    const t = useWords();
    const client = useClient();
    const timeline = client.timeline(roomId);
    // The room's state changes with its timeline.
    useStore(timeline);
    const ids = client.messages.pinned(roomId).toReversed();
    if (ids.length === 0) return <Empty title={t("timeline.pinnedNone")}>{t("timeline.pinnedNoneText")}</Empty>;
    return (
        <ul className="body pins">
            {ids.map((id) => (
                <Pinned key={id} eventId={id} timeline={timeline} />
            ))}
        </ul>
    );
}

function Pinned({ eventId, timeline }: { eventId: string; timeline: Timeline }) {
    const t = useWords();
    const language = useLanguage();
    const client = useClient();
    const phone = useMedia(PHONE);
    const item: MessageItem | null | undefined = useMessage(timeline, eventId);
    const { roomId } = timeline;
    const [busy, setBusy] = useState(false);
    useEffect(() => setBusy(false), [item]);
    const unpin = (): void => {
        setBusy(true);
        client.messages.pin(roomId, eventId, false).catch((error: unknown) => {
            setBusy(false);
            toasts.show({ title: t(failureWords(toFailure(error).kind)) });
        });
    };
    const show = (): void => {
        if (phone) router.go({ place: "chats", room: roomId, event: eventId });
        else void timeline.jumpTo(eventId).then((found) => !found && toasts.show({ title: t("timeline.notFound") }));
    };
    const may = item ? client.messages.rights(roomId, item).pin : false;
    return (
        <li className="pinned-row">
            {item && <Picture id={item.sender.id} name={item.sender.name} mxc={item.sender.avatar} size="s" />}
            <button type="button" className="grow" title={t("timeline.toQuoted")} onClick={show} disabled={!item}>
                {item ? (
                    <>
                        <b>{item.own ? t("timeline.you") : <Name of={item.sender.name} />}</b> <span className="xs dim">{listTime(item.at, serverNow(), language)}</span>
                        <span className="pinned-text">
                            <LineOf item={item} />
                        </span>
                    </>
                ) : (
                    <span className="dim">{item === null ? t("timeline.notFound") : "\u00a0"}</span>
                )}
            </button>
            {may && (
                <IconButton label={t("timeline.unpin")} disabled={busy} onClick={unpin}>
                    <PinOff className="i s" aria-hidden="true" />
                </IconButton>
            )}
        </li>
    );
}
