/** A room that one is not in: what may be known of it, and the way in. */
import { useEffect, useMemo, useState } from "react";
import { Directory, OwnKnocks } from "../../client/directory.ts";
import { howParted, type Parted } from "../../client/parted.ts";
import type { SeenRoom } from "../../client/spaces.ts";
import { Button } from "../../design/Button.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { SeenRoomRow } from "./SeenRoomRow.tsx";
import "../people/people.css";
import "../panel/panel.css";
import "./spaces.css";

export default function NotIn({ roomId, event }: { roomId: string; event?: string }) {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const knocks = useStore(useMemo(() => new OwnKnocks(client.sdk), [client]));
    const [room, setRoom] = useState<SeenRoom | null | undefined>(undefined);
    useEffect(() => {
        let here = true;
        new Directory(client.sdk).summary(roomId).then(
            (found) => here && setRoom(found),
            () => here && setRoom(null),
        );
        return () => void (here = false);
    }, [client, roomId]);
    // An address may lead to a room one is in already.
    const joined = room && rooms.some((one) => one.id === room.id && one.membership === "join");
    useEffect(() => {
        if (joined) router.go(room.isSpace ? { place: "chats", view: "space", space: room.id } : { place: "chats", room: room.id, event }, "replace");
    }, [joined, room, event]);
    const parted = howParted(client.sdk, roomId);
    // Nothing until the server has answered: what is not known is not said to be missing.
    if (joined || (room === undefined && !parted)) return null;
    if (!room) {
        if (parted) return <PartedWords parted={parted} />;
        return (
            <Empty title={t("timeline.noRoom")} action={<Button onClick={() => router.go({ place: "chats" })}>{t("timeline.toList")}</Button>}>
                {t("timeline.noRoomText")}
            </Empty>
        );
    }
    return (
        <div className="stack">
            {parted && <PartedWords parted={parted} />}
            <div className="card not-in">
                <SeenRoomRow room={room} knocked={knocks.some((one) => one.id === room.id)} />
            </div>
        </div>
    );
}

const PARTED = {
    closed: "spaces.roomClosed",
    removed: "spaces.roomRemoved",
    banned: "spaces.roomBanned",
} as const;

function PartedWords({ parted: { room, how, by, reason } }: { parted: Parted }) {
    const t = useWords();
    return (
        <Empty title={<Words of={PARTED[how]} name={<Name of={room} />} />} action={<Button onClick={() => router.go({ place: "chats" })}>{t("timeline.toList")}</Button>}>
            {how === "closed" ? t("spaces.roomClosedText") : <Words of={reason ? "spaces.partedWhy" : "spaces.partedBy"} who={<Name of={by} />} reason={<Name of={reason} />} />}
        </Empty>
    );
}
