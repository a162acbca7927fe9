/** What one may do with a room in the list: by the right button, the menu key, or a long press. */
import { Suspense, useState, type MouseEvent, type ReactNode } from "react";
import { useClient } from "../ClientContext.ts";
import { lazy } from "../lazy.tsx";

// Menus are heavy: this one comes when it is asked for.
const RowMenuContent = lazy(() => import("./RowMenuContent.tsx"));
const LeaveFromList = lazy(() => import("./LeaveFromList.tsx"));

export interface MenuPlace {
    roomId: string;
    x: number;
    y: number;
}

/** One menu for all rows: a long list has no menu in each. `onContextMenu` belongs to the list. */
export function useRowMenu(): { onContextMenu: (event: MouseEvent<HTMLElement>) => void; menu: ReactNode } {
    const [place, setPlace] = useState<MenuPlace | null>(null);
    const client = useClient();
    const [leaving, setLeaving] = useState<string | null>(null);
    const onContextMenu = (event: MouseEvent<HTMLElement>): void => {
        const row = (event.target as Element).closest<HTMLElement>("[data-room]");
        if (!row?.dataset.room) return;
        event.preventDefault();
        // What is not read yet cannot be changed.
        if (!client.rooms.find(row.dataset.room)?.early) setPlace({ roomId: row.dataset.room, x: event.clientX, y: event.clientY });
    };
    const menu = (
        <Suspense fallback={null}>
            {place && <RowMenuContent place={place} onClose={() => setPlace(null)} onLeave={() => setLeaving(place.roomId)} />}
            {leaving && <LeaveFromList roomId={leaving} onClose={() => setLeaving(null)} />}
        </Suspense>
    );
    return { onContextMenu, menu };
}
