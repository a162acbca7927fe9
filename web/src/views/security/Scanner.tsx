/** Scans the code on the other screen with the camera of this device. */
import decodeQR from "qr/decode.js";
import { useEffect, useRef, useState } from "react";
import { bytesToText, textToBytes } from "../../model/qr.ts";
import { useWords } from "../useWords.ts";

const LOOK_MS = 200;
const SIDE_MAX = 720;

/** Whether there is a camera to ask for. */
export async function hasCamera(): Promise<boolean> {
    try {
        return (await navigator.mediaDevices.enumerateDevices()).some((one) => one.kind === "videoinput");
    } catch {
        return false;
    }
}

/** Calls `onSeen` for each code that the camera sees, until it answers true. */
export function Scanner({ onSeen }: { onSeen: (bytes: Uint8Array) => Promise<boolean> }) {
    const t = useWords();
    const video = useRef<HTMLVideoElement>(null);
    const seen = useRef(onSeen);
    const [refused, setRefused] = useState(false);
    useEffect(() => void (seen.current = onSeen), [onSeen]);
    useEffect(() => {
        let stream: MediaStream | null = null;
        let over = false;
        const canvas = document.createElement("canvas");
        const look = async (): Promise<void> => {
            const bytes = video.current ? codeIn(video.current, canvas) : null;
            const done = bytes !== null && (await seen.current(bytes));
            if (!over && !done) setTimeout(() => void look(), LOOK_MS);
        };
        navigator.mediaDevices
            .getUserMedia({ video: { facingMode: "environment" }, audio: false })
            .then(async (opened) => {
                stream = opened;
                if (over || !video.current) return stop(opened);
                video.current.srcObject = opened;
                await video.current.play();
                await look();
            })
            .catch(() => setRefused(true));
        return () => {
            over = true;
            if (stream) stop(stream);
        };
    }, []);
    if (refused) return <p className="hint">{t("security.noCamera")}</p>;
    return <video ref={video} className="scan" muted playsInline aria-label={t("security.scanning")} />;
}

function stop(stream: MediaStream): void {
    for (const track of stream.getTracks()) track.stop();
}

function codeIn(video: HTMLVideoElement, canvas: HTMLCanvasElement): Uint8Array | null {
    const { videoWidth, videoHeight } = video;
    if (videoWidth === 0) return null;
    const scale = Math.min(1, SIDE_MAX / Math.max(videoWidth, videoHeight));
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return null;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
        return textToBytes(decodeQR(context.getImageData(0, 0, canvas.width, canvas.height), { textDecoder: bytesToText }));
    } catch {
        return null;
    }
}
