/** Stores bytes as a file on the device. */
export function store(blob: Blob, name: string): void {
    // As bytes and not as a page, whatever it claims to be.
    const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
