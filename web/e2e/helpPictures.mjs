// `npm run screens -- help`: the pictures of the help, made from the client itself in each language.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fill } from "./scene.mjs";

const folder = fileURLToPath(new URL("../src/views/help/pictures/", import.meta.url));
const LANGUAGES = ["en", "de", "fr", "it"];

export async function helpPictures(server, browser) {
    mkdirSync(folder, { recursive: true });
    const { page } = await fill(server, browser);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 900, height: 560 });
    for (const language of LANGUAGES) {
        const shot = async (name) => {
            await page.waitForTimeout(900);
            await page.screenshot({ path: join(folder, `${name}.${language}.jpg`), type: "jpeg", quality: 55 });
            console.log(`${name}.${language}`);
        };
        await page.evaluate((chosen) => localStorage.setItem("alphorn.language", chosen), language);
        await page.goto(server.url);
        await page.waitForSelector(".rrow");
        await shot("list");
        await page.click('.rrow:has-text("Bed coordination")');
        await page.waitForSelector(".msg");
        await page.waitForTimeout(1500);
        await shot("room");
        await page.context().setOffline(true);
        await page.waitForSelector(".slot .bar", { timeout: 60_000 });
        await page.fill(".cmp textarea", "Bed 14: oxygen is connected.");
        await page.press(".cmp textarea", "Enter");
        await page.waitForSelector(".msg.wait");
        await shot("waiting");
        await page.context().setOffline(false);
        await page.waitForSelector(".msg.wait", { state: "detached", timeout: 60_000 });
        await page.goto(`${server.url}/chats/search`);
        await page.fill(".search-field input", "bed");
        await page.waitForSelector(".result");
        await shot("search");
        await page.goto(`${server.url}/settings/devices`);
        await page.waitForSelector(".page");
        await page.waitForTimeout(1500);
        await shot("devices");
    }
}
