/** Details of a room: what it is, who is in it, its files, what one hears of it, leaving. */
import { Bell, Ellipsis, Link2, Lock, LockOpen, UserPlus } from "lucide-react";
import { useMemo, useState } from "react";
import { DetailsStore, MembersStore } from "../../client/roomDetails.ts";
import type { RoomDetails } from "../../model/details.ts";
import { formatRoute } from "../../model/route.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { showPerson } from "../people/card.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";
import { FilesPage, FilesShort } from "./Files.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { Knocks } from "./Knocks.tsx";
import { LeaveDialog } from "./LeaveDialog.tsx";
import { MembersPage, MemberRow } from "./Members.tsx";
import { MoreMenu } from "./MoreMenu.tsx";
import { NotifyMenu } from "./NotifyMenu.tsx";
import { PanelFrame } from "./PanelFrame.tsx";

const PEOPLE_SHOWN = 5;

export default function Details({ roomId }: { roomId: string }) {
    const t = useWords();
    const client = useClient();
    const store = useMemo(() => new DetailsStore(client.sdk, roomId), [client, roomId]);
    const members = useMemo(() => new MembersStore(client.sdk, roomId), [client, roomId]);
    const room = useStore(store);
    const [page, setPage] = useState<"main" | "members" | "files">("main");
    const [dialog, setDialog] = useState<"invite" | "leave" | null>(null);
    if (!room) return <PanelFrame title={t("details.title")} roomId={roomId} flat children={null} />;
    const back = { label: t("details.back"), onBack: () => setPage("main") };
    const dialogs = (
        <>
            {dialog === "invite" && <InviteDialog room={room} onClose={() => setDialog(null)} />}
            {dialog === "leave" && <LeaveDialog room={room} onClose={() => setDialog(null)} />}
        </>
    );
    if (page === "members") {
        return (
            <PanelFrame title={t("details.people")} roomId={roomId} back={back} flat>
                <MembersPage room={room} store={members} onInvite={() => setDialog("invite")} />
                {dialogs}
            </PanelFrame>
        );
    }
    if (page === "files") {
        return (
            <PanelFrame title={t("details.files")} roomId={roomId} back={back} flat>
                <FilesPage roomId={roomId} />
            </PanelFrame>
        );
    }
    return (
        <PanelFrame title={t("details.title")} roomId={roomId} flat>
            <div className="body" tabIndex={-1}>
                <Head room={room} />
                <div className="tiles">
                    <NotifyMenu roomId={roomId} trigger={<Tile icon={<Bell className="i" aria-hidden="true" />} label={t("details.notify")} />} />
                    <Tile icon={<UserPlus className="i" aria-hidden="true" />} label={t("details.add")} onClick={() => setDialog("invite")} />
                    <Tile icon={<Link2 className="i" aria-hidden="true" />} label={t("details.link")} onClick={() => copyLink(t, room)} />
                    <MoreMenu room={room} onLeave={() => setDialog("leave")} trigger={<Tile icon={<Ellipsis className="i" aria-hidden="true" />} label={t("details.more")} />} />
                </div>
                <Knocks room={room} />
                <PeopleShort room={room} store={members} onAll={() => setPage("members")} />
                <FilesShort roomId={roomId} onAll={() => setPage("files")} />
                {room.pinned.length > 0 && (
                    <section className="stack">
                        <h4 className="row">
                            {t("details.pinned")} <span className="dim plain-weight">{room.pinned.length}</span>
                            <Link className="end sm" to={{ place: "chats", room: roomId, panel: "pinned" }}>
                                {t("details.all")}
                            </Link>
                        </h4>
                    </section>
                )}
                <Safety room={room} />
                <div className="row">
                    <Button look="outline-critical" className="critical" onClick={() => setDialog("leave")}>
                        {t("details.leave")}
                    </Button>
                </div>
            </div>
            {dialogs}
        </PanelFrame>
    );
}

interface TileProps extends React.ButtonHTMLAttributes<HTMLButtonElement> {
    icon: React.ReactNode;
    label: string;
}

/** Also the trigger of a menu, which hands its own properties in. */
function Tile({ icon, label, ...rest }: TileProps) {
    return (
        <button type="button" {...rest} className="tile">
            {icon}
            {label}
        </button>
    );
}

function copyLink(t: ReturnType<typeof useWords>, room: RoomDetails): void {
    // The address of this client: whoever opens it sees the room, or how to get in.
    const link = new URL(formatRoute({ place: "chats", room: room.alias ?? room.id }), location.origin).href;
    const copied = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
        () => toasts.show({ title: t("details.linkCopied"), text: link }),
        () => toasts.show({ title: t("details.linkFailed"), text: link }),
    );
}

function Head({ room }: { room: RoomDetails }) {
    const client = useClient();
    const summary = useStore(client.rooms).find((one) => one.id === room.id);
    return (
        <div className="details-head">
            <Picture id={summary?.person ?? room.id} name={room.name} mxc={summary?.avatar ?? room.avatar} kind={summary?.kind ?? "room"} size="l" />
            <h3>
                <Name of={room.name} />
            </h3>
            {room.topic && (
                <p className="sm muted details-topic">
                    <bdi>{room.topic}</bdi>
                </p>
            )}
        </div>
    );
}

function PeopleShort({ room, store, onAll }: { room: RoomDetails; store: MembersStore; onAll: () => void }) {
    const t = useWords();
    const { members } = useStore(store);
    const joined = members.filter((one) => one.membership === "join");
    return (
        <section className="stack">
            <h4 className="row">
                {t("details.people")} <span className="dim plain-weight">{room.members}</span>
                <button type="button" className="end sm as-link" onClick={onAll}>
                    {t("details.all")}
                </button>
            </h4>
            <ul className="stack-tight">
                {joined.slice(0, PEOPLE_SHOWN).map((member) => (
                    <li key={member.id}>
                        <MemberRow room={room} member={member} onOpen={() => showPerson(member.id, room.id)} />
                    </li>
                ))}
            </ul>
        </section>
    );
}

function Safety({ room }: { room: RoomDetails }) {
    const t = useWords();
    return (
        <section className="stack">
            <h4>{t("details.safety")}</h4>
            <p className="row sm top">
                {room.encrypted ? <Lock className="i s" aria-hidden="true" /> : <LockOpen className="i s" aria-hidden="true" />}
                <span>{room.encrypted ? t("details.encrypted") : t("details.open")}</span>
            </p>
        </section>
    );
}
