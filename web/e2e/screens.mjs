// `npm run screens [-- FOLDER]`: a picture of every main screen in every theme, language and width (LOOKS=phone,wall and LANGS=fr for some).
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
    await page.waitForTimeout(350);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(name);
};
/** Where pictures are taken, and what must be there before. `room` stands for the encrypted room. */
const PLACES = [
    ["list", "/", ".rrow"],
    ["chat", "/chats/room", ".msg"],
    ["details", "/chats/room/details", ".tiles"],
    ["search-room", "/chats/room/search", ".pane"],
    ["explore", "/chats/explore", ".explore"],
    ["search", "/chats/search", ".search-field"],
    ["people", "/people", ".people-list, .empty"],
    ["help", "/help", ".help-page"],
    ...["profile", "appearance", "notifications", "security", "account"].map((one) => [`settings-${one}`, `/settings/${one}`, ".page.settings"]),
    ...["overview", "nodes", "storage", "media", "people", "tokens", "rooms", "settings", "reports", "audit"].map((one) => [`admin-${one}`, `/admin/${one}`, ".main h1, .main h2"]),
];
const LANGUAGES = ["en", "fr", "de", "it"];
/** How the screens are looked at: width, height, attributes of the page, languages. */
const LOOKS = [
    ["light", 1440, 900, { theme: "light" }, LANGUAGES],
    ["dark", 1440, 900, { theme: "dark" }, ["en"]],
    ["contrast", 1440, 900, { theme: "light", contrast: "more" }, ["en"]],
    ["contrast-dark", 1440, 900, { theme: "dark", contrast: "more" }, ["en"]],
    ["compact", 1440, 900, { theme: "light", density: "compact" }, ["en"]],
    ["phone", 360, 740, { theme: "light" }, LANGUAGES],
    ["phone-dark", 360, 740, { theme: "dark" }, ["en"]],
    ["tablet", 800, 1000, { theme: "light" }, ["de"]],
    ["wall", 2560, 1440, { theme: "dark" }, ["en"]],
];

async function everyScreen() {
    const { page, room } = await fill(server, browser);
    await page.bringToFront();
    const go = async (path, ready) => {
        await page.evaluate((to) => (history.pushState(null, "", to), dispatchEvent(new PopStateEvent("popstate"))), path.replace(/^\/chats\/room/, `/chats/${room}`));
        await page.waitForSelector(ready).catch(() => console.log(`not there: ${path}`));
    };
    const wanted = (process.env.LOOKS ?? "").split(",").filter(Boolean);
    const spoken = (process.env.LANGS ?? "").split(",").filter(Boolean);
    for (const language of LANGUAGES.filter((one) => spoken.length === 0 || spoken.includes(one))) {
        const looks = LOOKS.filter(([name, , , , languages]) => languages.includes(language) && (wanted.length === 0 || wanted.includes(name)));
        if (looks.length === 0) continue;
        await page.evaluate((one) => localStorage.setItem("alphorn.language", one), language);
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto(server.url);
        await page.waitForSelector(".rrow");
        for (const [look, width, height, attributes] of looks) {
            await page.setViewportSize({ width, height });
            await page.evaluate((all) => {
                for (const name of ["theme", "contrast", "density"]) delete document.documentElement.dataset[name];
                Object.assign(document.documentElement.dataset, all);
            }, attributes);
            for (const [name, path, ready] of PLACES) {
                await go(path, ready);
                await shot(page, `${look}-${language}-${name}`);
            }
        }
    }
    if (wanted.length === 0 || wanted.includes("single")) await singleScreens(page, go);
}

/** Menus, dialogs, and what only a stranger or a newcomer sees. */
async function singleScreens(desk, go) {
    await desk.evaluate(() => localStorage.setItem("alphorn.language", "en"));
    await desk.setViewportSize({ width: 1440, height: 900 });
    await desk.goto(server.url);
    await desk.click('.rrow:has-text("Bed coordination")');
    await desk.waitForSelector(".msg");
    await desk.hover(".msg >> nth=-2");
    await shot(desk, "single-hover");
    await desk.click('.cmp button[aria-label="Attach"]');
    await desk.waitForSelector('[role="menu"]');
    await shot(desk, "single-attach");
    await desk.keyboard.press("Escape");
    await desk.click('button[aria-label="New conversation"]');
    await shot(desk, "single-new-conversation");
    await desk.keyboard.press("Escape");
    await go("/chats/!nothing", ".empty");
    await shot(desk, "single-no-room");
    for (const language of LANGUAGES) {
        for (const [look, width, height] of [["desk", 1440, 900], ["phone", 360, 740]]) {
            const stranger = await browser.visit(server, { width, height, language: `${language}-CH`, colorScheme: "light" });
            await stranger.waitForSelector("form");
            await shot(stranger, `single-${look}-${language}-sign-in`);
            await stranger.goto(`${server.url}/#/join/ward4b`);
            await stranger.reload();
            await stranger.waitForSelector("form");
            await shot(stranger, `single-${look}-${language}-join`);
            await stranger.context().close();
        }
    }
    const fresh = await server.person("vreni", { shown: "Vreni Kuster" });
    for (const [language, width, height] of [["de", 360, 740], ["fr", 1440, 900]]) {
        const first = await browser.visit(server, { guide: true, colorScheme: "light", language: `${language}-CH`, width, height });
        await signIn(first, fresh);
        await first.waitForSelector(".dlg");
        for (let step = 1; step <= 3; step++) {
            await shot(first, `single-${language}-guide-${step}`);
            if (step < 3) await first.click(".dlg footer .first").catch(() => undefined);
        }
        await first.context().close();
    }
}

try {
    if (forHelp) await helpPictures(server, browser);
    else await everyScreen();
    for (const fault of browser.faults) console.log(`fault: ${fault}`);
} finally {
    await browser.stop();
    await server.stop();
}
