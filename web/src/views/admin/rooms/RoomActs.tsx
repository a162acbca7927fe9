/** What an administrator does about a room. */
import { useState } from "react";
import type { Room } from "../../../client/admin/admin.ts";
import { localpart } from "../../../model/names.ts";
import { toasts } from "../../../design/Toasts.tsx";
import { useWords } from "../../useWords.ts";
import { ActDialog } from "../parts/ActDialog.tsx";
import { useAdmin } from "../parts/useList.ts";
import { roomName } from "./RoomPanel.tsx";

export type RoomAct = { is: "close" | "reopen" | "purge" | "empty" } | { is: "promote"; user: string };

interface Props {
    room: Room;
    onChanged: (room: Room) => void;
    onClose: () => void;
}

export function RoomActs({ act, ...props }: Props & { act: RoomAct }) {
    switch (act.is) {
        case "close":
            return <Close {...props} />;
        case "reopen":
            return <Reopen {...props} />;
        case "purge":
            return <Purge {...props} />;
        case "empty":
            return <Empty {...props} />;
        case "promote":
            return <Promote {...props} user={act.user} />;
    }
}

function Close({ room, onChanged, onClose }: Props) {
    const t = useWords();
    const admin = useAdmin();
    const [keep, setKeep] = useState(false);
    const name = roomName(room, t("adminRooms.unnamed"));
    return (
        <ActDialog
            title={t("adminRooms.closeTitle", { name })}
            what={t(keep ? "adminRooms.closeKeepText" : "adminRooms.closeText", { count: room.joined })}
            verb={t("adminRooms.close")}
            final
            done={t("adminRooms.closeDone", { name })}
            run={async (reason) => onChanged(await admin.call("post", "/rooms/{room_id}/close", { path: { room_id: room.room_id }, body: { keep_members: keep, reason } }))}
            onClose={onClose}
        >
            <label className="row check">
                <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
                <span>
                    {t("adminRooms.keep")}
                    <span className="hint">{t("adminRooms.keepHint")}</span>
                </span>
            </label>
        </ActDialog>
    );
}

function Reopen({ room, onChanged, onClose }: Props) {
    const t = useWords();
    const admin = useAdmin();
    const name = roomName(room, t("adminRooms.unnamed"));
    return (
        <ActDialog
            title={t("adminRooms.reopenTitle", { name })}
            what={t("adminRooms.reopenText")}
            verb={t("adminRooms.reopen")}
            done={t("adminRooms.reopenDone", { name })}
            run={async (reason) => onChanged(await admin.call("post", "/rooms/{room_id}/reopen", { path: { room_id: room.room_id }, body: { reason } }))}
            onClose={onClose}
        />
    );
}

/** Goes through the room page by page, and tells at the end how much was deleted. */
function Purge({ room, onClose }: Props) {
    const t = useWords();
    const admin = useAdmin();
    const name = roomName(room, t("adminRooms.unnamed"));
    const [deleted, setDeleted] = useState<number | null>(null);
    const run = async (reason: string | null): Promise<void> => {
        let from: string | null = null;
        let all = 0;
        do {
            const answer: { deleted: number; next: string | null } = await admin.call("post", "/rooms/{room_id}/purge_media", { path: { room_id: room.room_id }, body: { from, reason } });
            all += answer.deleted;
            setDeleted(all);
            from = answer.next;
        } while (from !== null);
        toasts.show({ title: t("adminRooms.purgedFiles", { count: all }) });
    };
    return (
        <ActDialog
            title={t("adminRooms.purgeTitle", { name })}
            what={t("adminRooms.purgeText")}
            verb={t("adminRooms.purge")}
            final
            done={t("adminRooms.purgeDone", { name })}
            run={run}
            onClose={onClose}
        >
            {room.encrypted && <p className="muted">{t("adminRooms.purgeEncrypted")}</p>}
            {deleted !== null && <p role="status">{t("adminRooms.purgedFiles", { count: deleted })}</p>}
        </ActDialog>
    );
}

/** Goes on at the server when the dialog is gone. */
function Empty({ room, onChanged, onClose }: Props) {
    const t = useWords();
    const admin = useAdmin();
    const name = roomName(room, t("adminRooms.unnamed"));
    return (
        <ActDialog
            title={t("adminRooms.emptyTitle", { name })}
            what={t("adminRooms.emptyText")}
            verb={t("adminRooms.empty")}
            final
            done={t("adminRooms.emptyDone", { name })}
            run={async (reason) => onChanged(await admin.call("post", "/rooms/{room_id}/purge", { path: { room_id: room.room_id }, body: { reason } }))}
            onClose={onClose}
        >
            {room.encrypted && <p className="muted">{t("adminRooms.purgeEncrypted")}</p>}
        </ActDialog>
    );
}

function Promote({ room, user, onChanged, onClose }: Props & { user: string }) {
    const t = useWords();
    const admin = useAdmin();
    const name = localpart(user);
    return (
        <ActDialog
            title={t("adminRooms.promoteTitle", { name })}
            what={t("adminRooms.promoteText")}
            verb={t("adminRooms.promoteVerb")}
            done={t("adminRooms.promoteDone", { name })}
            refused={t("adminRooms.promoteRefused")}
            run={async (reason) => onChanged(await admin.call("post", "/rooms/{room_id}/administrator", { path: { room_id: room.room_id }, body: { user_id: user, reason } }))}
            onClose={onClose}
        />
    );
}
