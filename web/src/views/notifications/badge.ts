/** The number of waiting conversations on the icon of the tab and of the installed app. */

const SIDE = 64;
const PLAIN = "/icon.svg";

let shown = "";
let address: string | null = null;

export async function badge(count: number, urgent: boolean): Promise<void> {
    // What is drawn is the same for all large numbers.
    const wanted = `${numberOf(count)} ${urgent}`;
    void (count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => undefined);
    if (wanted === shown) return;
    shown = wanted;
    const link = document.querySelector<HTMLLinkElement>('link[rel~="icon"]');
    if (!link) return;
    const drawn = count > 0 ? await draw(count, urgent).catch(() => null) : null;
    if (wanted !== shown) return;
    const before = address;
    address = drawn ? URL.createObjectURL(drawn) : null;
    link.type = drawn ? "image/png" : "image/svg+xml";
    link.href = address ?? PLAIN;
    if (before) URL.revokeObjectURL(before);
}

const numberOf = (count: number): string => (count > 9 ? "9+" : String(count));

async function draw(count: number, urgent: boolean): Promise<Blob | null> {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const pen = canvas.getContext("2d");
    if (!pen) return null;
    const icon = new Image(SIDE, SIDE);
    icon.src = PLAIN;
    await icon.decode();
    pen.drawImage(icon, 0, 0, SIDE, SIDE);
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    pen.fillStyle = colour(urgent ? "--urgent" : "--accent");
    pen.strokeStyle = colour("--surface");
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(42, 42, 20, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
    pen.fillStyle = colour(urgent ? "--on-urgent" : "--on-accent");
    pen.font = "700 26px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(numberOf(count), 42, 44);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
