// A room is governed: settings, roles, people, what one may not; files out of it; leaving.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { say, signIn, until } from "../harness.mjs";
import { accessible } from "./accessibility.mjs";
import { look } from "../look.mjs";

/** Anna makes a room and invites Beat, who joins; both have it open. */
export async function room({ server, browser }, name = "Ward 4B") {
    const anna = await server.person("anna", { shown: "Anna Meier" });
    const beat = await server.person("beat", { shown: "Beat Lüthi" });
    const a = await browser.visit(server);
    const b = await browser.visit(server);
    await signIn(b, beat);
    await signIn(a, anna);
    await a.click('button[aria-label="New conversation"]');
    await a.click('.dlg .segm button:has-text("New room")');
    await a.fill('input[name="room-name"]', name);
    await a.fill('input[name="person"]', "beat");
    await a.click('.dlg footer button:has-text("Create")');
    await a.waitForSelector(".cmp textarea");
    await b.click('.rrow.invitation button:has-text("Accept")');
    await b.waitForSelector(".cmp textarea");
    return { a, b, anna, beat };
}

const details = async (page) => {
    if (!(await page.locator('aside[aria-label="Details"] .tiles').count())) await page.click('.main > header button[aria-label="Details"]');
    await page.waitForSelector(".tiles");
};
export const settings = async (page, section) => {
    await details(page);
    await page.click('.tile:has-text("More")');
    await page.click('[role^="menuitem"]:has-text("Settings")');
    if (section) await page.click(`.dlg .segm button:has-text("${section}")`);
};

export const tests = {
    "a room's name, access and roles are set by who may, and others see why not": async (world) => {
        const { a, b } = await room(world);
        await settings(a);
        await a.fill('input[name="settings-name"]', "Ward 4B Cardiology");
        await a.fill('textarea[name="settings-topic"]', "Beds and transfers. On duty: 4400");
        await a.click('.dlg button:has-text("Save")');
        await b.waitForSelector('.main h2:has-text("Ward 4B Cardiology")');
        await look(a, "settings-general");
        await accessible(a, "room settings");
        await a.click('.dlg .segm button:has-text("Access")');
        await a.click('.gov-option:has-text("Anyone may ask")');
        await until("asking is allowed", () => a.locator('.gov-option:has-text("Anyone may ask") input:checked').count());
        await look(a, "settings-access");
        await accessible(a, "room access");
        await a.click('.dlg .segm button:has-text("Roles")');
        await a.selectOption('select[data-act="topic"]', "100");
        await look(a, "settings-roles");
        await a.click('.dlg .segm button:has-text("Addresses")');
        await a.fill('input[name="address"]', "ward-4b");
        await a.click('.dlg form button:has-text("Add")');
        await a.waitForSelector('.dlg li:has-text("#ward-4b:localhost")');
        await look(a, "settings-addresses");
        // Addresses in text lead inside, however they are written.
        await a.keyboard.press("Escape");
        const here = new URL(b.url()).pathname;
        for (const written of ["#ward-4b:localhost", "matrix:r/ward-4b:localhost", "https://matrix.to/#/%23ward-4b:localhost"]) {
            await say(a, `see ${written} today`);
            await b.waitForSelector(`.msg:has-text("${written}") a[data-room="#ward-4b:localhost"]`);
        }
        await b.evaluate(() => history.pushState(null, "", "/chats/%23ward-4b%3Alocalhost"));
        await b.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
        await until("the address leads to the room", () => new URL(b.url()).pathname === here);
        await say(a, "ask @beat:localhost");
        await a.click('.msg a[data-person="@beat:localhost"]');
        await a.waitForSelector('.dlg h3:has-text("Beat Lüthi")');
        await a.keyboard.press("Escape");
        await settings(a);
        await a.click('.dlg .segm button:has-text("Advanced")');
        await look(a, "settings-advanced");
        await a.keyboard.press("Escape");
        await settings(b);
        assert.equal(await b.locator('input[name="settings-name"]').isDisabled(), true);
        await b.waitForSelector('.hint:has-text("Only this role may change it: Moderator")');
        await b.waitForSelector('.hint:has-text("Only this role may change it: Administrator")');
        await look(b, "settings-may-not");
    },

    "people of a room get roles, are removed, banned and let back": async (world) => {
        const { a, b } = await room(world);
        await details(a);
        await look(a, "details");
        await accessible(a, "details");
        await a.click('.pane .prow:has-text("Beat Lüthi")');
        await a.waitForSelector('.dlg .person-head');
        await look(a, "person-card");
        await accessible(a, "person");
        await a.selectOption(".dlg select", "50");
        await a.waitForSelector('.pane .prow:has-text("Beat Lüthi") .tag:has-text("Moderator")');
        // What a moderator may do is known at once on the other side.
        await settings(b);
        await until("a moderator may rename", async () => !(await b.locator('input[name="settings-name"]').isDisabled()));
        await b.keyboard.press("Escape");
        await a.fill(".dlg .field input", "Wrong room");
        await a.click('.dlg button:has-text("Ban from room")');
        await b.waitForSelector("text=Choose a conversation").catch(() => b.waitForSelector(".main.middle"));
        await a.click('.dlg button:has-text("Lift the ban")');
        await a.waitForSelector('.toast:has-text("Beat Lüthi may come back")');
        await a.keyboard.press("Escape");
        await a.click('.pane h4 .as-link >> nth=0');
        await a.waitForSelector(".members-list");
        await look(a, "members");
        await a.click('.members-head .btn:has-text("Invite people")');
        await a.fill('.dlg input[name="person"]', "beat");
        await a.click('.dlg .found button:has-text("Beat")');
        await a.click('.dlg footer button:has-text("Invite")');
        await b.click('.rrow.invitation button:has-text("Accept")');
        await b.waitForSelector(".cmp textarea");
    },

    "a person is ignored, reported and heard again; a room is reported and left": async (world) => {
        const { a, b } = await room(world);
        await say(b, "Buy this");
        await a.click('.msg:has-text("Buy this") .who-name');
        await a.waitForSelector('.dlg h3:has-text("Beat Lüthi")');
        await a.keyboard.press("Escape");
        await details(a);
        await a.click('.pane .prow:has-text("Beat Lüthi")');
        await a.click('.dlg button:has-text("Ignore")');
        await a.waitForSelector('.dlg :text("You do not see messages of this person.")');
        await until("what was shown is hidden", async () => (await a.locator('.msg:has-text("Buy this"), .rrow:has-text("Buy this")').count()) === 0);
        await a.click('.dlg button:has-text("Stop ignoring")');
        await a.waitForSelector('.dlg button:text-is("Ignore")');
        await a.waitForSelector('.msg:has-text("Buy this")');
        await a.click('.dlg button:has-text("Report")');
        await a.fill(".dlg textarea", "Advertising");
        await look(a, "report");
        await a.click('.dlg footer button:has-text("Send report")');
        await a.waitForSelector('.toast:has-text("Reported to your administrators")');
        await a.keyboard.press("Escape");
        await details(b);
        await b.click('.pane button:has-text("Leave room")');
        await b.click('.dlg footer button:has-text("Leave room")');
        await until("the room is gone", async () => (await b.locator('.rrow:has-text("Ward 4B")').count()) === 0);
    },

    "an old room is upgraded, and its members find the new one": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const ask = async (path, body, token) => {
            const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
            return (await fetch(`${server.api}/_matrix/client/v3${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
        };
        const { access_token: token } = await ask("/login", { type: "m.login.password", identifier: { type: "m.id.user", user: "anna" }, password: anna.password });
        await ask("/createRoom", { name: "Old ward", room_version: "10", preset: "private_chat" }, token);
        const a = await browser.visit(server);
        await signIn(a, anna);
        await a.click('.rrow:has-text("Old ward")');
        const before = a.url();
        await settings(a, "Advanced");
        await a.click('.dlg button:has-text("Upgrade room")');
        await a.waitForSelector("text=A new room takes its place");
        await a.click('.dlg button:has-text("Upgrade room")');
        await until("the new room is open", () => a.url() !== before && /chats\/!/.test(decodeURIComponent(a.url())));
        await until("the list has the new one alone", async () => (await a.locator('.rrow:has-text("Old ward")').count()) === 1);
        await a.goto(before);
        await a.waitForSelector('.replaced button:has-text("Open the new room")');
        await look(a, "replaced");
    },

    "a room is exported, opened and harmless": async (world) => {
        const { a, b } = await room(world);
        await say(b, "<img src=x onerror=alert(1)> first");
        await say(b, "second");
        await a.waitForSelector('.msg:has-text("second")');
        for (const [label, check] of [
            ["For reading (HTML)", (text) => assert.ok(text.includes("&#60;img") && text.indexOf("first") < text.indexOf("second") && !text.includes("<img"))],
            ["For programs (JSON)", (text) => assert.deepEqual(JSON.parse(text).events.filter((one) => one.type === "m.room.message").map((one) => one.content.body).slice(-1), ["second"])],
        ]) {
            await details(a);
            await a.click('.tile:has-text("More")');
            await a.click('[role="menuitem"]:has-text("Export")');
            await a.click(`.gov-option:has-text("${label}")`);
            await look(a, "export");
            const download = a.waitForEvent("download");
            await a.click('.dlg footer button:has-text("Export")');
            const file = await download;
            assert.match(file.suggestedFilename(), /^Ward-4B-\d{4}-\d\d-\d\d\.(html|json)$/);
            check(readFileSync(await file.path(), "utf8"));
            await a.waitForSelector(".dlg", { state: "detached" });
        }
    },
};
