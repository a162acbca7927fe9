/** A picture as large as the window: arrows lead to the other pictures of the room, plus and minus change its size. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { ChevronLeft, ChevronRight, Download, Minus, Plus, X } from "lucide-react";
import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { serverNow } from "../../client/now.ts";
import type { FileInfo, MessageItem } from "../../model/timeline.ts";
import { safeFileName } from "../../model/files.ts";
import { listTime } from "../../model/time.ts";
import { IconButton } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { store } from "./store.ts";
import { useFile } from "./useFile.ts";

interface Props {
    roomId: string;
    threadId: string | null;
    eventId: string;
    file: FileInfo;
    onClose: () => void;
}

const ZOOMS = [1, 1.5, 2, 3, 5];

export default function Viewer({ roomId, threadId, eventId, file, onClose }: Props) {
    const t = useWords();
    const language = useLanguage();
    const client = useClient();
    const { items } = useStore(client.timeline(roomId, threadId));
    const pictures = items.filter((item): item is MessageItem => item.kind === "message" && item.content.type === "image" && item.eventId !== null);
    const [now, setNow] = useState(eventId);
    const [zoom, setZoom] = useState(0);
    const [moved, setMoved] = useState({ x: 0, y: 0 });
    const at = pictures.findIndex((item) => item.eventId === now);
    const item = pictures[at];
    const shown = item?.content.type === "image" ? item.content.file : file;
    const small = useFile(shown, item?.txnId ?? null, "small");
    const whole = useFile(shown, item?.txnId ?? null, "file");
    const go = (step: number): void => {
        const next = pictures[at + step]?.eventId;
        if (!next) return;
        setNow(next);
        look(0);
    };
    const look = (to: number): void => {
        setZoom(Math.max(0, Math.min(ZOOMS.length - 1, to)));
        if (to <= 0) setMoved({ x: 0, y: 0 });
    };
    const keys = (event: KeyboardEvent): void => {
        if (event.key === "ArrowLeft") go(-1);
        else if (event.key === "ArrowRight") go(1);
        else if (event.key === "+") look(zoom + 1);
        else if (event.key === "-") look(zoom - 1);
    };
    const drag = (event: PointerEvent): void => {
        if (zoom > 0 && event.buttons === 1) setMoved({ x: moved.x + event.movementX, y: moved.y + event.movementY });
    };
    const save = (): void => void client.files.blob(shown, item?.txnId ?? null).then((blob) => store(blob, safeFileName(shown.name)), () => undefined);
    const url = whole.url ?? small.url;
    return (
        <Base.Root open onOpenChange={(open) => !open && onClose()}>
            <Base.Portal>
                <Base.Popup className="viewer" data-theme="dark" onKeyDown={keys}>
                    <header>
                        <Base.Title className="grow ell">
                            <Name of={shown.name} />
                            {item && (
                                <span className="sm dim">
                                    {" "}
                                    {item.own ? t("timeline.you") : <Name of={item.sender.name} />}, {listTime(item.at, serverNow(), language)}
                                </span>
                            )}
                        </Base.Title>
                        <IconButton label={t("timeline.smaller")} disabled={zoom === 0} onClick={() => look(zoom - 1)}>
                            <Minus className="i" aria-hidden="true" />
                        </IconButton>
                        <IconButton label={t("timeline.larger")} disabled={zoom === ZOOMS.length - 1} onClick={() => look(zoom + 1)}>
                            <Plus className="i" aria-hidden="true" />
                        </IconButton>
                        <IconButton label={t("timeline.download")} onClick={save}>
                            <Download className="i" aria-hidden="true" />
                        </IconButton>
                        <Base.Close render={<IconButton label={t("timeline.closeThis")}><X className="i" aria-hidden="true" /></IconButton>} />
                    </header>
                    <div className="stage" onPointerMove={drag} onDoubleClick={() => look(zoom === 0 ? 2 : 0)} onClick={(event) => event.target === event.currentTarget && onClose()}>
                        {url && (
                            <img
                                src={url}
                                alt={shown.name}
                                draggable={false}
                                style={{ transform: `translate(${moved.x}px, ${moved.y}px) scale(${ZOOMS[zoom]})` }}
                            />
                        )}
                        {whole.failed && !small.url && <p>{t("timeline.fileFailed")}</p>}
                    </div>
                    {at > 0 && (
                        <IconButton label={t("timeline.previousPicture")} className="side left" onClick={() => go(-1)}>
                            <ChevronLeft className="i l" aria-hidden="true" />
                        </IconButton>
                    )}
                    {at >= 0 && at < pictures.length - 1 && (
                        <IconButton label={t("timeline.nextPicture")} className="side right" onClick={() => go(1)}>
                            <ChevronRight className="i l" aria-hidden="true" />
                        </IconButton>
                    )}
                </Base.Popup>
            </Base.Portal>
        </Base.Root>
    );
}
