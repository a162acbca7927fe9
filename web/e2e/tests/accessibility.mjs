// axe finds nothing serious, and the main path works by keyboard alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { conversation } from "./talking.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails on what axe calls serious or critical. */
export async function accessible(page, where) {
    await page.waitForTimeout(400);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
    const serious = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
    assert.deepEqual(
        serious.map((one) => `${where}: ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`),
        [],
    );
}

export const tests = {
    "axe finds nothing serious on the main screens": async (world) => {
        const stranger = await world.browser.visit(world.server);
        await stranger.waitForSelector("form");
        await accessible(stranger, "sign-in");
        const { a } = await conversation(world);
        for (const theme of ["light", "dark"]) {
            await a.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
            await accessible(a, `room, ${theme}`);
        }
        await a.click('.main > header button[aria-label="Details"]');
        await accessible(a, "details");
        await a.click('button[aria-label="New conversation"]');
        await a.waitForSelector(".dlg");
        await accessible(a, "new conversation");
        await a.keyboard.press("Escape");
        await a.click(".rail .me");
        await a.click('[role="menuitem"]:has-text("Settings")');
        await a.waitForSelector(".page");
        await accessible(a, "settings");
        await a.setViewportSize({ width: 360, height: 740 });
        await accessible(a, "settings on a phone");
        await a.goto(world.server.url);
        await a.waitForSelector(".rrow");
        await accessible(a, "list on a phone");
    },

    "signing in, opening a conversation and writing need no pointer": async ({ server, browser }) => {
        const anna = await server.person("anna");
        const beat = await server.person("beat");
        const page = await browser.visit(server);
        await page.waitForSelector("input");
        await page.keyboard.type(anna.name);
        await page.keyboard.press("Tab");
        await page.keyboard.type(anna.password);
        await page.keyboard.press("Enter");
        await page.waitForSelector(".side");
        await page.keyboard.press("Control+k");
        await page.waitForFunction(() => document.activeElement?.hasAttribute("data-search") && document.activeElement.getAttribute("role") === "combobox");
        await page.keyboard.press("Escape");
        await page.focus('button[aria-label="New conversation"]');
        await page.keyboard.press("Enter");
        await page.waitForSelector('input[name="person"]');
        await page.focus('input[name="person"]');
        await page.keyboard.type(beat.name);
        await page.keyboard.press("Enter");
        await page.waitForSelector(".cmp textarea:focus");
        await page.keyboard.type("By keyboard");
        await page.keyboard.press("Shift+Enter");
        await page.keyboard.type("alone");
        await page.keyboard.press("Enter");
        await page.waitForSelector('.msg.own:has-text("alone")');
        await page.keyboard.press("?");
        await page.fill(".cmp textarea", "");
        await page.keyboard.press("Control+/");
        await page.waitForSelector(".dlg kbd");
    },
};
