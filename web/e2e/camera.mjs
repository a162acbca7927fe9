// Codes on screens and before cameras: what a page shows is read, and what somebody else shows is put before its camera.
import encodeQR from "qr";
import decodeQR from "qr/decode.js";

const SIDE_PX = 600;

/** A camera that sees what the test puts in front of it: `showCamera(size, path)` in the page. */
export async function useFakeCamera(page) {
    await page.addInitScript(() => {
        const seen = document.createElement("canvas");
        seen.width = seen.height = 600;
        window.showCamera = (size, path) => {
            const pen = seen.getContext("2d");
            pen.fillStyle = "white";
            pen.fillRect(0, 0, 600, 600);
            pen.save();
            pen.translate(60, 70);
            pen.rotate(0.06);
            pen.scale(460 / size, 460 / size);
            pen.fillStyle = "black";
            pen.fill(new Path2D(path));
            pen.restore();
        };
        navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput" }];
        navigator.mediaDevices.getUserMedia = async () => {
            setInterval(() => seen.getContext("2d").fillRect(0, 0, 1, 1), 50);
            return seen.captureStream(20);
        };
    });
}

/** Puts the code that the page shows as an SVG before the camera of another page. */
export async function showCodeOf(page, camera) {
    const [size, path] = await page.locator("svg.qr").evaluate((svg) => [svg.viewBox.baseVal.width, svg.querySelector("path").getAttribute("d")]);
    await camera.evaluate(([side, dark]) => window.showCamera(side, dark), [size, path]);
}

/** Puts a code with these bytes before the camera of a page. */
export async function showCode(bytes, camera) {
    const textEncoder = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const bits = encodeQR(String.fromCharCode(...bytes), "raw", { ecc: "low", encoding: "byte", border: 4, textEncoder });
    const path = bits.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
    await camera.evaluate(([side, dark]) => window.showCamera(side, dark), [bits.length, path]);
}

/** The bytes of the code that a page shows. */
export async function codeOn(page) {
    const pixels = await page.locator("svg.qr").evaluate((svg, side) => {
        const pen = new OffscreenCanvas(side, side).getContext("2d");
        pen.fillStyle = "white";
        pen.fillRect(0, 0, side, side);
        pen.scale(side / svg.viewBox.baseVal.width, side / svg.viewBox.baseVal.width);
        pen.fillStyle = "black";
        pen.fill(new Path2D(svg.querySelector("path").getAttribute("d")));
        return [...pen.getImageData(0, 0, side, side).data];
    }, SIDE_PX);
    const image = { width: SIDE_PX, height: SIDE_PX, data: Uint8ClampedArray.from(pixels) };
    const text = decodeQR(image, { textDecoder: (bytes) => String.fromCharCode(...bytes) });
    return Buffer.from(text, "latin1");
}
