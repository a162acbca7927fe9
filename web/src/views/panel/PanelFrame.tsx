/** The frame of a panel: title, way back, close. */
import { ChevronLeft, X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../design/Button.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";

interface Props {
    title: string;
    roomId: string;
    back?: { label: string; onBack: () => void };
    children: ReactNode;
    flat?: boolean;
}

export function PanelFrame({ title, roomId, back, children, flat }: Props) {
    const t = useWords();
    return (
        <aside className={flat ? "pane flat" : "pane"} aria-label={title} data-region="panel">
            <header>
                {back && (
                    <IconButton label={back.label} data-first onClick={back.onBack}>
                        <ChevronLeft className="i" aria-hidden="true" />
                    </IconButton>
                )}
                <h2 className="grow ell">{title}</h2>
                <IconButton label={t("shell.close")} data-first={back ? undefined : true} onClick={() => router.go({ place: "chats", room: roomId })}>
                    <X className="i" aria-hidden="true" />
                </IconButton>
            </header>
            {children}
        </aside>
    );
}
