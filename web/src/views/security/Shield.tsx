/** One calm line under a message whose sender is not certain. Nothing is said where all is in order. */
import { Suspense } from "react";
import { lazy } from "../lazy.tsx";
import { useStore } from "../../design/useStore.ts";
import { language } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";

const ShieldLine = lazy(() => language.need("keys").then(() => import("./ShieldLine.tsx")));

export function MessageShield({ roomId, eventId }: { roomId: string; eventId: string }) {
    const shield = useStore(useClient().trust.message(roomId, eventId));
    if (!shield) return null;
    return (
        <Suspense fallback={null}>
            <ShieldLine shield={shield} />
        </Suspense>
    );
}
