/** Small sounds, made here: each has its own rhythm, so that it is told apart without its pitch. */
import type { Tone } from "../../model/notify.ts";

interface Note {
    atMs: number;
    hz: number;
    ms: number;
}

const TONES: Record<Tone, { notes: readonly Note[]; loud: number; buzz: readonly number[] }> = {
    // One soft note.
    message: { notes: [{ atMs: 0, hz: 587, ms: 160 }], loud: 0.12, buzz: [60] },
    // Short, long.
    mention: { notes: [{ atMs: 0, hz: 659, ms: 90 }, { atMs: 130, hz: 880, ms: 220 }], loud: 0.16, buzz: [60, 60, 140] },
    // Three short and a long one, twice.
    priority: {
        notes: [0, 900].flatMap((start) => [
            { atMs: start, hz: 784, ms: 90 },
            { atMs: start + 140, hz: 784, ms: 90 },
            { atMs: start + 280, hz: 784, ms: 90 },
            { atMs: start + 420, hz: 1047, ms: 300 },
        ]),
        loud: 0.28,
        buzz: [90, 50, 90, 50, 90, 50, 300, 180, 90, 50, 90, 50, 90, 50, 300],
    },
};
const QUIET_AFTER_MS = 1200;
const ORDER: readonly Tone[] = ["message", "mention", "priority"];

let context: AudioContext | null = null;
let last: { at: number; tone: Tone } | null = null;

/** A burst of messages sounds once; a graver one is heard nevertheless. */
export function sound(tone: Tone): void {
    const now = Date.now();
    if (last && now - last.at < QUIET_AFTER_MS && ORDER.indexOf(tone) <= ORDER.indexOf(last.tone)) return;
    last = { at: now, tone };
    play(tone);
}

/** Plays it whatever was before: the test buttons of the settings. */
export function play(tone: Tone): void {
    const { notes, loud, buzz } = TONES[tone];
    navigator.vibrate?.([...buzz]);
    try {
        context ??= new AudioContext();
        void context.resume();
        for (const note of notes) playNote(context, note, loud);
    } catch {
        // Without sound, the number is there.
    }
}

function playNote(audio: AudioContext, { atMs, hz, ms }: Note, loud: number): void {
    const start = audio.currentTime + 0.02 + atMs / 1000;
    const end = start + ms / 1000;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(loud, start + 0.012);
    volume.gain.setValueAtTime(loud, end - 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, end + 0.12);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(end + 0.15);
}
