/** Leaving a room that is not open. */
import { useMemo } from "react";
import { DetailsStore } from "../../client/roomDetails.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { LeaveDialog } from "../panel/LeaveDialog.tsx";

export default function LeaveFromList({ roomId, onClose }: { roomId: string; onClose: () => void }) {
    const client = useClient();
    const room = useStore(useMemo(() => new DetailsStore(client.sdk, roomId), [client, roomId]));
    return room && <LeaveDialog room={room} onClose={onClose} />;
}
