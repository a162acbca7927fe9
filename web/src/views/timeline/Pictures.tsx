/** Pictures and videos: a box of fixed size, a blurred preview in it, then the thing itself. */
import { decode } from "blurhash";
import { Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { FileInfo, MessageItem } from "../../model/timeline.ts";
import { boxOf, durationWords, isShownAs } from "../../model/files.ts";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useRoomId } from "./RoomId.ts";
import { useWords } from "../useWords.ts";
import { FileCard, Progress } from "./Files.tsx";
import { overlay } from "./overlays.ts";
import { useFile } from "./useFile.ts";

const MOST = { width: 420, height: 340 };
const MOST_PHONE = { width: 280, height: 320 };
const LARGEST_SHOWN_BYTES = 30_000_000;

function Blur({ hash }: { hash: string }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useEffect(() => {
        try {
            const pixels = decode(hash, 32, 32);
            const context = canvas.current?.getContext("2d");
            const data = context?.createImageData(32, 32);
            if (!context || !data) return;
            data.data.set(pixels);
            context.putImageData(data, 0, 0);
        } catch {
            // Not a hash: the box stays plain.
        }
    }, [hash]);
    return <canvas ref={canvas} width={32} height={32} aria-hidden="true" />;
}

interface Props {
    file: FileInfo;
    item: MessageItem;
    threadId: string | null;
}

export function ImageContent({ file, item, threadId }: Props) {
    const t = useWords();
    const roomId = useRoomId();
    const phone = useMedia(PHONE);
    const showable = isShownAs("image", file.mime) && (file.thumbnail?.url != null || (file.sizeBytes ?? 0) < LARGEST_SHOWN_BYTES);
    const { url, failed, gone } = useFile(file, item.txnId, "small", showable);
    const [broken, setBroken] = useState(false);
    if (!showable || broken || failed) return <FileCard file={file} item={item} gone={gone} />;
    const box = boxOf(file.width, file.height, phone ? MOST_PHONE : MOST);
    const caption = item.content.type === "image" ? item.content.caption : null;
    return (
        <button
            type="button"
            className="picture"
            style={box}
            aria-label={t("timeline.showPicture", { name: file.name })}
            onClick={() => item.eventId && overlay.set({ kind: "viewer", roomId, threadId, eventId: item.eventId, file })}
        >
            {file.blurhash && !url && <Blur hash={file.blurhash} />}
            {url && <img src={url} alt={caption ?? file.name} width={box.width} height={box.height} onError={() => setBroken(true)} />}
            <Uploading item={item} />
        </button>
    );
}

function Uploading({ item }: { item: MessageItem }) {
    return item.progress !== null && (item.state === "sending" || item.state === "waiting") ? (
        <span className="over">
            <Progress done={item.progress} />
        </span>
    ) : null;
}

export function VideoContent({ file, item }: Props) {
    const t = useWords();
    const phone = useMedia(PHONE);
    const [play, setPlay] = useState(false);
    const showable = isShownAs("video", file.mime);
    const poster = useFile(file, item.txnId, "small", showable && (file.thumbnail?.url != null));
    const { url, failed, gone } = useFile(file, item.txnId, "file", play);
    const [broken, setBroken] = useState(false);
    if (!showable || failed || broken) return <FileCard file={file} item={item} gone={gone} />;
    const box = boxOf(file.width, file.height, phone ? MOST_PHONE : MOST);
    if (url) return <video className="picture" style={box} src={url} poster={poster.url ?? undefined} controls autoPlay onError={() => setBroken(true)} />;
    return (
        <button type="button" className="picture" style={box} aria-label={t("timeline.playVideo", { name: file.name })} onClick={() => setPlay(true)}>
            {file.blurhash && !poster.url && <Blur hash={file.blurhash} />}
            {poster.url && <img src={poster.url} alt="" width={box.width} height={box.height} />}
            <span className={play ? "over busy" : "over"}>
                <span className="round">
                    <Play className="i l fill" aria-hidden="true" />
                </span>
            </span>
            {file.durationMs !== undefined && <span className="length">{durationWords(file.durationMs)}</span>}
            <Uploading item={item} />
        </button>
    );
}
