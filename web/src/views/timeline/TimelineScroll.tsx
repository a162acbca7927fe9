/** The scrolling part of a timeline: only what is near the window is in the page. */
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Timeline } from "../../client/timeline.ts";
import type { RoomSummary } from "../../model/room.ts";
import { rowsOf, type Row } from "../../model/timeline.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { typingWords } from "../rooms/RoomRow.tsx";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { TimelineRow } from "./TimelineRow.tsx";

const NEAR_END_PX = 60;
const NEAR_START_PX = 900;

/** Whether the rows grew at their beginning, so that the place one reads must stay. */
function grewAtStart(before: readonly Row[], now: readonly Row[]): boolean {
    const firstMessage = (rows: readonly Row[]): string | undefined => rows.find((row) => row.row !== "day")?.key;
    const old = firstMessage(before);
    return old !== undefined && old !== firstMessage(now) && now.some((row) => row.key === old);
}

export function TimelineScroll({ timeline, room }: { timeline: Timeline; room: RoomSummary }) {
    const t = useWords();
    const client = useClient();
    const view = useStore(timeline);
    const rows = useMemo(() => rowsOf(view.items, view.readUpTo), [view.items, view.readUpTo]);
    const scroller = useRef<HTMLDivElement>(null);
    const list = useRef<VirtualizerHandle>(null);
    const stick = useRef(true);
    const before = useRef<readonly Row[]>(rows);
    const [atEnd, setAtEnd] = useState(true);
    const [seen, setSeen] = useState(view.items.length);

    const shift = grewAtStart(before.current, rows);
    useLayoutEffect(() => {
        before.current = rows;
        if (stick.current && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: "end" });
    }, [rows]);

    // A picture that loads or a window that changes its size must not hide the newest message.
    useEffect(() => {
        const box = scroller.current;
        if (!box) return;
        const observer = new ResizeObserver(() => stick.current && (box.scrollTop = box.scrollHeight));
        observer.observe(box);
        if (box.lastElementChild) observer.observe(box.lastElementChild);
        return () => observer.disconnect();
    }, []);

    const { older, loading } = view;
    const onScroll = useCallback(() => {
        const box = scroller.current;
        if (!box) return;
        const end = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
        stick.current = end;
        setAtEnd(end);
        if (end) setSeen(timeline.getSnapshot().items.length);
        if (box.scrollTop < NEAR_START_PX && older && !loading) void timeline.loadOlder();
    }, [timeline, older, loading]);

    // A window taller than what is here asks for more.
    useEffect(onScroll, [onScroll, rows.length]);
    useReading(timeline, room.id, atEnd, view.items.length);

    const toEnd = (): void => {
        stick.current = true;
        list.current?.scrollToIndex(rows.length - 1, { align: "end" });
        void client.actions.markRead(room.id);
    };
    const fresh = Math.max(0, view.items.length - seen);
    return (
        <div className="tl-place">
            <div
                ref={scroller}
                className="tl"
                role="log"
                aria-live="polite"
                aria-label={room.name}
                tabIndex={0}
                onScroll={onScroll}
                onKeyDown={(event) => {
                    if (event.key === "End" || event.key === "Escape") toEnd();
                }}
            >
                <div className="tl-space" />
                {loading && <p className="tl-note">{t("timeline.loadingOlder")}</p>}
                {!older && !loading && (
                    <p className="tl-note">
                        <Words of="timeline.beginning" name={<Name of={room.name} />} />
                    </p>
                )}
                <Virtualizer ref={list} scrollRef={scroller} shift={shift}>
                    {rows.map((row) => (
                        <TimelineRow key={row.key} row={row} timeline={timeline} />
                    ))}
                </Virtualizer>
            </div>
            {!atEnd && (
                <Button className="to-end" onClick={toEnd}>
                    <ArrowDown className="i s" aria-hidden="true" />
                    {fresh > 0 ? t("timeline.newCount", { count: fresh }) : t("timeline.toEnd")}
                </Button>
            )}
            <div className="typing" aria-live="off">
                {view.typing.length > 0 && typingWords(t, view.typing)}
            </div>
        </div>
    );
}

/** What is on the screen of somebody who looks at it is read. */
function useReading(timeline: Timeline, roomId: string, atEnd: boolean, count: number): void {
    const client = useClient();
    useEffect(() => {
        if (!atEnd) return;
        const read = (): void => {
            if (document.visibilityState === "visible" && document.hasFocus()) void client.actions.markRead(roomId);
        };
        const timer = setTimeout(read, 300);
        addEventListener("focus", read);
        return () => {
            clearTimeout(timer);
            removeEventListener("focus", read);
        };
    }, [client, timeline, roomId, atEnd, count]);
}
