// `npm run screens [-- FOLDER]`: a picture of every main screen, light, dark, high contrast, French, phone and tablet.
// `npm run screens -- help`: the pictures of the help.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { Browser, Server, signIn } from "./harness.mjs";
import { helpPictures } from "./helpPictures.mjs";
import { fill } from "./scene.mjs";

const forHelp = process.argv[2] === "help";
const folder = (forHelp ? undefined : process.argv[2]) ?? fileURLToPath(new URL("../screens/", import.meta.url));
mkdirSync(folder, { recursive: true });
const server = await Server.start();
const browser = await Browser.start();
const shot = async (page, name) => {
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(name);
};
try {
    if (forHelp) await helpPictures(server, browser);
    else await everyScreen();
    for (const fault of browser.faults) console.log(`fault: ${fault}`);
} finally {
    await browser.stop();
    await server.stop();
}

async function everyScreen() {
    const people = await fill(server, browser);
    const stranger = await browser.visit(server, { colorScheme: "light" });
    await stranger.waitForSelector("form");
    await shot(stranger, "sign-in");
    await stranger.setViewportSize({ width: 360, height: 740 });
    await shot(stranger, "sign-in-phone");
    await stranger.close();
    const desk = people.page;
    await desk.bringToFront();
    await desk.goto(server.url);
    await desk.waitForSelector(".rrow");
    await shot(desk, "list");
    await desk.click('.rrow:has-text("Bed coordination")');
    await desk.waitForSelector(".msg");
    await desk.waitForTimeout(1500);
    await shot(desk, "chat-light");
    await desk.hover(".msg >> nth=-2");
    await shot(desk, "chat-hover");
    await desk.click('.main > header button[aria-label="Details"]');
    await shot(desk, "details");
    await desk.keyboard.press("Escape");
    await desk.click('button[aria-label="New conversation"]');
    await shot(desk, "new-conversation");
    await desk.keyboard.press("Escape");
    await desk.evaluate(() => (document.documentElement.dataset.theme = "dark"));
    await shot(desk, "chat-dark");
    await desk.evaluate(() => (document.documentElement.dataset.contrast = "more"));
    await shot(desk, "chat-contrast-dark");
    await desk.evaluate(() => (document.documentElement.dataset.theme = "light"));
    await shot(desk, "chat-contrast");
    await desk.evaluate(() => (delete document.documentElement.dataset.contrast, (document.documentElement.dataset.density = "compact")));
    await shot(desk, "chat-compact");
    await desk.evaluate(() => delete document.documentElement.dataset.density);
    await desk.setViewportSize({ width: 1024, height: 768 });
    await shot(desk, "chat-tablet-1024");
    await desk.setViewportSize({ width: 800, height: 1000 });
    await shot(desk, "chat-tablet-800");
    await desk.setViewportSize({ width: 1440, height: 900 });
    await desk.evaluate(() => localStorage.setItem("alphorn.language", "fr"));
    await desk.reload();
    await desk.waitForSelector(".msg");
    await desk.waitForTimeout(1500);
    await shot(desk, "chat-fr");
    for (const place of ["settings", "people", "help", "admin"]) {
        await desk.goto(`${server.url}/${place}`);
        await desk.waitForSelector(".page");
        await shot(desk, place);
    }
    await desk.evaluate(() => localStorage.setItem("alphorn.language", "en"));
    for (const [width, name, scheme] of [[390, "phone", "light"], [360, "phone-360-dark", "dark"]]) {
        await desk.setViewportSize({ width, height: 780 });
        await desk.emulateMedia({ colorScheme: scheme });
        await desk.goto(server.url);
        await desk.waitForSelector(".rrow");
        await shot(desk, `${name}-list`);
        await desk.click('.rrow:has-text("Bed coordination")');
        await desk.waitForSelector(".msg");
        await desk.waitForTimeout(800);
        await shot(desk, `${name}-room`);
    }
    await desk.goto(`${server.url}/settings`);
    await desk.waitForSelector(".page");
    await shot(desk, "phone-settings");
    const fresh = await server.person("vreni", { shown: "Vreni Kuster" });
    const first = await browser.visit(server, { guide: true, colorScheme: "light" });
    await signIn(first, fresh);
    await first.waitForSelector(".dlg");
    await shot(first, "guide-name");
    await first.click(".dlg footer .first");
    await first.waitForSelector(".key li");
    await shot(first, "guide-recovery-key");
    await first.click(".dlg footer .first");
    await first.waitForSelector(".dlg h2");
    await shot(first, "guide-notifications");
    await first.click(".dlg header button");
    for (const section of ["profile", "appearance", "notifications", "security", "account"]) {
        await first.goto(`${server.url}/settings/${section}`);
        await first.waitForSelector(".settings");
        await first.waitForTimeout(800);
        await shot(first, `settings-${section}`);
    }
    const guest = await browser.visit({ url: `${server.url}/#/join/ward4b` }, { width: 390, height: 780, language: "de-CH" });
    await guest.waitForSelector("form");
    await shot(guest, "join-phone-de");
}
