/** One message: avatar, text, and the margin with its time and the truth about its delivery. */
import { memo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Timeline } from "../../client/timeline.ts";
import { clockTime, exactTime } from "../../model/time.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { Name } from "../../design/Name.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useClient } from "../ClientContext.ts";
import { UrgencyMark } from "../composer/About.tsx";
import { showPerson } from "../people/card.ts";
import { Picture } from "../Picture.tsx";
import { preferences } from "../preferences.ts";
import { MessageShield } from "../security/Shield.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { actionsFor } from "./actions.tsx";
import { Content } from "./Content.tsx";
import { DeliveryLine, DeliveryMark } from "./Delivery.tsx";
import { MessageBar } from "./MessageBar.tsx";
import { overlay, placeOf } from "./overlays.ts";
import { Quote } from "./Quote.tsx";
import { Reactions } from "./Reactions.tsx";
import { ThreadLine } from "./ThreadLine.tsx";

interface Props {
    item: MessageItem;
    first: boolean;
    last: boolean;
    timeline: Timeline;
    hit?: boolean;
}

const LONG_PRESS_MS = 450;
const MOVED_PX = 10;

/** Pointer, focus, long press and keys of a message. */
function useHandling(item: MessageItem, timeline: Timeline) {
    const client = useClient();
    const [active, setActive] = useState(false);
    const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
    const actions = active ? actionsFor(client, timeline, item) : [];
    const stopPress = (): void => {
        if (press.current) clearTimeout(press.current.timer);
        press.current = null;
    };
    const openSheet = (): void => {
        const all = actionsFor(client, timeline, item);
        if (all.length === 0) return;
        const react = all.some((one) => one.id === "react") ? (key: string) => client.messages.react(timeline.roomId, item, key) : null;
        overlay.set({ kind: "sheet", actions: all, react });
    };
    return {
        active,
        actions,
        on: {
            onPointerEnter: (event: PointerEvent) => event.pointerType !== "touch" && setActive(true),
            onPointerLeave: (event: PointerEvent) => event.pointerType !== "touch" && setActive(event.currentTarget.contains(document.activeElement)),
            onFocus: () => setActive(true),
            onBlur: (event: React.FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && !event.currentTarget.matches(":hover") && setActive(false),
            onPointerDown: (event: PointerEvent) => {
                if (event.pointerType !== "touch") return;
                stopPress();
                press.current = { timer: setTimeout(openSheet, LONG_PRESS_MS), x: event.clientX, y: event.clientY };
            },
            onPointerMove: (event: PointerEvent) => {
                const start = press.current;
                if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > MOVED_PX) stopPress();
            },
            onPointerUp: stopPress,
            onPointerCancel: stopPress,
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
                // Single letters count only while the message itself has the focus.
                if (!preferences.getSnapshot().singleKeys && event.key.length === 1) return;
                if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
                const found = actionsFor(client, timeline, item).find((one) => one.key === event.key || (one.key === "Delete" && event.key === "Backspace"));
                if (!found) return;
                event.preventDefault();
                found.run(placeOf(event.currentTarget.querySelector(".bd") ?? event.currentTarget));
            },
        },
    };
}

export const Message = memo(function Message({ item, first, last, timeline, hit }: Props) {
    const t = useWords();
    const language = useLanguage();
    const phone = useMedia(PHONE);
    const { active, actions, on } = useHandling(item, timeline);
    const state = item.state === "waiting" ? "wait" : item.state === "refused" ? "fail" : "";
    const classes = ["msg", first ? "first" : "", item.own ? "own" : "", item.mentionsMe ? "named" : "", active && actions.length > 0 ? "hov" : "", hit ? "hit" : "", state].filter(Boolean).join(" ");
    const time = <time title={exactTime(item.at, language)}>{clockTime(item.at, language)}</time>;
    return (
        <article className={classes} tabIndex={-1} data-event={item.eventId ?? undefined} aria-label={`${item.own ? t("timeline.you") : item.sender.name}, ${clockTime(item.at, language)}`} {...on}>
            {first ? <Picture id={item.sender.id} name={item.sender.name} mxc={item.sender.avatar} /> : !phone && <span />}
            <div className="bd">
                {first && (
                    <header className="who">
                        {item.own ? (
                            t("timeline.you")
                        ) : (
                            // For keys the same stands in the message's menu: the timeline has one tab stop.
                            <button type="button" className="who-name" tabIndex={-1} onClick={() => showPerson(item.sender.id, timeline.roomId)}>
                                <Name of={item.sender.name} />
                            </button>
                        )}
                        {phone && <span>{time}</span>}
                    </header>
                )}
                {item.replyTo && <Quote eventId={item.replyTo} timeline={timeline} />}
                {(item.priority === "urgent" || item.priority === "critical") && <UrgencyMark urgency={item.priority} />}
                <Content item={item} timeline={timeline} />
                {item.edited && <span className="xs dim"> {t("timeline.edited")}</span>}
                {item.encrypted && item.eventId && !item.own && <MessageShield roomId={timeline.roomId} eventId={item.eventId} />}
                <Reactions item={item} timeline={timeline} />
                {item.thread && item.eventId && <ThreadLine roomId={timeline.roomId} root={item.eventId} thread={item.thread} />}
                <DeliveryLine item={item} last={last} phone={phone} />
            </div>
            <div className="mg">
                {time}
                <DeliveryMark item={item} />
            </div>
            {active && !phone && <MessageBar actions={actions} />}
        </article>
    );
});
