// axe finds nothing serious, and the main path works by keyboard alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { until } from "../harness.mjs";
import { conversation } from "./talking.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What another theme can change: everything else is the same page. */
export const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** Fails on what axe calls serious or critical. */
export async function accessible(page, where, rules = null) {
    // What moves has come to its place.
    await page.waitForTimeout(100);
    await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished)));
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
    const serious = await page.evaluate(
        async ({ standards, rules }) => {
            const runOnly = rules ? { type: "rule", values: rules } : { type: "tag", values: standards };
            // Stylesheets are fetched once more only for a rule that is none of these.
            const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"], preload: { assets: ["media"] } });
            return violations.filter((one) => one.impact === "serious" || one.impact === "critical").map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
        },
        { standards: STANDARDS, rules },
    );
    assert.deepEqual(serious, [], where);
}

/** Presses Tab until something that fits has the focus: nothing is reached by a leap. */
async function walkTo(page, selector) {
    for (let press = 0; press < 80; press++) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted.replace(/:has-text\("([^"]*)"\)/g, "")) && [...wanted.matchAll(/:has-text\("([^"]*)"\)/g)].every(([, text]) => document.activeElement.textContent.includes(text)), selector)) return;
        await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${selector}`);
}

export const tests = {
    "axe finds nothing serious on the main screens": async (world) => {
        const stranger = await world.browser.visit(world.server);
        await stranger.waitForSelector("form");
        await accessible(stranger, "sign-in");
        const { a } = await conversation(world);
        const theme = (name) => a.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), name);
        await theme("light");
        await accessible(a, "room, light");
        await theme("dark");
        await accessible(a, "room, dark", OF_COLOURS);
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

    "signing in, a conversation, what can be done with a message, and settings need no pointer": async ({ server, browser }) => {
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
        await walkTo(page, 'button[aria-label="New conversation"]');
        await page.keyboard.press("Enter");
        await page.waitForSelector('input[name="person"]');
        await walkTo(page, 'input[name="person"]');
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
        await page.keyboard.press("Escape");
        await page.waitForSelector(".dlg", { state: "detached" });
        // To the message, its menu, and what was chosen there.
        await page.keyboard.press("Shift+F6");
        await page.waitForFunction(() => document.activeElement?.closest('[data-region="room"]'));
        await walkTo(page, ".tl, .tl .msg");
        await page.keyboard.press("ArrowUp");
        await page.waitForSelector('.msg.own:focus:has-text("alone")');
        await page.keyboard.press("e");
        await page.waitForSelector(".emoji input:focus");
        await page.keyboard.type("thumbs up");
        await page.waitForSelector('.emoji .all button[aria-label="thumbs up"]');
        await walkTo(page, '.emoji .all button[aria-label="thumbs up"]');
        await page.keyboard.press("Enter");
        await page.waitForSelector('.msg .react[aria-pressed="true"]:has-text("👍")');
        // To the settings, and dark.
        await walkTo(page, ".rail .me");
        await page.keyboard.press("Enter");
        await page.waitForSelector('[role="menuitem"]:has-text("Settings")');
        for (let press = 0; press < 8 && !(await page.locator('[role="menuitem"]:focus:has-text("Settings")').count()); press++) await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".settings");
        await walkTo(page, '.settings-place nav a:has-text("Appearance"), .settings a:has-text("Appearance")');
        await page.keyboard.press("Enter");
        await page.waitForSelector('.segm button:has-text("Dark")');
        await walkTo(page, ".segm button.on");
        for (let press = 0; press < 4 && !(await page.locator('.segm button:focus:has-text("Dark")').count()); press++) await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await until("it is dark", () => page.evaluate(() => document.documentElement.dataset.theme === "dark"));
    },
};
