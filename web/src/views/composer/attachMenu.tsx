/** What can be attached besides words, and how urgent a message is. */
import { ChartBarBig, MapPin, OctagonAlert, Paperclip, TriangleAlert } from "lucide-react";
import type { AlphornClient } from "../../client/client.ts";
import type { Timeline } from "../../client/timeline.ts";
import type { Action } from "../timeline/actions.tsx";
import { urgency } from "../timeline/composing.ts";
import { overlay, placeOf } from "../timeline/overlays.ts";

/** Only who may address everybody may break through the quiet of others. */
function marks(client: AlphornClient, { roomId, threadId }: Timeline): Action[] {
    if (!client.messages.mayNameAll(roomId)) return [];
    const cell = urgency(roomId, threadId);
    return [
        { id: "urgent", label: "composer.urgent", icon: <TriangleAlert className="i" aria-hidden="true" />, run: () => cell.set("urgent") },
        { id: "critical", label: "composer.critical", icon: <OctagonAlert className="i" aria-hidden="true" />, run: () => cell.set("critical") },
    ];
}

export function attachMenu(anchor: Element, client: AlphornClient, timeline: Timeline, files: () => void): void {
    const { roomId, threadId } = timeline;
    overlay.set({
        kind: "menu",
        anchor: placeOf(anchor),
        align: "start",
        actions: [
            { id: "file", label: "composer.attachFile", icon: <Paperclip className="i" aria-hidden="true" />, run: files },
            { id: "poll", label: "composer.poll", icon: <ChartBarBig className="i" aria-hidden="true" />, run: () => overlay.set({ kind: "poll", roomId, threadId }) },
            { id: "location", label: "composer.location", icon: <MapPin className="i" aria-hidden="true" />, run: () => overlay.set({ kind: "location", roomId, threadId }) },
            ...marks(client, timeline),
        ],
    });
}
