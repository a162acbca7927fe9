/** A thread beside its room: its first message, the answers, and a field of its own. */
import { useEffect } from "react";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Composer } from "../composer/Composer.tsx";
import { RoomIdContext } from "../timeline/RoomId.ts";
import { TimelineScroll } from "../timeline/TimelineScroll.tsx";

export function ThreadPanel({ roomId, root }: { roomId: string; root: string }) {
    const client = useClient();
    const rooms = useStore(client.rooms);
    const room = rooms.find((one) => one.id === roomId);
    const timeline = client.timeline(roomId, root);
    useEffect(() => timeline.opened(), [timeline]);
    if (!room) return null;
    return (
        <RoomIdContext value={roomId}>
            <TimelineScroll timeline={timeline} room={room} thread />
            <Composer room={room} timeline={timeline} />
        </RoomIdContext>
    );
}
