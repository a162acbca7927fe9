/** Settings and export of a room, over whatever place is open. */
import { Suspense } from "react";
import { useStore } from "../../design/useStore.ts";
import { language } from "../../i18n/i18n.ts";
import { openGovernance } from "./open.ts";
import { lazy } from "../lazy.tsx";

const RoomSettings = lazy(() => language.need("rooms").then(() => import("./RoomSettings.tsx")));
const ExportDialog = lazy(() => language.need("rooms").then(() => import("./ExportDialog.tsx")));

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
