/** Settings and export of a room, over whatever place is open. */
import { lazy, Suspense } from "react";
import { useStore } from "../../design/useStore.ts";
import { openGovernance } from "./open.ts";

const RoomSettings = lazy(() => import("./RoomSettings.tsx"));
const ExportDialog = lazy(() => import("./ExportDialog.tsx"));

export function GovernanceDialogs() {
    const open = useStore(openGovernance);
    if (!open) return null;
    const close = (): void => openGovernance.set(null);
    return (
        <Suspense fallback={null}>
            {open.what === "settings" ? <RoomSettings roomId={open.roomId} onClose={close} /> : <ExportDialog roomId={open.roomId} onClose={close} />}
        </Suspense>
    );
}
