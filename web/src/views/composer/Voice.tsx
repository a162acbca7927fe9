/** Recording a voice message: record, listen, send or let go. Takes the place of the field. */
import { ArrowUp, Square, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Timeline } from "../../client/timeline.ts";
import { barsOf, durationWords } from "../../model/files.ts";
import { IconButton } from "../../design/Button.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useClient } from "../ClientContext.ts";
import { urgency } from "../timeline/composing.ts";
import { Player } from "../timeline/Sound.tsx";
import { useWords } from "../useWords.ts";
import { LONGEST_MS, Recorder, type Recording } from "./recorder.ts";
import { sendOne } from "./sendFiles.ts";

const LIVE_BARS = 60;

export default function Voice({ timeline, onDone }: { timeline: Timeline; onDone: () => void }) {
    const t = useWords();
    const client = useClient();
    const recorder = useRef<Recorder | null>(null);
    const [live, setLive] = useState<{ bars: readonly number[]; ms: number }>({ bars: [], ms: 0 });
    const [done, setDone] = useState<(Recording & { url: string }) | null>(null);
    const done$ = useRef(onDone);
    done$.current = onDone;

    useEffect(() => {
        let gone = false;
        Recorder.start((loud, ms) => setLive({ bars: loud.slice(-LIVE_BARS), ms })).then(
            (started) => (gone ? started.cancel() : void (recorder.current = started)),
            () => {
                if (gone) return;
                toasts.show({ title: t("composer.noMicrophone"), text: t("composer.noMicrophoneText") });
                done$.current();
            },
        );
        return () => {
            gone = true;
            recorder.current?.cancel();
            recorder.current = null;
        };
    }, [t]);
    useEffect(() => () => void (done && URL.revokeObjectURL(done.url)), [done]);

    const stop = async (): Promise<Recording | null> => {
        const recording = (await recorder.current?.stop()) ?? null;
        recorder.current = null;
        if (!recording) done$.current();
        return recording;
    };
    const listen = (): void => void stop().then((recording) => recording && setDone({ ...recording, url: URL.createObjectURL(recording.blob) }));
    const send = async (): Promise<void> => {
        const recording = done ?? (await stop());
        if (!recording) return;
        onDone();
        const { blob, durationMs, waveform } = recording;
        const name = `${t("timeline.voice")}.${blob.type === "audio/ogg" ? "ogg" : "m4a"}`;
        const duration = Math.round(durationMs);
        const extra = {
            "org.matrix.msc1767.text": t("timeline.voice"),
            "org.matrix.msc1767.audio": { duration, waveform },
            "org.matrix.msc3245.voice": {},
        };
        const { roomId, threadId } = timeline;
        const marked = urgency(roomId, threadId);
        const place = { roomId, threadId, reply: null, urgency: marked.getSnapshot() };
        marked.set(null);
        await sendOne(client, place, blob, name, { msgtype: "m.audio", info: { mimetype: blob.type, size: blob.size, duration }, extra }, null, null);
        timeline.toEnd();
    };
    useEffect(() => {
        if (live.ms > LONGEST_MS && !done && recorder.current) listen();
    });
    return (
        <div className="recording" role="group" aria-label={t("timeline.voice")} onKeyDown={(event) => event.key === "Escape" && (event.preventDefault(), onDone())}>
            <IconButton label={t("composer.discard")} onClick={onDone}>
                <Trash2 className="i" aria-hidden="true" />
            </IconButton>
            {done ? (
                <div className="voice">
                    <Player url={done.url} file={done} onWanted={() => undefined} label={t("timeline.voice")} />
                </div>
            ) : (
                <>
                    <span className="rec" aria-hidden="true" />
                    <span className="nums" role="timer" aria-label={t("composer.recording")}>
                        {durationWords(live.ms)}
                    </span>
                    <div className="wave live grow" aria-hidden="true">
                        {barsOf(live.bars.length > 0 ? [...live.bars, 0.2] : undefined, Math.max(1, live.bars.length)).map((height, index) => (
                            <i key={index} className="past" style={{ height: `${Math.round(height * 100)}%` }} />
                        ))}
                    </div>
                    <IconButton label={t("composer.stopRecording")} autoFocus onClick={listen}>
                        <Square className="i s fill" aria-hidden="true" />
                    </IconButton>
                </>
            )}
            <IconButton label={t("composer.send")} className="send end" onClick={() => void send()}>
                <ArrowUp className="i" aria-hidden="true" />
            </IconButton>
        </div>
    );
}
