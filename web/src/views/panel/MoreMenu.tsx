/** What one seldom does with a room. */
import { ArrowDown, Download, Flag, LogOut, MailOpen, Settings, Star } from "lucide-react";
import type { ReactElement } from "react";
import type { RoomDetails } from "../../model/details.ts";
import { Menu } from "../../design/Menu.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { toFailure } from "../../client/failures.ts";
import { RoomMarks } from "../../client/roomMarks.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { report } from "../people/card.ts";
import { openGovernance } from "../governance/open.ts";
import { useWords } from "../useWords.ts";

export function MoreMenu({ room, onLeave, trigger }: { room: RoomDetails; onLeave: () => void; trigger: ReactElement<Record<string, unknown>> }) {
    const t = useWords();
    const client = useClient();
    const summary = useStore(client.rooms).find((one) => one.id === room.id);
    const marks = new RoomMarks(client.sdk);
    const act = (promise: Promise<void>): void => void promise.catch((error: unknown) => toasts.show({ title: t(failureWords(toFailure(error).kind)) }));
    return (
        <Menu
            trigger={trigger}
            items={[
                { label: t("details.settings"), icon: <Settings className="i" aria-hidden="true" />, onSelect: () => openGovernance.set({ roomId: room.id, what: "settings" }) },
                { label: t("details.export"), icon: <Download className="i" aria-hidden="true" />, onSelect: () => openGovernance.set({ roomId: room.id, what: "export" }) },
                "line",
                { label: t("details.favourite"), on: summary?.favourite === true, icon: <Star className="i" aria-hidden="true" />, onSelect: () => act(marks.favourite(room.id, !summary?.favourite)) },
                { label: t("details.low"), on: summary?.low === true, icon: <ArrowDown className="i" aria-hidden="true" />, onSelect: () => act(marks.low(room.id, !summary?.low)) },
                { label: t(summary?.marked ? "details.read" : "details.unread"), icon: <MailOpen className="i" aria-hidden="true" />, onSelect: () => act(marks.unread(room.id, !summary?.marked)) },
                "line",
                { label: t("details.report"), icon: <Flag className="i" aria-hidden="true" />, onSelect: () => report({ what: "room", roomId: room.id, name: room.name }) },
                { label: t("details.leave"), icon: <LogOut className="i" aria-hidden="true" />, onSelect: onLeave },
            ]}
        />
    );
}
