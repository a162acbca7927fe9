/** What can be attached besides words. */
import { ChartBarBig, MapPin, Paperclip } from "lucide-react";
import type { Timeline } from "../../client/timeline.ts";
import { overlay, placeOf } from "../timeline/overlays.ts";

export function attachMenu(anchor: Element, { roomId, threadId }: Timeline, files: () => void): void {
    overlay.set({
        kind: "menu",
        anchor: placeOf(anchor),
        actions: [
            { id: "file", label: "composer.attachFile", icon: <Paperclip className="i" aria-hidden="true" />, run: files },
            { id: "poll", label: "composer.poll", icon: <ChartBarBig className="i" aria-hidden="true" />, run: () => overlay.set({ kind: "poll", roomId, threadId }) },
            { id: "location", label: "composer.location", icon: <MapPin className="i" aria-hidden="true" />, run: () => overlay.set({ kind: "location", roomId, threadId }) },
        ],
    });
}
