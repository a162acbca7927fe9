/** Where menus and dialogs over a timeline stand; loaded when the first one opens. */
import { Suspense } from "react";
import { useStore } from "../../design/useStore.ts";
import { overlay } from "./overlays.ts";
import { lazy } from "../lazy.tsx";

const Overlays = lazy(() => import("./Overlays.tsx"));

export function OverlayPlace() {
    const open = useStore(overlay) !== null;
    return (
        open && (
            <Suspense fallback={null}>
                <Overlays />
            </Suspense>
        )
    );
}
