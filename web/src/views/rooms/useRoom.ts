/** One room of the list: what looks at it is not drawn anew when another one changes. */
import { useSyncExternalStore } from "react";
import type { RoomSummary } from "../../model/room.ts";
import { useClient } from "../ClientContext.ts";

export function useRoom(roomId: string | undefined): RoomSummary | undefined {
    const { rooms } = useClient();
    return useSyncExternalStore(rooms.subscribe, () => (roomId ? rooms.find(roomId) : undefined));
}
