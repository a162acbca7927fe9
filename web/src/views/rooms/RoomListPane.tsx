/** The list: search, filters, what waits for an answer, conversations, and how one is connected. */
import { Search, SquarePen } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { filterRooms, unreadConversations, type ListFilter } from "../../model/room.ts";
import { IconButton } from "../../design/Button.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Button } from "../../design/Button.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { RoomRow } from "./RoomRow.tsx";
import { useNow } from "./useNow.ts";
import "./rooms.css";

// Layers and dialogs come after the list itself.
const LinkLine = lazy(() => import("../shell/LinkLine.tsx").then((file) => ({ default: file.LinkLine })));
const NewConversation = lazy(() => import("./NewConversation.tsx").then((file) => ({ default: file.NewConversation })));

const FILTERS: readonly (readonly [ListFilter, Key])[] = [
    ["all", "rooms.all"],
    ["unread", "rooms.unread"],
    ["mentions", "rooms.mentions"],
    ["people", "rooms.people"],
];

interface Props {
    current: string | undefined;
    filter: ListFilter;
    onFilter: (filter: ListFilter) => void;
}

export function RoomListPane({ current, filter, onFilter }: Props) {
    const t = useWords();
    const client = useClient();
    const all = useStore(client.rooms);
    const synced = useStore(client.synced);
    const phone = useMedia(PHONE);
    const now = useNow();
    const [words, setWords] = useState("");
    const [making, setMaking] = useState(false);
    const deferred = useDeferredValue(words);
    const shown = useMemo(() => filterRooms(all, filter, deferred), [all, filter, deferred]);
    const scroller = useRef<HTMLDivElement>(null);
    const unread = unreadConversations(all);

    return (
        <aside className="side" aria-label={t("shell.chats")} data-region="list">
            <header>
                <h1>{t("shell.chats")}</h1>
                <span className="end row tight">
                    <IconButton label={t("rooms.new")} onClick={() => setMaking(true)}>
                        <SquarePen className="i" aria-hidden="true" />
                    </IconButton>
                </span>
            </header>
            <label className="search">
                <Search className="i s" aria-hidden="true" />
                <input
                    className="grow"
                    type="search"
                    data-search
                    value={words}
                    placeholder={t("rooms.search")}
                    aria-label={t("rooms.search")}
                    onChange={(event) => setWords(event.target.value)}
                    onKeyDown={(event) => {
                        if (event.key === "Escape") setWords("");
                        if (event.key === "Enter" && shown[0]) router.go({ place: "chats", room: shown[0].id });
                    }}
                />
                {!phone && <kbd aria-hidden="true">Ctrl K</kbd>}
            </label>
            <div className="chips" role="group" aria-label={t("rooms.filter")}>
                {FILTERS.map(([value, key]) => (
                    <button key={value} type="button" className="chip" aria-pressed={value === filter} onClick={() => onFilter(value)}>
                        {t(key)}
                        {value === "unread" && unread > 0 && <b>{unread}</b>}
                    </button>
                ))}
            </div>
            {shown.length > 0 && <h2 className="sec">{t("rooms.recent")}</h2>}
            <div className="rscroll" ref={scroller}>
                {shown.length > 0 ? (
                    <Virtualizer as="ul" item="li" scrollRef={scroller} itemSize={56}>
                        {shown.map((room) => (
                            <RoomRow key={room.id} room={room} current={room.id === current} now={now} />
                        ))}
                    </Virtualizer>
                ) : (
                    <Nothing known={all.length > 0} synced={synced} onNew={() => setMaking(true)} />
                )}
            </div>
            <Suspense fallback={<div className="line" />}>
                <LinkLine />
            </Suspense>
            <Suspense fallback={null}>{making && <NewConversation onClose={() => setMaking(false)} />}</Suspense>
        </aside>
    );
}

function Nothing({ known, synced, onNew }: { known: boolean; synced: boolean; onNew: () => void }) {
    const t = useWords();
    if (known) return <Empty title={t("rooms.noneTitle")}>{t("rooms.noneText")}</Empty>;
    if (!synced) {
        return (
            <div className="skeletons late" aria-busy="true">
                {[1, 2, 3, 4, 5].map((one) => (
                    <div key={one} className="skeleton-row">
                        <span className="skel round" />
                        <span className="stack grow">
                            <span className="skel" />
                            <span className="skel short" />
                        </span>
                    </div>
                ))}
            </div>
        );
    }
    return (
        <Empty title={t("rooms.emptyTitle")} action={<Button look="primary" onClick={onNew}>{t("rooms.new")}</Button>}>
            {t("rooms.emptyText")}
        </Empty>
    );
}
