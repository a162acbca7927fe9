/** One row: a date, the new line, a message, or what happened in the room. */
import { memo } from "react";
import { serverNow } from "../../client/now.ts";
import type { Timeline } from "../../client/timeline.ts";
import { clockTime, longDate } from "../../model/time.ts";
import type { Row } from "../../model/timeline.ts";
import { Boundary } from "../Boundary.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { Happenings } from "./Happenings.tsx";
import { Message } from "./Message.tsx";

export const TimelineRow = memo(function TimelineRow({ row, timeline, hit }: { row: Row; timeline: Timeline; hit: boolean }) {
    const t = useWords();
    const language = useLanguage();
    switch (row.row) {
        case "day":
            return <div className="day">{longDate(row.at, serverNow(), language)}</div>;
        case "new":
            return <div className="day new">{t("timeline.new", { time: clockTime(row.at, language) })}</div>;
        case "only-here":
            return <div className="day only-here">{t("timeline.onlyHere")}</div>;
        case "message":
            // One message that cannot be shown does not take the others with it.
            return (
                <Boundary of="line">
                    <Message item={row.item} first={row.first} last={row.last} timeline={timeline} hit={hit} />
                </Boundary>
            );
        case "happenings":
            return <Happenings items={row.items} />;
    }
});
