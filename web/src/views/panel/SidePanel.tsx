/** The frame of a thread or of the pinned messages beside a room. */
import { X } from "lucide-react";
import { IconButton } from "../../design/Button.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { PinnedPanel } from "./PinnedPanel.tsx";
import { ThreadPanel } from "./ThreadPanel.tsx";

export default function SidePanel({ roomId, root }: { roomId: string; root?: string }) {
    const t = useWords();
    const title = t(root ? "timeline.thread" : "timeline.pinned");
    return (
        <aside className="pane" aria-label={title} data-region="panel">
            <header>
                <h2 className="grow">{title}</h2>
                <IconButton label={t("shell.close")} data-first onClick={() => router.go({ place: "chats", room: roomId })}>
                    <X className="i" aria-hidden="true" />
                </IconButton>
            </header>
            {root ? <ThreadPanel roomId={roomId} root={root} /> : <PinnedPanel roomId={roomId} />}
        </aside>
    );
}
