/** The frame of a panel: title, way back, close. */
import { ChevronLeft, X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../design/Button.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
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
    const close = (): void => router.go({ place: "chats", room: roomId });
    const phone = useMedia(PHONE);
    // On a phone a panel is a page: one goes back from it.
    const way = back ?? (phone ? { label: t("shell.back"), onBack: close } : undefined);
    return (
        <aside className={flat ? "pane flat" : "pane"} aria-label={title} data-region="panel">
            <header>
                {way && (
                    <IconButton label={way.label} data-first onClick={way.onBack}>
                        <ChevronLeft className="i" aria-hidden="true" />
                    </IconButton>
                )}
                <h2 className="grow ell">{title}</h2>
                {!phone && (
                    <IconButton label={t("shell.close")} data-first={way ? undefined : true} onClick={close}>
                        <X className="i" aria-hidden="true" />
                    </IconButton>
                )}
            </header>
            {children}
        </aside>
    );
}
