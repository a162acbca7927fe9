// axe looks at every place and dialog of rooms, people, search and help; light and dark.
import assert from "node:assert/strict";
import { say } from "../harness.mjs";
import { accessible, OF_COLOURS } from "./accessibility.mjs";
import { room } from "./rooms.mjs";

/** In light by all rules, in dark by what another theme can change. */
async function inBoth(page, where) {
    await accessible(page, `${where}, light`);
    await turn(page, "dark");
    await accessible(page, `${where}, dark`, OF_COLOURS);
    await turn(page, "light");
}

/** The page follows in its own time. */
async function turn(page, theme) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, theme);
}

async function dialogs(page) {
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
    await inBoth(page, "details");
    await page.click('.tile:has-text("More")');
    await inBoth(page, "menu");
    await page.keyboard.press("Escape");
    await menu("Settings");
    for (const section of ["General", "Access", "Roles", "Addresses", "Advanced"]) {
        await page.click(`.dlg .segm button:has-text("${section}")`);
        await inBoth(page, `room settings, ${section}`);
    }
    await close();
    await menu("Export");
    await inBoth(page, "export");
    await close();
    await page.click('.tile:has-text("Add")');
    await inBoth(page, "invite");
    await close();
    await page.click('.pane .prow:has-text("Beat")');
    await page.waitForSelector(".person-head");
    await inBoth(page, "person");
    await page.click('.dlg button:has-text("Report")');
    await page.waitForSelector(".dlg textarea");
    await inBoth(page, "report");
    await page.keyboard.press("Escape");
    await close();
    await page.click(".pane h4 .as-link >> nth=0");
    await page.waitForSelector(".members-list .prow");
    await inBoth(page, "members");
    await page.keyboard.press("Control+k");
    await page.waitForSelector(".jump-row");
    await inBoth(page, "jump");
    await close();
    await page.keyboard.press("Control+/");
    await page.waitForSelector(".dlg kbd");
    await inBoth(page, "keys");
    await close();
    await page.click(".rrow", { button: "right" });
    await page.waitForSelector(".menu .menu-item");
    await inBoth(page, "menu of a room");
    await page.waitForTimeout(400);
    await page.keyboard.press("Escape");
}

export const tests = {
    "axe finds nothing serious in any place of rooms, people, search and help": async (world) => {
        const { a, b } = await room(world);
        await say(b, "Bed 12 is free from 14:30.");
        await a.waitForSelector('.msg:has-text("Bed 12")');
        await turn(a, "dark");
        const dark = await a.evaluate(() => getComputedStyle(document.body).backgroundColor);
        await turn(a, "light");
        assert.notEqual(await a.evaluate(() => getComputedStyle(document.body).backgroundColor), dark);
        await dialogs(a);
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
            await inBoth(a, path);
        }
        await a.goto(`${world.server.url}/chats/search`);
        await a.fill(".search-field input", "bed");
        await a.waitForSelector(".result, .empty");
        await inBoth(a, "search");
    },
};
