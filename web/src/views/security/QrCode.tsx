/** A QR code: bytes of a verification, or an address. Dark on light in every theme, so that cameras read it. */
import encodeQR from "qr";
import { useMemo } from "react";
import { bytesToText, textToBytes } from "../../model/qr.ts";

const QUIET = 4;

export function QrCode({ of, label }: { of: Uint8Array | string; label: string }) {
    const { size, path } = useMemo(() => draw(of), [of]);
    return (
        <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
            <rect className="light" width={size} height={size} />
            <path className="dark" d={path} />
        </svg>
    );
}

function draw(of: Uint8Array | string): { size: number; path: string } {
    const bits =
        typeof of === "string"
            ? encodeQR(of, "raw", { ecc: "medium", border: QUIET })
            : encodeQR(bytesToText(of), "raw", { ecc: "low", encoding: "byte", border: QUIET, textEncoder: textToBytes });
    const path = bits.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
    return { size: bits.length, path };
}
