/** Records the microphone, and how loud it was. */
import { webmToOgg } from "../../model/ogg.ts";

export interface Recording {
    blob: Blob;
    durationMs: number;
    /** Between 0 and 1024, as other clients expect. */
    waveform: number[];
}

const EVERY_MS = 60;
const WAVE_LENGTH = 100;
export const LONGEST_MS = 15 * 60_000;

export class Recorder {
    readonly #chunks: Blob[] = [];
    readonly #loud: number[] = [];
    #startedAt = 0;
    #timer: ReturnType<typeof setInterval> | undefined;

    private constructor(
        private readonly stream: MediaStream,
        private readonly media: MediaRecorder,
        private readonly context: AudioContext,
        private readonly onLoudness: (loud: readonly number[], ms: number) => void,
    ) {}

    static async start(onLoudness: (loud: readonly number[], ms: number) => void): Promise<Recorder> {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true, echoCancellation: true } });
        const type = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"].find((one) => MediaRecorder.isTypeSupported(one));
        const media = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), audioBitsPerSecond: 24_000 });
        const context = new AudioContext();
        const recorder = new Recorder(stream, media, context, onLoudness);
        recorder.#begin();
        return recorder;
    }

    #begin(): void {
        const analyser = this.context.createAnalyser();
        analyser.fftSize = 1024;
        this.context.createMediaStreamSource(this.stream).connect(analyser);
        const samples = new Float32Array(analyser.fftSize);
        this.media.ondataavailable = ({ data }) => data.size > 0 && this.#chunks.push(data);
        this.media.start(1000);
        this.#startedAt = performance.now();
        this.#timer = setInterval(() => {
            analyser.getFloatTimeDomainData(samples);
            let most = 0;
            for (const one of samples) most = Math.max(most, Math.abs(one));
            this.#loud.push(most);
            this.onLoudness(this.#loud, performance.now() - this.#startedAt);
        }, EVERY_MS);
    }

    cancel(): void {
        clearInterval(this.#timer);
        if (this.media.state !== "inactive") this.media.stop();
        for (const track of this.stream.getTracks()) track.stop();
        void this.context.close();
    }

    async stop(): Promise<Recording | null> {
        const durationMs = performance.now() - this.#startedAt;
        const done = new Promise<void>((resolve) => (this.media.onstop = () => resolve()));
        const type = this.media.mimeType;
        this.cancel();
        await done;
        const raw = new Blob(this.#chunks, { type: type.split(";")[0] ?? "" });
        const waveform = scaled(this.#loud);
        if (!raw.type.endsWith("webm")) return raw.size > 0 ? { blob: raw, durationMs, waveform } : null;
        const ogg = webmToOgg(new Uint8Array(await raw.arrayBuffer()), crypto.getRandomValues(new Uint32Array(1))[0]!);
        return ogg && { blob: new Blob([ogg.bytes as Uint8Array<ArrayBuffer>], { type: "audio/ogg" }), durationMs: ogg.durationMs, waveform };
    }
}

function scaled(loud: readonly number[]): number[] {
    const count = Math.min(WAVE_LENGTH, Math.max(1, loud.length));
    return Array.from({ length: count }, (_none, index) => {
        const part = loud.slice(Math.floor((index * loud.length) / count), Math.floor(((index + 1) * loud.length) / count) || undefined);
        return Math.round(Math.min(1, Math.max(0, ...part)) * 1024);
    });
}
