/** The scrolling part of a timeline: only what is near the window is in the page. */
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Timeline } from "../../client/timeline.ts";
import type { RoomSummary } from "../../model/room.ts";
import { rowsOf, type Row, type TimelineItem } from "../../model/timeline.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { typingWords } from "../rooms/RoomRow.tsx";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { TimelineRow } from "./TimelineRow.tsx";

const NEAR_END_PX = 60;
const NEAR_EDGE_PX = 1200;
/** So much above and below the window is drawn as well: a fast hand must not see nothing. */
const DRAWN_BEYOND_PX = 600;
const HIT_MS = 2200;
/** A scroll within this time after a wheel, a key or a touch is the person's own. */
const HAND_MS = 700;

const messageKey = (row: Row | undefined): string | undefined => (row && row.row !== "day" && row.row !== "new" ? row.key : undefined);
const firstKey = (rows: readonly Row[]): string | undefined => messageKey(rows.find((row) => messageKey(row) !== undefined));

/** Whether rows came or went at the beginning, so that the place one reads must stay. */
function movedAtStart(before: readonly Row[], now: readonly Row[]): boolean {
    const [old, first] = [firstKey(before), firstKey(now)];
    if (old === undefined || old === first) return false;
    return now.some((row) => row.key === old) || before.some((row) => row.key === first);
}

/** How many messages of others came after this one. */
function countAfter(items: readonly TimelineItem[], key: string | undefined): number {
    let count = 0;
    for (let index = items.length - 1; index >= 0 && items[index]!.key !== key; index--) {
        if (items[index]!.kind === "message" && !items[index]!.own) count += 1;
    }
    return count;
}

export function TimelineScroll({ timeline, room, thread }: { timeline: Timeline; room: RoomSummary; thread?: boolean }) {
    const t = useWords();
    const client = useClient();
    const view = useStore(timeline);
    const rows = useMemo(() => rowsOf(view.items, view.newer ? null : view.readUpTo), [view.items, view.newer, view.readUpTo]);
    const scroller = useRef<HTMLDivElement>(null);
    const list = useRef<VirtualizerHandle>(null);
    const stick = useRef(!view.goal);
    const before = useRef<readonly Row[]>(rows);
    const [atEnd, setAtEnd] = useState(true);
    const seen = useRef(view.items.at(-1)?.key);
    const touched = useRef(0);
    const reached = useRef(0);
    const shift = movedAtStart(before.current, rows);
    useLayoutEffect(() => {
        before.current = rows;
        // Who asked for a message wants to see that one and not the end.
        if (view.goal && view.goal.turn !== reached.current) stick.current = false;
        if (stick.current && rows.length > 0) showEnd(scroller.current, list.current, rows.length, stick);
    }, [rows, view.goal]);

    // A picture that loads or a window that changes its size must not hide the newest message.
    useEffect(() => {
        const box = scroller.current;
        if (!box) return;
        const observer = new ResizeObserver(() => stick.current && (box.scrollTop = box.scrollHeight));
        observer.observe(box);
        if (box.lastElementChild) observer.observe(box.lastElementChild);
        return () => observer.disconnect();
    }, []);

    const { older, newer, loading } = view;
    const onScroll = useCallback(() => {
        const box = scroller.current;
        if (!box) return;
        const below = box.scrollHeight - box.scrollTop - box.clientHeight;
        const end = below < NEAR_END_PX && !newer;
        // Only a hand moves the view away from the end: rows that are measured or arrive do not.
        if (end) stick.current = true;
        else if (performance.now() - touched.current < HAND_MS) stick.current = false;
        setAtEnd(end || stick.current);
        timeline.at(stick.current);
        if (end || stick.current) seen.current = timeline.getSnapshot().items.at(-1)?.key;
        if (loading) return;
        if (box.scrollTop < NEAR_EDGE_PX && older) void timeline.loadOlder();
        else if (below < NEAR_EDGE_PX && newer) void timeline.loadNewer();
    }, [timeline, older, newer, loading]);

    // A window taller than what is here asks for more.
    useEffect(onScroll, [onScroll, rows.length]);
    const hit = useGoal(view.goal, rows, list, stick, reached);
    useReading(timeline, atEnd, view.items.length);

    useEffect(() => {
        if (view.endTurn === 0) return;
        stick.current = true;
        showEnd(scroller.current, list.current, before.current.length, stick);
    }, [view.endTurn]);

    const toEnd = (): void => {
        timeline.toEnd();
        if (!thread) void client.actions.markRead(room.id);
    };
    const hand = (): void => void (touched.current = performance.now());
    const fresh = atEnd ? 0 : countAfter(view.items, seen.current);
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
                onWheel={hand}
                onTouchMove={hand}
                onPointerDown={hand}
                onKeyDown={(event) => {
                    hand();
                    if (event.key === "Escape" && !event.defaultPrevented && !thread) toEnd();
                    else walk(event, toEnd);
                }}
            >
                <div className="tl-space" />
                {loading && older && <p className="tl-note">{t("timeline.loadingOlder")}</p>}
                {!older && !loading && !thread && (
                    <p className="tl-note">
                        {room.kind === "person" ? <Words of="timeline.beginningWith" name={<Name of={room.name} />} /> : <Words of="timeline.beginning" name={<Name of={room.name} />} />}
                    </p>
                )}
                <Virtualizer ref={list} scrollRef={scroller} shift={shift} bufferSize={DRAWN_BEYOND_PX}>
                    {rows.map((row) => (
                        <TimelineRow key={row.key} row={row} timeline={timeline} hit={hit !== null && row.row === "message" && row.item.eventId === hit} />
                    ))}
                </Virtualizer>
            </div>
            {/* The button lies over the messages: there, too, the wheel turns them. */}
            {(!atEnd || newer) && (
                <Button
                    className={fresh > 0 && !newer ? "to-end" : "to-end quiet"}
                    onClick={toEnd}
                    onWheel={(event) => (hand(), scroller.current?.scrollBy({ top: event.deltaY }))}
                >
                    <ArrowDown className="i s" aria-hidden="true" />
                    <span>{fresh > 0 && !newer ? t("timeline.newCount", { count: fresh }) : t("timeline.toEnd")}</span>
                </Button>
            )}
            <div className="typing" aria-live="off">
                {!thread && view.typing.length > 0 && typingWords(t, view.typing)}
            </div>
        </div>
    );
}

/** Down to the last pixel, also of rows that are measured only now. */
function showEnd(box: HTMLDivElement | null, list: VirtualizerHandle | null, count: number, stick: React.RefObject<boolean>): void {
    list?.scrollToIndex(count - 1, { align: "end" });
    const down = (): void => void (box && stick.current && (box.scrollTop = box.scrollHeight));
    down();
    requestAnimationFrame(down);
}

/** From message to message by the arrows: one stop for Tab. */
function walk(event: KeyboardEvent<HTMLDivElement>, toEnd: () => void): void {
    const target = event.target as HTMLElement;
    const box = event.currentTarget;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (target !== box && !target.matches("article")) return;
    if (event.key === "End") return toEnd();
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown" && event.key !== "Home") return;
    const messages = [...box.querySelectorAll<HTMLElement>("article.msg")];
    const at = messages.indexOf(target);
    const next = event.key === "Home" ? messages[0] : at < 0 ? messages.at(-1) : messages[at + (event.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
}

/** Scrolls to the message that is asked for, and says which one is to be marked for a moment. */
function useGoal(goal: { eventId: string; turn: number } | null, rows: readonly Row[], list: React.RefObject<VirtualizerHandle | null>, stick: React.RefObject<boolean>, done: React.RefObject<number>): string | null {
    const [hit, setHit] = useState<string | null>(null);
    useEffect(() => {
        if (!goal || goal.turn === done.current) return;
        const index = rows.findIndex((row) => row.row === "message" && row.item.eventId === goal.eventId);
        if (index < 0) return;
        done.current = goal.turn;
        stick.current = false;
        const show = (): void => list.current?.scrollToIndex(index, { align: "center" });
        show();
        // Rows that were never measured may stand elsewhere than thought: once more when they are.
        requestAnimationFrame(() => requestAnimationFrame(show));
        setHit(goal.eventId);
    }, [goal, rows, list, stick, done]);
    useEffect(() => {
        if (hit === null) return;
        const timer = setTimeout(() => setHit(null), HIT_MS);
        return () => clearTimeout(timer);
    }, [hit]);
    return hit;
}

/** What is on the screen of somebody who looks at it is read. */
function useReading(timeline: Timeline, atEnd: boolean, count: number): void {
    const client = useClient();
    useEffect(() => {
        if (!atEnd) return;
        const { roomId, threadId } = timeline;
        const read = (): void => {
            if (document.visibilityState !== "visible" || !document.hasFocus()) return;
            void (threadId ? client.messages.readThread(roomId, threadId) : client.actions.markRead(roomId));
        };
        const timer = setTimeout(read, 300);
        addEventListener("focus", read);
        return () => {
            clearTimeout(timer);
            removeEventListener("focus", read);
        };
    }, [client, timeline, atEnd, count]);
}
