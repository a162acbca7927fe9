/** The places, always with their names: at the left edge, on phones at the foot. */
import { CircleHelp, MessageSquare, Settings as Gear, SlidersHorizontal, Users, type LucideIcon } from "lucide-react";
import { Suspense } from "react";
import { HIDDEN_PLACES, type Place, type Route } from "../../model/route.ts";
import { unreadConversations } from "../../model/room.ts";
import { Logo } from "../../design/Logo.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { useWords } from "../useWords.ts";
import { PLACE_ICONS } from "./placeIcons.ts";
import { useAdministrator } from "./useAdministrator.ts";
import { Boundary } from "../Boundary.tsx";
import { lazy } from "../lazy.tsx";

const AccountMenu = lazy(() => import("./AccountMenu.tsx").then((file) => ({ default: file.AccountMenu })));

interface Entry {
    to: Route;
    place: Place;
    words: Key;
    icon: LucideIcon;
    badge?: number;
}

function useEntries(): Entry[] {
    const client = useClient();
    const rooms = useStore(client.rooms);
    const administrator = useAdministrator();
    const all: Entry[] = [
        { to: { place: "chats" }, place: "chats", words: "shell.chats", icon: MessageSquare, badge: unreadConversations(rooms) },
        { to: { place: "alerts" }, place: "alerts", words: "shell.alerts", icon: PLACE_ICONS.alerts },
        { to: { place: "approvals" }, place: "approvals", words: "shell.approvals", icon: PLACE_ICONS.approvals },
        { to: { place: "calls" }, place: "calls", words: "shell.calls", icon: PLACE_ICONS.calls },
        { to: { place: "people" }, place: "people", words: "shell.people", icon: Users },
        ...(administrator ? [{ to: { place: "admin" } as Route, place: "admin" as Place, words: "shell.admin" as Key, icon: SlidersHorizontal }] : []),
    ];
    return all.filter((entry) => !HIDDEN_PLACES.includes(entry.place));
}

function PlaceLink({ entry, current }: { entry: Entry; current: boolean }) {
    const t = useWords();
    const Icon = entry.icon;
    return (
        <Link to={entry.to} aria-current={current ? "page" : undefined}>
            <Icon className="i l" aria-hidden="true" />
            {t(entry.words)}
            {entry.badge ? (
                <>
                    <span className="badge" aria-hidden="true">
                        {entry.badge > 99 ? "99+" : entry.badge}
                    </span>
                    <span className="sr">, {t("shell.unread", { count: entry.badge })}</span>
                </>
            ) : null}
        </Link>
    );
}

export function Rail({ route }: { route: Route }) {
    const t = useWords();
    const entries = useEntries();
    return (
        <nav className="rail" aria-label={t("shell.main")} tabIndex={-1} data-region="rail">
            <Logo />
            {entries.map((entry) => (
                <PlaceLink key={entry.place} entry={entry} current={entry.place === route.place} />
            ))}
            <div className="foot">
                <Link to={{ place: "help" }} className="ib" aria-label={t("shell.help")} title={t("shell.help")}>
                    <CircleHelp className="i l" aria-hidden="true" />
                </Link>
                <Boundary of="line">
                    <Suspense fallback={<span className="me" />}>
                        <AccountMenu />
                    </Suspense>
                </Boundary>
            </div>
        </nav>
    );
}

export function TabBar({ route }: { route: Route }) {
    const t = useWords();
    const entries = useEntries();
    return (
        <nav className="tabs" aria-label={t("shell.main")}>
            {entries.map((entry) => (
                <PlaceLink key={entry.place} entry={entry} current={entry.place === route.place} />
            ))}
            <PlaceLink entry={{ to: { place: "settings" }, place: "settings", words: "shell.you", icon: Gear }} current={route.place === "settings"} />
        </nav>
    );
}
