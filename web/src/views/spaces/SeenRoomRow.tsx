/** A room one may join: what it is, and the one act that leads in. */
import { X } from "lucide-react";
import { useState } from "react";
import { Directory, type Glimpse } from "../../client/directory.ts";
import type { SeenRoom } from "../../client/spaces.ts";
import { clockTime } from "../../model/time.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useLanguage, useWords } from "../useWords.ts";

interface Props {
    room: SeenRoom;
    knocked: boolean;
    /** Takes it out of the space that is shown; absent where one may not. */
    onRemove?: () => void;
}

export function openSeen(room: { id: string; isSpace: boolean }): void {
    router.go(room.isSpace ? { place: "chats", view: "space", space: room.id } : { place: "chats", room: room.id });
}

export function SeenRoomRow({ room, knocked, onRemove }: Props) {
    const t = useWords();
    const client = useClient();
    const joined = useStore(client.rooms).find((one) => one.id === room.id)?.membership === "join";
    const directory = new Directory(client.sdk);
    const acting = useAct();
    const [asking, setAsking] = useState(false);
    const [inside, setInside] = useState<readonly Glimpse[] | null>(null);
    const join = async (): Promise<void> => {
        if (await acting.run(() => directory.join(room.id, room.via))) openSeen(room);
    };
    const act = (): React.ReactNode => {
        if (joined) return <Button onClick={() => openSeen(room)}>{t("spaces.open")}</Button>;
        if (knocked) return <Button onClick={() => void acting.run(() => directory.withdraw(room.id))}>{t("spaces.withdraw")}</Button>;
        if (room.joinRule === "knock" || room.joinRule === "knock_restricted") return <Button onClick={() => setAsking(true)}>{t("spaces.ask")}</Button>;
        if (room.joinRule === "invite" || room.joinRule === "private") return <span className="sm dim">{t("spaces.inviteOnly")}</span>;
        return (
            <Button look="primary" disabled={acting.busy} onClick={() => void join()}>
                {t("spaces.join")}
            </Button>
        );
    };
    return (
        <div className="seen">
            <Picture id={room.id} name={room.name} mxc={room.avatar} kind="room" size="l" />
            <span className="seen-text">
                <span className="row wrap">
                    <Name of={room.name} className="b" />
                    {room.isSpace && <span className="tag">{t("spaces.space")}</span>}
                    {room.suggested && <span className="tag">{t("spaces.suggested")}</span>}
                    <span className="sm dim">{t("spaces.people", { count: room.members })}</span>
                </span>
                {room.alias && <span className="xs dim ell">{room.alias}</span>}
                {room.topic && (
                    <span className="sm muted seen-topic">
                        <bdi>{room.topic}</bdi>
                    </span>
                )}
                {knocked && <span className="sm">{t("spaces.asked")}</span>}
                {room.worldReadable && !joined && !inside && (
                    <button type="button" className="as-link sm" onClick={() => void acting.run(async () => setInside(await directory.lookInside(room.id)))}>
                        {t("spaces.look")}
                    </button>
                )}
                {inside && <Inside glimpses={inside} />}
                <ErrorLine text={acting.error} />
            </span>
            <span className="row tight">
                {act()}
                {onRemove && (
                    <IconButton label={t("spaces.remove")} onClick={onRemove}>
                        <X className="i" aria-hidden="true" />
                    </IconButton>
                )}
            </span>
            {asking && <AskDialog room={room} onClose={() => setAsking(false)} />}
        </div>
    );
}

function Inside({ glimpses }: { glimpses: readonly Glimpse[] }) {
    const t = useWords();
    const language = useLanguage();
    if (glimpses.length === 0) return <span className="sm dim">{t("spaces.lookEmpty")}</span>;
    return (
        <ul className="card seen-inside sm">
            {glimpses.map((one) => (
                <li key={one.id}>
                    <Name of={one.sender} className="b" /> <span className="dim">{clockTime(one.at, language)}</span> <bdi>{one.text}</bdi>
                </li>
            ))}
        </ul>
    );
}

function AskDialog({ room, onClose }: { room: SeenRoom; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const acting = useAct();
    const [reason, setReason] = useState("");
    const ask = async (): Promise<void> => {
        if (await acting.run(() => new Directory(client.sdk).knock(room.id, reason, room.via), t("spaces.askSent"))) onClose();
    };
    return (
        <Dialog
            title={t("spaces.askTitle", { name: `\u2068${room.name}\u2069` })}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" disabled={acting.busy} onClick={() => void ask()}>
                        {t("spaces.ask")}
                    </Button>
                </>
            }
        >
            <Field label={t("spaces.askReason")} name="reason" value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
            <ErrorLine text={acting.error} />
        </Dialog>
    );
}
