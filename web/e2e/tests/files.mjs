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
        const sent = await world.server.events(a);
        assert.ok(sent.every((event) => event.type === "m.room.encrypted"), "the server knows neither name nor key");
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
