/** One message: avatar, text, and the margin with its time and the truth about its delivery. */
import { memo } from "react";
import type { Timeline } from "../../client/timeline.ts";
import { clockTime, exactTime } from "../../model/time.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { Name } from "../../design/Name.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { Picture } from "../Picture.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { Content } from "./Content.tsx";
import { DeliveryLine, DeliveryMark } from "./Delivery.tsx";

interface Props {
    item: MessageItem;
    first: boolean;
    last: boolean;
    timeline: Timeline;
}

export const Message = memo(function Message({ item, first, last, timeline }: Props) {
    const t = useWords();
    const language = useLanguage();
    const phone = useMedia(PHONE);
    const state = item.state === "waiting" ? "wait" : item.state === "refused" ? "fail" : "";
    const classes = ["msg", first ? "first" : "", item.own ? "own" : "", item.mentionsMe ? "named" : "", state].filter(Boolean).join(" ");
    const time = <time title={exactTime(item.at, language)}>{clockTime(item.at, language)}</time>;
    return (
        <article className={classes} aria-label={`${item.own ? t("timeline.you") : item.sender.name}, ${clockTime(item.at, language)}`}>
            {first ? <Picture id={item.sender.id} name={item.sender.name} mxc={item.sender.avatar} /> : !phone && <span />}
            <div className="bd">
                {first && (
                    <header className="who">
                        {item.own ? t("timeline.you") : <Name of={item.sender.name} />}
                        {phone && <span>{time}</span>}
                    </header>
                )}
                <Content item={item} timeline={timeline} />
                {item.edited && <span className="xs dim"> {t("timeline.edited")}</span>}
                <DeliveryLine item={item} last={last} phone={phone} />
            </div>
            <div className="mg">
                {time}
                <DeliveryMark item={item} />
            </div>
        </article>
    );
});
