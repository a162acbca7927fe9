/** Bytes as the text that a QR library takes, one letter a byte, and back. */

export function bytesToText(bytes: Uint8Array): string {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return text;
}

export function textToBytes(text: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);
}
