/** The frame around all places: banner slot, rail, list, room, panel. */
import { Suspense, useState, type ReactNode } from "react";
import type { ListFilter, RoomSummary } from "../../model/room.ts";
import type { Route } from "../../model/route.ts";
import { language } from "../../i18n/i18n.ts";
import { Toasts } from "../../design/Toasts.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Boundary } from "../Boundary.tsx";
import { RoomListPane } from "../rooms/RoomListPane.tsx";
import { useRoom } from "../rooms/useRoom.ts";
import { GovernanceDialogs } from "../governance/GovernanceDialogs.tsx";
import { jumpOpen, keysOpen } from "../jump/jumpStore.ts";
import { PeopleDialogs } from "../people/PeopleDialogs.tsx";
import { router } from "../router.ts";
import { OverlayPlace } from "../timeline/OverlayPlace.tsx";
import { useWords } from "../useWords.ts";
import { BannerSlot } from "./Banner.tsx";
import { Rail, TabBar } from "./Rail.tsx";
import { useAskAdministrator } from "./useAdministrator.ts";
import { useKeys } from "./useKeys.ts";
import { useSearchIndex } from "./useSearchIndex.ts";
import { Title } from "./Title.tsx";
import { StillWorks, useStillWorks } from "./StillWorks.tsx";
import { Welcome } from "./Welcome.tsx";
import { lazy } from "../lazy.tsx";
import "./shell.css";
import "./link.css";

const Jump = lazy(() => language.need("rooms").then(() => import("../jump/Jump.tsx")));
const KeyMap = lazy(() => import("./KeyMap.tsx").then((file) => ({ default: file.KeyMap })));
const RoomPane = lazy(() => import("../timeline/RoomPane.tsx").then((file) => ({ default: file.RoomPane })));
// Fetched while the list is read.
import("../timeline/RoomPane.tsx").catch(() => undefined);
const RoomPanel = lazy(() => import("../panel/RoomPanel.tsx"));
const Explore = lazy(() => import("../spaces/Explore.tsx"));
const SearchPage = lazy(() => import("../search/SearchPage.tsx"));
const SpacePage = lazy(() => import("../spaces/SpacePage.tsx"));
const Settings = lazy(() => language.need("keys").then(() => import("../settings/Settings.tsx")));
const Admin = lazy(() => Promise.all([import("../admin/Admin.tsx"), language.need("admin")]).then(([file]) => file));
const Help = lazy(() => language.need("rooms").then(() => import("../help/Help.tsx")));
const People = lazy(() => import("../people/People.tsx"));
const NotificationLayer = lazy(() => language.need("keys").then(() => import("../notifications/NotificationLayer.tsx")));
const SecurityLayer = lazy(() => language.need("keys").then(() => import("../security/SecurityLayer.tsx")));

/** Places of their own, without the list beside them. */
function placeOf(route: Route) {
    switch (route.place) {
        case "settings":
            return <Settings section={route.section} />;
        case "admin":
            return <Admin section={route.section} item={route.item} />;
        case "help":
            return <Help topic={route.topic} />;
        case "people":
            return <People user={route.user} />;
        default:
            return null;
    }
}

/** What stands in a room's place, beside the list. */
function viewOf(route: Route, room: RoomSummary | undefined) {
    if (route.place !== "chats") return null;
    if (room?.isSpace && !room.early && room.membership === "join") return <SpacePage key={room.id} spaceId={room.id} />;
    if (route.view === "explore") return <Explore />;
    if (route.view === "search") return <SearchPage />;
    if (route.view === "space" && route.space) return <SpacePage key={route.space} spaceId={route.space} />;
    return null;
}

export default function Shell() {
    const route = useStore(router);
    const phone = useMedia(PHONE);
    const t = useWords();
    const client = useClient();
    const [filter, setFilter] = useState<ListFilter>("all");
    const keyMap = useStore(keysOpen);
    const jump = useStore(jumpOpen);
    useKeys(route);
    useAskAdministrator();
    useSearchIndex();
    const still = useStillWorks();
    const opened = useStore(client.opened);

    const own = placeOf(route);
    const room = route.place === "chats" ? route.room : undefined;
    const known = useRoom(room);
    const panel = route.place === "chats" && room && opened && !known?.early ? route.panel : undefined;
    const stillHere = still.shown && !own && !panel;
    const classes = ["app", panel || stillHere ? "panel" : "", own ? "nolist" : "", phone ? "phone" : ""].filter(Boolean).join(" ");
    const view = viewOf(route, known);
    const showList = !own && !(phone && (room || view));
    const showRoom = !own && !view && !(phone && !room) && !(phone && panel);
    return (
        <div className={classes}>
            <Title />
            <BannerSlot />
            {!phone && <Rail route={route} />}
            {showList && (
                <Boundary>
                    <RoomListPane current={room} filter={filter} onFilter={setFilter} />
                </Boundary>
            )}
            {own && (
                <main className="main" id="place">
                    <Boundary>
                        <Suspense fallback={null}>{opened && own}</Suspense>
                    </Boundary>
                </main>
            )}
            {showRoom && room && (
                <Boundary key={room}>
                    <Suspense fallback={<main className="main" />}>
                        <RoomPane roomId={room} panel={panel} event={route.place === "chats" ? route.event : undefined} />
                    </Suspense>
                </Boundary>
            )}
            {showRoom && !room && <Welcome />}
            {view && !own && (
                <Boundary>
                    <Suspense fallback={<main className="main" />}>{opened ? view : <main className="main" />}</Suspense>
                </Boundary>
            )}
            {panel && room && (
                <Boundary>
                    <Suspense fallback={<aside className="pane" aria-label={t("timeline.details")} />}>
                        <RoomPanel roomId={room} panel={panel} thread={route.place === "chats" ? route.thread : undefined} />
                    </Suspense>
                </Boundary>
            )}
            {stillHere && <StillWorks onClose={still.close} />}
            {phone && !room && !view && <TabBar route={route} />}
            <Layer>
                <OverlayPlace />
            </Layer>
            <Layer>
                <PeopleDialogs />
            </Layer>
            <Layer>
                <GovernanceDialogs />
            </Layer>
            <Toasts />
            <Layer>
                {keyMap && <KeyMap onClose={() => keysOpen.set(false)} />}
                {jump && <Jump onClose={() => jumpOpen.set(false)} />}
            </Layer>
            <Layer>{opened && <SecurityLayer />}</Layer>
            <Layer>{opened && <NotificationLayer />}</Layer>
        </div>
    );
}

/** Something laid over the page: a fault in it leaves the rest alone. */
function Layer({ children }: { children: ReactNode }) {
    return (
        <Boundary of="layer">
            <Suspense fallback={null}>{children}</Suspense>
        </Boundary>
    );
}
