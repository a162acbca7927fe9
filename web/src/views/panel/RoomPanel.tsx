/** The panel beside a room: details, thread, search, pinned messages. One file each in this folder. */
import { Suspense } from "react";
import { lazy } from "../lazy.tsx";
import "./panel.css";

const Details = lazy(() => import("./Details.tsx"));
const RoomSearch = lazy(() => import("../search/RoomSearch.tsx"));
const SidePanel = lazy(() => import("./SidePanel.tsx"));

interface Props {
    roomId: string;
    panel: "details" | "thread" | "search" | "pinned";
    thread?: string;
}

export default function RoomPanel({ roomId, panel, thread }: Props) {
    return (
        <Suspense fallback={<aside className="pane flat" />}>
            {panel === "thread" && thread && <SidePanel key={thread} roomId={roomId} root={thread} />}
            {panel === "pinned" && <SidePanel key={roomId} roomId={roomId} />}
            {panel === "search" && <RoomSearch key={roomId} roomId={roomId} />}
            {panel === "details" && <Details key={roomId} roomId={roomId} />}
        </Suspense>
    );
}
