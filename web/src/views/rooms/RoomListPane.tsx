/** The list: search, filters, what waits for an answer, conversations, and how one is connected. */
import { LayoutGrid, Search, SquarePen } from "lucide-react";
import { Suspense, useDeferredValue, useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { filterRooms, sectionsOf, unreadConversations, type ListFilter } from "../../model/room.ts";
import { IconButton } from "../../design/Button.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Button } from "../../design/Button.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { router } from "../router.ts";
import { newConversation, searchWords } from "../jump/jumpStore.ts";
import { spaceFilter } from "../spaces/spaceFilter.ts";
import { useSpaces } from "../spaces/useSpaces.ts";
import { useWords } from "../useWords.ts";
import { RoomRow } from "./RoomRow.tsx";
import { useRowMenu } from "./RowMenu.tsx";
import { useNow } from "./useNow.ts";
import { Boundary } from "../Boundary.tsx";
import { lazy } from "../lazy.tsx";
import "./rooms.css";

// Layers and dialogs come after the list itself.
const LinkLine = lazy(() => import("../shell/LinkLine.tsx").then((file) => ({ default: file.LinkLine })));
const Announcement = lazy(() => import("../shell/Announcement.tsx").then((file) => ({ default: file.Announcement })));
const SpaceMenu = lazy(() => import("../spaces/SpaceMenu.tsx").then((file) => ({ default: file.SpaceMenu })));
const NewConversation = lazy(() => import("./NewConversation.tsx").then((file) => ({ default: file.NewConversation })));


const FILTERS: readonly (readonly [ListFilter, Key])[] = [
    ["all", "rooms.all"],
    ["unread", "rooms.unread"],
    ["mentions", "rooms.mentions"],
    ["people", "rooms.people"],
];

const SECTIONS: Record<"favourites" | "recent" | "low", Key> = { favourites: "spaces.favourites", recent: "rooms.recent", low: "spaces.low" };

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
    const opened = useStore(client.opened);
    const phone = useMedia(PHONE);
    const now = useNow();
    const [words, setWords] = useState("");
    const making = useStore(newConversation);
    const setMaking = (is: boolean): void => newConversation.set(is);
    const deferred = useDeferredValue(words);
    const chosen = useStore(spaceFilter);
    const space = useSpaces().find((one) => one.id === chosen);
    const inside = space?.inside ?? null;
    const shown = useMemo(() => filterRooms(all, filter, deferred, inside), [all, filter, deferred, inside]);
    const rows = useMemo(() => sectionsOf(shown), [shown]);
    const scroller = useRef<HTMLDivElement>(null);
    const unread = unreadConversations(all);
    const rowMenu = useRowMenu();

    return (
        <aside className="side" aria-label={t("shell.chats")} data-region="list">
            <header>
                <Suspense fallback={<h1>{t("shell.chats")}</h1>}>
                    <SpaceMenu />
                </Suspense>
                {inside && (
                    <Link to={{ place: "chats", view: "space", space: chosen! }} className="ib" aria-label={t("spaces.openSpace", { name: space!.name })} title={t("spaces.openSpace", { name: space!.name })}>
                        <LayoutGrid className="i" aria-hidden="true" />
                    </Link>
                )}
                <span className="end row tight">
                    <IconButton label={t("rooms.new")} onClick={() => setMaking(true)}>
                        <SquarePen className="i" aria-hidden="true" />
                    </IconButton>
                </span>
            </header>
            <Boundary of="layer">
                <Suspense fallback={null}>
                    <Announcement closable />
                </Suspense>
            </Boundary>
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
                        else if (event.key === "Enter" && words.trim() !== "") inMessages(words);
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
            {rows[0]?.row === "room" && <h2 className="sec">{t("rooms.recent")}</h2>}
            <div className="rscroll" ref={scroller} onContextMenu={rowMenu.onContextMenu}>
                {shown.length > 0 ? (
                    <Virtualizer as="ul" item="li" scrollRef={scroller} itemSize={56} data={rows}>
                        {(row) =>
                            row.row === "section" ? (
                                <h2 key={row.section} className="sec in-list">
                                    {t(SECTIONS[row.section])}
                                </h2>
                            ) : (
                                <RoomRow key={row.room.id} room={row.room} current={row.room.id === current} now={now} />
                            )
                        }
                    </Virtualizer>
                ) : (
                    <Nothing known={all.length > 0} synced={synced} onNew={() => setMaking(true)} />
                )}
                {words.trim() !== "" && (
                    <button type="button" className="rrow in-messages" onClick={() => inMessages(words)}>
                        <Search className="i" aria-hidden="true" />
                        <span className="ell">{t("rooms.inMessages", { words: `\u2068${words.trim()}\u2069` })}</span>
                    </button>
                )}
            </div>
            {rowMenu.menu}
            <Boundary of="line">
                <Suspense fallback={<div className="line" />}>
                    <LinkLine />
                </Suspense>
            </Boundary>
            <Boundary of="layer">
                <Suspense fallback={null}>{making && opened && <NewConversation onClose={() => setMaking(false)} />}</Suspense>
            </Boundary>
        </aside>
    );
}

/** What is not the name of a room may stand in a message. */
function inMessages(words: string): void {
    searchWords.set(words.trim());
    router.go({ place: "chats", view: "search" });
}

function Nothing({ known, synced, onNew }: { known: boolean; synced: boolean; onNew: () => void }) {
    const t = useWords();
    if (known) return <Empty title={t("rooms.noneTitle")}>{t("rooms.noneText")}</Empty>;
    if (!synced) {
        return (
            <div className="skeletons late" aria-busy="true">
                <p className="sm dim" role="status">
                    {t("rooms.fetching")}
                </p>
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
