/** Sound: voice messages with their waveform, and other sound files. One plays at a time. */
import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { FileInfo, MessageItem } from "../../model/timeline.ts";
import { barsOf, durationWords, isShownAs } from "../../model/files.ts";
import { useWords } from "../useWords.ts";
import { FileCard, FailedWords, musicIcon, Progress } from "./Files.tsx";
import { useFile } from "./useFile.ts";

const SPEEDS = [1, 1.5, 2] as const;
const BARS = 44;
let playing: HTMLAudioElement | null = null;

export function SoundContent({ file, item, voice }: { file: FileInfo; item: MessageItem; voice: boolean }) {
    const t = useWords();
    const [wanted, setWanted] = useState(false);
    const known = isShownAs("audio", file.mime);
    const { url, failed, gone } = useFile(file, item.txnId, "file", wanted && known);
    if (!known) return <FileCard file={file} item={item} icon={musicIcon} />;
    const uploading = item.progress !== null && (item.state === "sending" || item.state === "waiting");
    return (
        <>
            {!voice && <FileCard file={file} item={item} icon={musicIcon} />}
            <div className="voice">
                {voice && uploading ? <Progress done={item.progress ?? 0} /> : <Player url={url} file={file} onWanted={() => setWanted(true)} label={t(voice ? "timeline.voice" : "timeline.sound")} />}
            </div>
            {failed && <FailedWords gone={gone} />}
        </>
    );
}

/** Also used before a voice message is sent. */
export function Player({ url, file, onWanted, label }: { url: string | null; file: Pick<FileInfo, "waveform" | "durationMs">; onWanted: () => void; label: string }) {
    const t = useWords();
    const audio = useRef<HTMLAudioElement>(null);
    const [on, setOn] = useState(false);
    const [at, setAt] = useState(0);
    const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(1);
    const [length, setLength] = useState(file.durationMs ?? 0);
    const start = useRef(false);
    useEffect(() => {
        if (url && start.current) void audio.current?.play().catch(() => setOn(false));
    }, [url]);
    useEffect(() => {
        if (audio.current) audio.current.playbackRate = speed;
    }, [speed, url, on]);
    const toggle = (): void => {
        if (on) return audio.current?.pause();
        start.current = true;
        if (url) void audio.current?.play();
        else onWanted();
    };
    const seek = (part: number): void => {
        const player = audio.current;
        if (player && length > 0) player.currentTime = Math.max(0, Math.min(1, part)) * (length / 1000);
    };
    const bars = barsOf(file.waveform, BARS);
    const done = length > 0 ? at / length : 0;
    return (
        <>
            <button type="button" className="pl" aria-label={`${t(on ? "timeline.pause" : "timeline.play")}: ${label}, ${durationWords(length)}`} onClick={toggle}>
                {on ? <Pause className="i s fill" aria-hidden="true" /> : <Play className="i s fill" aria-hidden="true" />}
            </button>
            <div
                className="wave"
                role="slider"
                tabIndex={0}
                aria-label={label}
                aria-valuemin={0}
                aria-valuemax={Math.round(length / 1000)}
                aria-valuenow={Math.round(at / 1000)}
                aria-valuetext={`${durationWords(at)} / ${durationWords(length)}`}
                onClick={(event: MouseEvent<HTMLDivElement>) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    seek((event.clientX - box.left) / box.width);
                }}
                onKeyDown={(event: KeyboardEvent) => {
                    const step = { ArrowRight: 5000, ArrowLeft: -5000 }[event.key];
                    if (step) (event.preventDefault(), seek((at + step) / Math.max(1, length)));
                    if (event.key === " ") (event.preventDefault(), toggle());
                }}
            >
                {bars.map((height, index) => (
                    <i key={index} className={index / BARS < done ? "past" : ""} style={{ height: `${Math.round(height * 100)}%` }} />
                ))}
            </div>
            <span className="nums">{durationWords(on || at > 0 ? at : length)}</span>
            <button type="button" className="speed" aria-label={t("timeline.speed", { speed })} onClick={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]!)}>
                {speed}×
            </button>
            {url && (
                <audio
                    ref={audio}
                    src={url}
                    onPlay={(event) => {
                        if (playing && playing !== event.currentTarget) playing.pause();
                        playing = event.currentTarget;
                        setOn(true);
                    }}
                    onPause={() => setOn(false)}
                    onEnded={() => (setOn(false), setAt(0))}
                    onTimeUpdate={(event) => setAt(event.currentTarget.currentTime * 1000)}
                    onDurationChange={(event) => Number.isFinite(event.currentTarget.duration) && setLength(event.currentTarget.duration * 1000)}
                />
            )}
        </>
    );
}
