// Files, pictures and sound, encrypted; also while no server is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { conversation } from "./talking.mjs";
import { until } from "../harness.mjs";

async function look(page, name) {
    if (process.env.E2E_LOOK) await page.screenshot({ path: `${process.env.E2E_LOOK}/${name}.png` });
}

async function attach(page, name, mimeType, buffer) {
    await page.setInputFiles('.cmp input[type="file"]', { name, mimeType, buffer });
    await page.waitForSelector(`.tile:has-text("${name}")`);
}

export const tests = {
    "pictures and files arrive as they were, and are secret on the way": async (world) => {
        const { a, b } = await conversation(world);
        const picture = await a.screenshot();
        await attach(a, "ward.png", "image/png", picture);
        await a.fill(".cmp textarea", "The ward **today**");
        await look(a, "attaching");
        await a.press(".cmp textarea", "Enter");
        await b.waitForSelector('.msg:has-text("The ward today") .picture img');
        const box = await b.locator(".picture").boundingBox();
        assert.ok(Math.abs(box.width / box.height - 1440 / 900) < 0.02, "the box has the shape of the picture");
        await b.click(".picture");
        await b.waitForSelector(".viewer .stage img");
        await until("the whole picture is shown", () => b.evaluate(() => document.querySelector(".viewer img")?.naturalWidth === 1440));
        await look(b, "viewer");
        await b.keyboard.press("Escape");
        assert.equal(await b.locator(".viewer").count(), 0);
        const report = Buffer.from("temperature of fridge 2: 3.8 degrees\n".repeat(5000));
        await attach(b, "fridge-2.pdf", "application/pdf", report);
        await b.click('.cmp button[aria-label="Send"]');
        await a.waitForSelector('.file:has-text("fridge-2.pdf"):has-text("PDF")');
        const [download] = await Promise.all([a.waitForEvent("download"), a.click('.file:has-text("fridge-2.pdf") button[aria-label="Download"]')]);
        assert.equal(download.suggestedFilename(), "fridge-2.pdf");
        assert.ok(readFileSync(await download.path()).equals(report), "the same bytes");
        await look(a, "files");
        // The words below the picture are changed, the picture stays.
        await a.hover('.msg:has-text("The ward today")');
        await a.click('.msg:has-text("The ward today") .hoverbar button[aria-label="More"]');
        await a.click('[role="menuitem"]:has-text("Edit")');
        await until("the words are there to be changed", async () => (await a.inputValue(".cmp textarea")) === "The ward **today**");
        await a.fill(".cmp textarea", "The ward yesterday");
        await a.press(".cmp textarea", "Enter");
        await b.waitForSelector('.msg:has-text("The ward yesterday"):has-text("(edited)") .picture img');
        const sent = await world.server.events(a);
        assert.ok(sent.every((event) => event.type === "m.room.encrypted"), "the server knows neither name nor key");
    },

    "a photo does not tell where it was taken, unless it is sent as a file; files are dropped, pasted, played": async (world) => {
        const { a, b } = await conversation(world);
        const plain = await a.screenshot({ type: "jpeg" });
        const words = Buffer.from("Exif\0\0MM\0*\0\0\0\b\0\0 GPS 46.9 N 7.4 E");
        const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, words.length + 2]), words]);
        const photo = Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)]);
        await attach(a, "photo.jpg", "image/jpeg", photo);
        await a.click('.cmp button[aria-label="Send"]');
        await b.click(".msg .picture");
        const [shown] = await Promise.all([b.waitForEvent("download"), b.click('.viewer button[aria-label="Download"]')]);
        const arrived = readFileSync(await shown.path());
        assert.ok(!arrived.includes("GPS"), "without the place");
        assert.ok(arrived.length > plain.length * 0.9 && arrived.length <= plain.length, "the same picture");
        await b.keyboard.press("Escape");
        await attach(a, "photo.jpg", "image/jpeg", photo);
        await a.click('.cmp label:has-text("original files")');
        await look(a, "attaching-original");
        await a.click('.cmp button[aria-label="Send"]');
        const [file] = await Promise.all([b.waitForEvent("download"), b.click('.file:has-text("photo.jpg") button[aria-label="Download"]')]);
        assert.ok(readFileSync(await file.path()).equals(photo), "an original is what it was");

        // Dropped on the room, and pasted into the field.
        const given = (selector, kind, name) =>
            a.evaluate(
                ([selector, kind, name]) => {
                    const data = new DataTransfer();
                    data.items.add(new File([`${name} holds this`], name, { type: "text/plain" }));
                    const make = kind === "paste" ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
                    document.querySelector(selector).dispatchEvent(make);
                },
                [selector, kind, name],
            );
        await given(".main .tl", "dragover", "dropped.txt");
        await a.waitForSelector(".main.dropping");
        await given(".main .tl", "drop", "dropped.txt");
        await a.waitForSelector('.tile:has-text("dropped.txt")');
        await given(".cmp textarea", "paste", "pasted.txt");
        await a.waitForSelector('.tile:has-text("pasted.txt")');
        await a.press(".cmp textarea", "Enter");
        for (const name of ["dropped.txt", "pasted.txt"]) await b.waitForSelector(`.file:has-text("${name}")`);

        // A film, drawn here, plays there.
        const film = await a.evaluate(async () => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
            const paint = canvas.getContext("2d");
            let turn = 0;
            const timer = setInterval(() => ((paint.fillStyle = `hsl(${(turn += 20)} 80% 50%)`), paint.fillRect(0, 0, 320, 240)), 40);
            const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
            const parts = [];
            recorder.ondataavailable = (event) => parts.push(event.data);
            recorder.start();
            await new Promise((resolve) => setTimeout(resolve, 1500));
            const ended = new Promise((resolve) => (recorder.onstop = resolve));
            recorder.stop();
            await ended;
            clearInterval(timer);
            return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
        });
        await attach(a, "ward.webm", "video/webm", Buffer.from(film));
        await a.press(".cmp textarea", "Enter");
        await b.click('.msg button[aria-label="Play video ward.webm"]');
        await until("it plays", () => b.evaluate(() => (document.querySelector(".msg video")?.currentTime ?? 0) > 0.1));
        await look(b, "video");
    },

    "a file that is sent while no server is there arrives when it is back": async (world) => {
        const { a, b } = await conversation(world);
        await attach(b, "ward.png", "image/png", await b.screenshot());
        await b.click('.cmp button[aria-label="Send"]');
        await until("the picture is seen", () => a.evaluate(() => document.querySelector(".picture img:not(.blur)")?.naturalWidth > 0));
        await until("the worker holds the page", () => a.evaluate(() => navigator.serviceWorker.controller !== null));
        await world.server.kill();
        const bytes = Buffer.from("kept on this device\n".repeat(20_000));
        await attach(a, "later.txt", "text/plain", bytes);
        await a.click('.cmp button[aria-label="Send"]');
        await a.waitForSelector('.msg.wait .file:has-text("later.txt")');
        await look(a, "file-waiting");
        // It waits on the disk: the page it was chosen in may be gone.
        await a.reload();
        await a.waitForSelector('.msg.wait .file:has-text("later.txt")');
        await until("a picture that was opened before is shown", () => a.evaluate(() => document.querySelector(".picture img:not(.blur)")?.naturalWidth > 0));
        await world.server.up();
        await b.waitForSelector('.msg:not(.own) .file:has-text("later.txt")');
        const [download] = await Promise.all([b.waitForEvent("download"), b.click('.file:has-text("later.txt") button[aria-label="Download"]')]);
        assert.ok(readFileSync(await download.path()).equals(bytes), "the same bytes");
        await until("nothing waits", async () => (await a.locator(".msg.wait").count()) === 0);
        const sent = (await world.server.events(b)).filter((event) => event.type === "m.room.encrypted");
        assert.equal(sent.length, 2, "the picture and the file, once each");
    },
};
