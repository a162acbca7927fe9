// axe looks at every place and dialog of rooms, people, search and help; light and dark.
import { say } from "../harness.mjs";
import { accessible } from "./accessibility.mjs";
import { room } from "./rooms.mjs";

async function dialogs(page, theme) {
    const menu = async (item) => {
        await page.click('.tile:has-text("More")');
        await page.click(`[role^="menuitem"]:has-text("${item}")`);
        await page.waitForSelector(".dlg");
    };
    const close = async () => {
        await page.keyboard.press("Escape");
        await page.waitForSelector(".dlg", { state: "detached" });
    };
    if (!(await page.locator(".tiles").count())) await page.click('.main > header button[aria-label="Details"]');
    await page.waitForSelector(".tiles");
    await accessible(page, `details, ${theme}`);
    await page.click('.tile:has-text("More")');
    await accessible(page, `menu, ${theme}`);
    await page.keyboard.press("Escape");
    await menu("Settings");
    for (const section of ["General", "Access", "Roles", "Addresses", "Advanced"]) {
        await page.click(`.dlg .segm button:has-text("${section}")`);
        await accessible(page, `room settings, ${section}, ${theme}`);
    }
    await close();
    await menu("Export");
    await accessible(page, `export, ${theme}`);
    await close();
    await page.click('.tile:has-text("Add")');
    await accessible(page, `invite, ${theme}`);
    await close();
    await page.click('.pane .prow:has-text("Beat")');
    await page.waitForSelector(".person-head");
    await accessible(page, `person, ${theme}`);
    await page.click('.dlg button:has-text("Report")');
    await page.waitForSelector(".dlg textarea");
    await accessible(page, `report, ${theme}`);
    await page.keyboard.press("Escape");
    await close();
    await page.click(".pane h4 .as-link >> nth=0");
    await page.waitForSelector(".members-list .prow");
    await accessible(page, `members, ${theme}`);
    await page.keyboard.press("Control+k");
    await page.waitForSelector(".jump-row");
    await accessible(page, `jump, ${theme}`);
    await close();
    await page.keyboard.press("Control+/");
    await page.waitForSelector(".dlg kbd");
    await accessible(page, `keys, ${theme}`);
    await close();
    await page.click(".rrow", { button: "right" });
    await page.waitForSelector(".menu .menu-item");
    await accessible(page, `menu of a room, ${theme}`);
    await page.waitForTimeout(400);
    await page.keyboard.press("Escape");
}

export const tests = {
    "axe finds nothing serious in any place of rooms, people, search and help": async (world) => {
        const { a, b } = await room(world);
        await say(b, "Bed 12 is free from 14:30.");
        await a.waitForSelector('.msg:has-text("Bed 12")');
        for (const theme of ["light", "dark"]) {
            await a.emulateMedia({ colorScheme: theme });
            await a.goto(world.server.url);
            await a.click(".rrow");
            await a.waitForSelector(".msg");
            await dialogs(a, theme);
            for (const [path, ready] of [
                ["/chats/explore", ".explore .empty"],
                ["/people", ".people-list .prow"],
                ["/help", ".help-page"],
                ["/help/nodes", ".help-page img"],
                ["/settings/appearance", ".settings-place"],
                ["/settings/notifications", ".settings-place"],
                ["/settings/account", ".settings-place"],
            ]) {
                await a.goto(world.server.url + path);
                await a.waitForSelector(ready);
                await accessible(a, `${path}, ${theme}`);
            }
            await a.goto(`${world.server.url}/chats/search`);
            await a.fill(".search-field input", "bed");
            await a.waitForSelector(".result, .empty");
            await accessible(a, `search, ${theme}`);
        }
    },
};
