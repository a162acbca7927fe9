// Somebody else's client: verifications begun by either side, keys restored from either side's backup, keys for new devices.
import assert from "node:assert/strict";
import { codeOn, showCode, useFakeCamera } from "../camera.mjs";
import { compare, Companion, together, withCompanion } from "../companion.mjs";
import { say, signIn, until } from "../harness.mjs";
import { look } from "../look.mjs";
import { keepKey } from "./security.mjs";

/** Opens the card of the other person in the room. */
async function cardOf(page, name) {
    await page.click('.main > header button[aria-label="Details"]');
    await page.click(`.pane .prow:has-text("${name}")`);
}

/** The SDK refuses a request from a device that it has not heard of; it learns of devices when it writes to them. */
async function meet(page, companion) {
    await companion.says("Good morning");
    await page.waitForSelector('.msg:has-text("Good morning")');
}

/** A room with somebody who is not there yet. */
async function roomAlone(page, name) {
    await page.click('button[aria-label="New conversation"]');
    await page.click('.dlg .segm button:has-text("New room")');
    await page.fill('input[name="room-name"]', name);
    await page.click('.dlg footer button:has-text("Create")');
    await page.waitForSelector(`.main h2:has-text("${name}")`);
}

export const tests = withCompanion({
    "others: people compare pictures, asked for here and there": async (world) => {
        const { page, companion, anna, rosa } = await together(world, { classic: true });
        assert.equal(await companion.do("trusts", { user: anna.id }), false);
        await until("Rosa takes it for a conversation with Anna", async () => (await companion.do("room")).direct);
        // Asked for there; the pictures are begun there, too.
        await companion.do("verify", { user: anna.id });
        await page.waitForSelector('.dlg:has-text("Rosa Rust wants to compare keys")');
        await page.click('.dlg footer button:has-text("Begin")');
        await companion.tells("together");
        await companion.do("compare-pictures");
        await compare(page, companion);
        await page.waitForSelector('.dlg h2:has-text("Person checked")');
        await page.click('.dlg footer button:has-text("Done")');
        await until("Rosa trusts Anna", () => companion.do("trusts", { user: anna.id }));
        await cardOf(page, "Rosa Rust");
        await page.waitForSelector('.person-keys:has-text("You have compared keys")');
        await page.keyboard.press("Escape");
        await say(page, "Now I know that it is you");
        const told = await companion.sees("it", (item) => item.text === "Now I know that it is you");
        assert.equal(told.strict_shield, null, "no shield, however strict");
        // Another one, asked for here.
        const beat = await world.server.person("beat", { shown: "Beat Rust" });
        const second = await Companion.start(world.server, beat, { classic: true });
        await page.click('button[aria-label="New conversation"]');
        await page.fill('input[name="person"]', "beat");
        await page.click('.dlg footer button:has-text("Start")');
        await page.waitForSelector('.sys:has-text("Beat Rust joined")');
        await meet(page, second);
        await cardOf(page, "Beat Rust");
        await page.click('.person-keys button:has-text("Compare keys")');
        await second.tells("asked");
        await page.click('.dlg footer button:has-text("Compare pictures")');
        await compare(page, second);
        await page.waitForSelector('.dlg h2:has-text("Person checked")');
        await until("Beat trusts Anna", () => second.do("trusts", { user: anna.id }));
        assert.equal(rosa.id, companion.user);
    },

    "others: people scan codes, shown here and there": async (world) => {
        const { page, companion, anna } = await together(world, { classic: true });
        await meet(page, companion);
        await cardOf(page, "Rosa Rust");
        await page.click('.person-keys button:has-text("Compare keys")');
        await companion.tells("asked");
        await page.waitForSelector("svg.qr");
        await companion.do("scan", { code: (await codeOn(page)).toString("base64") });
        await page.click('.dlg footer button:has-text("Yes, it does")');
        await page.waitForSelector('.dlg h2:has-text("Person checked")');
        await companion.tells("verified");
        await until("Rosa trusts Anna", () => companion.do("trusts", { user: anna.id }));
        // A device of Anna's with matrix-rust-sdk shows its code, and this one scans it.
        const camera = await world.browser.visit(world.server);
        await useFakeCamera(camera);
        await camera.reload();
        const clara = await world.server.person("clara", { shown: "Clara Frei" });
        await signIn(camera, clara);
        await camera.goto(`${world.server.url}/settings/security`);
        await camera.waitForSelector('.settings:has-text("This device is confirmed")');
        const device = await Companion.start(world.server, clara);
        assert.equal((await device.do("keys")).confirmed, false);
        await device.do("verify", { user: clara.id });
        await camera.waitForSelector('.dlg h2:has-text("Is this your device?")');
        await camera.click('.dlg footer button:has-text("Begin")');
        const { code } = await device.do("show-code");
        await showCode(Buffer.from(code, "base64"), camera);
        await camera.click('button:has-text("Scan with the camera")');
        await device.tells("scanned");
        await device.do("same");
        await camera.waitForSelector('.dlg h2:has-text("Device confirmed")');
        await device.tells("verified");
        await until("it has the keys of the person", async () => {
            const { confirmed, identity } = await device.do("keys");
            return confirmed && identity;
        });
    },

    "others: a device with matrix-rust-sdk is confirmed by this one, and the other way round": async (world) => {
        const { page, companion, anna, rosa } = await together(world);
        await say(page, "Before the new device");
        await companion.says("An answer from before");
        await page.waitForSelector('.msg:has-text("An answer from before")');
        const room = new URL(page.url()).pathname;
        await page.goto(`${world.server.url}/settings/security`);
        await page.waitForSelector('.settings:has-text("This device is confirmed")');
        const device = await Companion.start(world.server, anna);
        const row = page.locator('.devices li:has-text("Companion")');
        await row.locator('.tag:has-text("Not confirmed")').waitFor();
        await look(page, "device-not-confirmed");
        await row.locator('button[aria-label="Confirm"]').click();
        await page.click('.dlg footer button:has-text("Compare pictures")');
        await compare(page, device);
        await page.waitForSelector('.dlg h2:has-text("Device confirmed")');
        await page.click('.dlg footer button:has-text("Done")');
        await until("the device is in order", async () => (await row.locator(".tag").count()) === 0);
        await until("it was handed the keys", async () => {
            const { confirmed, identity, backup } = await device.do("keys");
            return confirmed && identity && backup === "Enabled";
        });
        await device.sees("what was written before", (item) => item.text === "Before the new device");
        await device.sees("what was answered before", (item) => item.text === "An answer from before");
        // Rosa's first device is matrix-rust-sdk's: it confirms a browser.
        await companion.do("make-key");
        const browser = await world.browser.visit(world.server, { guide: true });
        await signIn(browser, rosa);
        await browser.click('.dlg button:has-text("With another device")');
        await companion.tells("together");
        await browser.click('.dlg footer button:has-text("Compare pictures")');
        await compare(browser, companion);
        await browser.waitForSelector('.dlg h2:has-text("Device confirmed")');
        await browser.click('.dlg footer button:has-text("Done")');
        await browser.goto(`${world.server.url}${room}`);
        await browser.waitForSelector('.msg:has-text("Before the new device")');
        await browser.waitForSelector('.msg:has-text("An answer from before")');
    },

    "others: a backup made here is restored there, and one made there here": async (world) => {
        const { page, companion, anna, rosa } = await together(world);
        await page.evaluate(() => localStorage.removeItem("alphorn.guide"));
        await say(page, "Kept in the backup");
        await companion.says("This one, too");
        await page.waitForSelector('.msg:has-text("This one, too")');
        const room = new URL(page.url()).pathname;
        await page.goto(`${world.server.url}/settings/security`);
        await page.click('.settings button:has-text("Make the key")');
        const key = await keepKey(page);
        await page.waitForSelector('.toast:has-text("holds from now on")');
        const device = await Companion.start(world.server, anna);
        await device.sees("what it cannot open", (item) => item.kind === "locked");
        await assert.rejects(device.do("recover", { key: "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd" }));
        const state = await device.do("recover", { key });
        assert.deepEqual([state.confirmed, state.identity, state.backup], [true, true, "Enabled"]);
        await device.sees("an own message", (item) => item.text === "Kept in the backup");
        await device.sees("Rosa's message", (item) => item.text === "This one, too");
        // The other way round.
        const { key: theirs } = await companion.do("make-key");
        const browser = await world.browser.visit(world.server, { guide: true });
        await signIn(browser, rosa);
        await browser.click('.dlg button:has-text("With the recovery key")');
        await browser.fill('input[name="recovery"]', theirs);
        await browser.click('.dlg footer button:has-text("Confirm")');
        await browser.waitForSelector('.toast:has-text("This device is confirmed")');
        await browser.goto(`${world.server.url}${room}`);
        await browser.waitForSelector('.msg:has-text("Kept in the backup")');
        await browser.waitForSelector('.msg:has-text("This one, too")');
        assert.equal(await browser.locator(".msg .locked").count(), 0);
    },

    "others: keys for new devices, and the history for who is invited": async (world) => {
        const { page, companion, rosa } = await together(world);
        await say(page, "For one device");
        const { room } = await companion.do("room");
        await companion.sees("it", (item) => item.text === "For one device");
        const second = await Companion.start(world.server, rosa);
        await second.do("room");
        await say(page, "For both devices");
        await second.sees("what is written from now on", (item) => item.text === "For both devices");
        await companion.sees("it, too", (item) => item.text === "For both devices");
        // Rosa's second device is not confirmed: what it writes is marked.
        await second.says("From my new telephone");
        await page.waitForSelector('.msg:has-text("From my new telephone") .shield');
        // What was written before somebody came can be read by who is invited (MSC4268), both ways.
        await roomAlone(page, "Handover");
        await say(page, "Written before you came");
        const here = decodeURIComponent(new URL(page.url()).pathname.split("/")[2]);
        await page.click('.main > header button[aria-label="Details"]');
        await page.click(".pane h4 .as-link >> nth=0");
        await page.click('.members-head .btn:has-text("Invite people")');
        await page.fill('.dlg input[name="person"]', "rosa");
        await page.click('.dlg footer button:has-text("Invite")');
        await companion.sees("the history", (item) => item.text === "Written before you came", { room: here });
        const { room: there } = await companion.do("create", { name: "Night shift", invite: [] });
        await companion.says("Written before Anna came", { room: there });
        await companion.do("invite", { user: "@anna:localhost", room: there });
        await page.click('.rrow.invitation:has-text("Night shift") button:has-text("Accept")');
        await page.waitForSelector('.main h2:has-text("Night shift")');
        await page.waitForSelector('.msg:has-text("Written before Anna came")');
        assert.notEqual(room, there);
    },
});
