/** A room: its head, its timeline, and the field to write in. */
import { ChevronLeft, Lock, LockOpen, PanelRight, Pin, Search, Timer } from "lucide-react";
import { Suspense, useEffect, type DragEvent } from "react";
import { lazy } from "../lazy.tsx";
import type { AlphornClient } from "../../client/client.ts";
import type { RoomSummary } from "../../model/room.ts";
import { lifetimeWords } from "../../model/lifetime.ts";
import type { Route } from "../../model/route.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import { toFailure } from "../../client/failures.ts";
import { language } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { addTiles, tilesOf } from "../composer/attachments.ts";
import { Composer } from "../composer/Composer.tsx";
import { failureWords } from "../failureWords.ts";
import { Link } from "../Link.tsx";
import { Picture } from "../Picture.tsx";
import { useRoom } from "../rooms/useRoom.ts";
import { router } from "../router.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { RoomIdContext } from "./RoomId.ts";
import { TimelineScroll } from "./TimelineScroll.tsx";
import "./timeline.css";

const Replaced = lazy(() => language.need("rooms").then(() => import("../governance/Replaced.tsx")));
const KnockLine = lazy(() => import("../panel/KnockLine.tsx"));
const NotIn = lazy(() => import("../spaces/NotIn.tsx"));

type Panel = Extract<Route, { place: "chats" }>["panel"];

export function RoomPane({ roomId, panel, event }: { roomId: string; panel: Panel; event?: string }) {
    const client = useClient();
    const room = useRoom(roomId);
    const synced = useStore(client.synced);
    if (!room) {
        return (
            <main className="main middle">
                {synced && (
                    <Suspense fallback={null}>
                        <NotIn key={roomId} roomId={roomId} event={event} />
                    </Suspense>
                )}
            </main>
        );
    }
    if (room.early) return <Early room={room} />;
    if (room.membership === "invite") return <Invited room={room} />;
    return <Joined room={room} panel={panel} event={event} />;
}

/** What is known of a room before it is read. */
function Early({ room }: { room: RoomSummary }) {
    const t = useWords();
    const client = useClient();
    useEffect(() => client.waitFor(room.id), [client, room.id]);
    return (
        <main className="main" data-region="room" aria-busy="true">
            <header>
                <Back />
                <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} />
                <h2 className="grow ell">
                    <Name of={room.name} />
                </h2>
            </header>
            <p className="tl-note late" role="status">
                {t("timeline.opening")}
            </p>
        </main>
    );
}

/** On phones, to the list. */
function Back() {
    const t = useWords();
    const phone = useMedia(PHONE);
    if (!phone) return null;
    return (
        <Link to={{ place: "chats" }} className="ib" aria-label={t("shell.back")}>
            <ChevronLeft className="i" aria-hidden="true" />
        </Link>
    );
}

function Joined({ room, panel, event }: { room: RoomSummary; panel: Panel; event: string | undefined }) {
    const t = useWords();
    const client = useClient();
    const timeline = client.timeline(room.id);
    useEffect(() => timeline.opened(), [timeline]);
    // The address of a message leads to it, wherever in the history it stands.
    useEffect(() => {
        if (event) void timeline.jumpTo(event).then((found) => !found && toasts.show({ title: t("timeline.notFound") }));
    }, [timeline, event, t]);
    return (
        <RoomIdContext value={room.id}>
            <main className="main" data-region="room" {...dropping(room.id, client)}>
                <Head room={room} panel={panel} />
                {room.successor && (
                    <Suspense fallback={null}>
                        <Replaced by={room.successor} />
                    </Suspense>
                )}
                {room.knocks > 0 && panel !== "details" && (
                    <Suspense fallback={null}>
                        <KnockLine roomId={room.id} count={room.knocks} />
                    </Suspense>
                )}
                <TimelineScroll timeline={timeline} room={room} />
                <Composer room={room} timeline={timeline} />
            </main>
        </RoomIdContext>
    );
}

/** Files that are let go over the room are attached. */
function dropping(roomId: string, client: AlphornClient) {
    const has = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
    const mark = (event: DragEvent, over: boolean): void => void event.currentTarget.classList.toggle("dropping", over);
    return {
        onDragOver: (event: DragEvent) => has(event) && (event.preventDefault(), mark(event, true)),
        onDragLeave: (event: DragEvent) => !event.currentTarget.contains(event.relatedTarget as Node | null) && mark(event, false),
        onDrop: (event: DragEvent) => {
            mark(event, false);
            if (!has(event)) return;
            event.preventDefault();
            addTiles(tilesOf(roomId, null), event.dataTransfer.files, client.media.mostBytes);
        },
    };
}

function Head({ room, panel }: { room: RoomSummary; panel: Panel }) {
    const t = useWords();
    const phone = useMedia(PHONE);
    const client = useClient();
    // What is pinned changes with the room.
    useStore(client.rooms);
    const details = panel === "details";
    // Where there is little room the pin stands only where something is pinned.
    const pinned = client.messages.pinned(room.id).length > 0;
    return (
        <header>
            <Back />
            <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} />
            <div className="grow">
                <h2 className="ell">
                    <Name of={room.name} />
                </h2>
                <div className="sm dim ell">
                    {phone && <Lifetime roomId={room.id} short />}
                    {room.encrypted ? <Lock className="i s" aria-hidden="true" /> : <LockOpen className="i s" aria-hidden="true" />}{" "}
                    {headWords(t, room, phone)}
                    {!phone && <Lifetime roomId={room.id} />}
                </div>
            </div>
            {/* Calls stand here, before the search. */}
            <IconButton
                label={t("search.title")}
                on={panel === "search"}
                aria-pressed={panel === "search"}
                onClick={() => router.go({ place: "chats", room: room.id, panel: panel === "search" ? undefined : "search" })}
            >
                <Search className="i" aria-hidden="true" />
            </IconButton>
            {(!phone || pinned) && (
                <IconButton
                    label={t("timeline.pinned")}
                    on={panel === "pinned"}
                    aria-pressed={panel === "pinned"}
                    onClick={() => router.go({ place: "chats", room: room.id, panel: panel === "pinned" ? undefined : "pinned" })}
                >
                    <Pin className="i" aria-hidden="true" />
                </IconButton>
            )}
            <IconButton
                label={t("timeline.details")}
                on={details}
                aria-pressed={details}
                onClick={() => router.go({ place: "chats", room: room.id, panel: details ? undefined : "details" })}
            >
                <PanelRight className="i" aria-hidden="true" />
            </IconButton>
        </header>
    );
}

/** Where messages disappear, the head of the room says so: on phones first, and in short. */
function Lifetime({ roomId, short = false }: { roomId: string; short?: boolean }) {
    const t = useWords();
    const language = useLanguage();
    const { lifetime } = useStore(useClient().timeline(roomId));
    if (lifetime === null) return null;
    const time = lifetimeWords(lifetime, language);
    const words = t("timeline.disappear", { time });
    if (short) {
        return (
            <>
                <span role="img" aria-label={words} title={words}>
                    <Timer className="i s" aria-hidden="true" /> {time}
                </span>
                {" · "}
            </>
        );
    }
    return (
        <>
            {" · "}
            <Timer className="i s" aria-hidden="true" /> {words}
        </>
    );
}

function headWords(t: ReturnType<typeof useWords>, room: RoomSummary, phone: boolean): string {
    if (!room.encrypted) return `${t("timeline.people", { count: room.members })}, ${t("timeline.open")}`;
    if (room.kind === "person") return t("timeline.direct");
    return t(phone ? "timeline.people" : "timeline.peopleEncrypted", { count: room.members });
}

function Invited({ room }: { room: RoomSummary }) {
    const t = useWords();
    const client = useClient();
    const failed = (error: unknown): void => toasts.show({ title: t(failureWords(toFailure(error).kind)) });
    return (
        <main className="main middle">
            <div className="empty">
                <Picture id={room.id} name={room.name} mxc={room.avatar} kind={room.kind} size="xl" />
                <h3>
                    <Words of="timeline.invitedTo" name={<Name of={room.name} />} />
                </h3>
                {room.inviter && (
                    <p>
                        <Words of="rooms.invites" name={<Name of={room.inviter.name} />} /> <span className="dim">({room.inviter.id})</span>
                    </p>
                )}
                <span className="row">
                    <Button onClick={() => void client.actions.decline(room.id).then(() => router.go({ place: "chats" }), failed)}>{t("rooms.decline")}</Button>
                    <Button look="primary" onClick={() => void client.actions.accept(room.id).catch(failed)}>
                        {t("rooms.accept")}
                    </Button>
                </span>
            </div>
        </main>
    );
}
