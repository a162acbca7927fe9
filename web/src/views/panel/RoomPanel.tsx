/** The panel beside a room: details, thread, search, pinned messages. One file each in this folder. */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { toFailure } from "../../client/failures.ts";
import type { Person } from "../../model/timeline.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";

interface Props {
    roomId: string;
    panel: "details" | "thread" | "search" | "pinned";
    thread?: string;
}

export default function RoomPanel({ roomId }: Props) {
    const t = useWords();
    return (
        <aside className="pane" aria-label={t("panel.details")} data-region="panel">
            <header>
                <h2 className="grow">{t("panel.details")}</h2>
                <IconButton label={t("shell.close")} data-first onClick={() => router.go({ place: "chats", room: roomId })}>
                    <X className="i" aria-hidden="true" />
                </IconButton>
            </header>
            <Details roomId={roomId} />
        </aside>
    );
}

function Details({ roomId }: { roomId: string }) {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const room = rooms.find((one) => one.id === roomId);
    const [members, setMembers] = useState<readonly Person[]>([]);
    useEffect(() => {
        void client.actions.members(roomId).then(setMembers);
    }, [client, roomId, room?.members]);
    if (!room) return null;
    const leave = (): void => {
        client.actions.leave(roomId).then(
            () => router.go({ place: "chats" }),
            (error: unknown) => toasts.show({ title: t(failureWords(toFailure(error).kind)) }),
        );
    };
    return (
        <div className="body">
            <div className="row">
                <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} size="xl" />
                <h3>
                    <Name of={room.name} />
                </h3>
            </div>
            <section className="stack">
                <h4>{t("panel.members")}</h4>
                <ul className="stack">
                    {members.slice(0, 200).map((member) => (
                        <li key={member.id} className="row">
                            <Picture id={member.id} name={member.name} mxc={member.avatar} size="s" />
                            <Name of={member.name} className="ell grow" />
                            <span className="xs dim ell">{member.id}</span>
                        </li>
                    ))}
                </ul>
            </section>
            <div>
                <Button look="outline-critical" className="critical" onClick={leave}>
                    {t("panel.leave")}
                </Button>
            </div>
        </div>
    );
}
