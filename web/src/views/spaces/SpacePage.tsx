/** A space: what it is and the rooms in it, joined or not. */
import { ChevronLeft, Plus, Settings as Gear, UserPlus } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { OwnKnocks } from "../../client/directory.ts";
import { DetailsStore } from "../../client/roomDetails.ts";
import { Spaces, type SeenRoom } from "../../client/spaces.ts";
import { may } from "../../model/powers.ts";
import type { RoomDetails } from "../../model/details.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Name } from "../../design/Name.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { openGovernance } from "../governance/open.ts";
import { Link } from "../Link.tsx";
import { InviteDialog } from "../panel/InviteDialog.tsx";
import { LeaveDialog } from "../panel/LeaveDialog.tsx";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";
import { SeenRoomRow } from "./SeenRoomRow.tsx";
import "../people/people.css";
import "./spaces.css";
import "../panel/panel.css";

export default function SpacePage({ spaceId }: { spaceId: string }) {
    const t = useWords();
    const client = useClient();
    const phone = useMedia(PHONE);
    const space = useStore(useMemo(() => new DetailsStore(client.sdk, spaceId), [client, spaceId]));
    const spaces = useMemo(() => new Spaces(client.sdk), [client]);
    const knocks = useStore(useMemo(() => new OwnKnocks(client.sdk), [client]));
    const acting = useAct();
    const [rooms, setRooms] = useState<readonly SeenRoom[] | null>(null);
    const [next, setNext] = useState<string | null>(null);
    const [dialog, setDialog] = useState<"add" | "invite" | "leave" | null>(null);
    const { run } = acting;
    const load = useCallback(
        async (from?: string) => {
            const page = await spaces.rooms(spaceId, from);
            setRooms((before) => (from && before ? [...before, ...page.rooms] : page.rooms));
            setNext(page.next);
        },
        [spaces, spaceId],
    );
    useEffect(() => {
        setRooms(null);
        load().catch(() => setRooms([]));
    }, [load]);
    const mayAdd = space !== null && may(space.powers, client.session.userId, "children");
    return (
        <main className="main" data-region="room">
            <header>
                {phone && (
                    <Link to={{ place: "chats" }} className="ib" aria-label={t("shell.back")}>
                        <ChevronLeft className="i" aria-hidden="true" />
                    </Link>
                )}
                <h2 className="grow ell">{space ? <Name of={space.name} /> : t("spaces.space")}</h2>
            </header>
            <div className="page explore">
                {space && (
                    <div className="person-head">
                        <Picture id={space.id} name={space.name} mxc={space.avatar} kind="room" size="xl" />
                        <div className="grow">
                            <h3>
                                <Name of={space.name} />
                            </h3>
                            <p className="sm dim">{t("spaces.people", { count: space.members })}</p>
                            {space.topic && (
                                <p className="sm muted">
                                    <bdi>{space.topic}</bdi>
                                </p>
                            )}
                        </div>
                    </div>
                )}
                {space && (
                    <div className="row wrap">
                        {mayAdd && (
                            <Button onClick={() => setDialog("add")}>
                                <Plus className="i" aria-hidden="true" />
                                {t("spaces.add")}
                            </Button>
                        )}
                        <Button onClick={() => setDialog("invite")}>
                            <UserPlus className="i" aria-hidden="true" />
                            {t("spaces.invite")}
                        </Button>
                        <Button onClick={() => openGovernance.set({ roomId: spaceId, what: "settings" })}>
                            <Gear className="i" aria-hidden="true" />
                            {t("spaces.settings")}
                        </Button>
                        <Button look="plain" onClick={() => setDialog("leave")}>
                            {t("spaces.leave")}
                        </Button>
                    </div>
                )}
                <ErrorLine text={acting.error} />
                {rooms?.length === 0 && <Empty title={t("spaces.empty")}>{t("spaces.emptyText")}</Empty>}
                <ul className="seen-list" aria-busy={rooms === null}>
                    {rooms?.map((room) => (
                        <li key={room.id}>
                            <SeenRoomRow
                                room={room}
                                knocked={knocks.some((one) => one.id === room.id)}
                                onRemove={mayAdd ? () => void run(async () => (await spaces.remove(spaceId, room.id), load())) : undefined}
                            />
                        </li>
                    ))}
                </ul>
                {next && (
                    <div>
                        <Button onClick={() => void run(() => load(next))}>{t("spaces.more")}</Button>
                    </div>
                )}
            </div>
            {space && dialog === "add" && <AddRooms space={space} inside={rooms ?? []} onClose={() => (setDialog(null), void run(() => load()))} />}
            {space && dialog === "invite" && <InviteDialog room={space} onClose={() => setDialog(null)} />}
            {space && dialog === "leave" && <LeaveDialog room={space} onClose={() => setDialog(null)} />}
        </main>
    );
}

function AddRooms({ space, inside, onClose }: { space: RoomDetails; inside: readonly SeenRoom[]; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const acting = useAct();
    const rooms = useStore(client.rooms);
    const [chosen, setChosen] = useState<readonly string[]>([]);
    const known = new Set([space.id, ...inside.map((one) => one.id)]);
    const offered = rooms.filter((room) => room.kind === "room" && room.membership === "join" && !known.has(room.id));
    const toggle = (id: string): void => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
    const add = async (): Promise<void> => {
        const spaces = new Spaces(client.sdk);
        const done = await acting.run(async () => {
            for (const id of chosen) await spaces.add(space.id, id);
        });
        if (done) onClose();
    };
    return (
        <Dialog
            title={t("spaces.add")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" disabled={acting.busy || chosen.length === 0} onClick={() => void add()}>
                        {t("spaces.addAct")}
                    </Button>
                </>
            }
        >
            {offered.length === 0 && <p className="muted">{t("spaces.addNone")}</p>}
            <ul className="stack">
                {offered.slice(0, 300).map((room) => (
                    <li key={room.id}>
                        <label className="row">
                            <input type="checkbox" checked={chosen.includes(room.id)} onChange={() => toggle(room.id)} />
                            <Picture id={room.id} name={room.name} mxc={room.avatar} kind="room" size="s" />
                            <Name of={room.name} className="ell" />
                        </label>
                    </li>
                ))}
            </ul>
            <ErrorLine text={acting.error} />
        </Dialog>
    );
}
