// Polls, places and voice messages between two people, encrypted.
import assert from "node:assert/strict";
import { until } from "../harness.mjs";
import { settings } from "./rooms.mjs";
import { conversation } from "./talking.mjs";

async function look(page, name) {
    if (process.env.E2E_LOOK) await page.screenshot({ path: `${process.env.E2E_LOOK}/${name}.png` });
}

async function attach(page, what) {
    await page.click('.cmp button[aria-label="Attach"]');
    await page.click(`[role="menuitem"]:has-text("${what}")`);
}

export const tests = {
    "a poll is asked, answered, changed and ended": async (world) => {
        const { a, b } = await conversation(world);
        await attach(a, "Poll");
        await a.fill('.dlg input >> nth=0', "Who takes the night from Friday?");
        await a.fill('.dlg input[aria-label="Answer 1"]', "Anna");
        await a.fill('.dlg input[aria-label="Answer 2"]', "Beat");
        await look(a, "poll-new");
        await a.click('.dlg footer button:has-text("Start poll")');
        await b.waitForSelector('.poll:has-text("Who takes the night from Friday?")');
        await b.click('.poll label:has-text("Anna")');
        await b.waitForSelector('.poll label:has-text("Anna"):has-text("1 vote")');
        await a.click('.poll label:has-text("Beat")');
        await a.waitForSelector('.poll:has-text("2 people have voted")');
        await b.click('.poll label:has-text("Beat")');
        await a.waitForSelector('.poll label:has-text("Beat"):has-text("2 votes")');
        await look(a, "poll");
        await a.click('.poll button:has-text("End poll")');
        await b.waitForSelector('.poll:has-text("Ended, 2 people voted") .won:has-text("Beat")');
        await b.reload();
        await b.waitForSelector('.poll .won:has-text("2 votes")');
        await look(b, "poll-ended");
    },

    "a place is shared by its coordinates, and no map is fetched": async (world) => {
        const { a, b } = await conversation(world);
        await attach(a, "Location");
        await a.fill('.dlg input >> nth=0', "46.9481, 7.4474");
        await a.fill('.dlg input >> nth=1', "Main gate");
        await look(a, "place-new");
        await a.click('.dlg footer button:has-text("Share")');
        await b.waitForSelector('.place:has-text("Main gate") a[href^="geo:46.948100,7.447400"]');
        await look(b, "place");
    },

    "messages disappear where the room says so": async (world) => {
        const { a, b } = await conversation(world);
        const room = encodeURIComponent(decodeURIComponent(new URL(a.url()).pathname.split("/")[2]));
        await a.fill(".cmp textarea", "Gone in a moment");
        await a.press(".cmp textarea", "Enter");
        await b.waitForSelector('.msg:has-text("Gone in a moment")');
        await settings(a, "Access");
        await a.click('.gov-option:has-text("After 1 week")');
        await look(a, "disappearing-sure");
        await a.click('.dlg button:has-text("Let them disappear")');
        await b.waitForSelector('.main > header:has-text("disappear after 1 week")');
        assert.equal((await world.server.events(b)).length, 1);
        // Shorter than anything that people choose from.
        const headers = { Authorization: `Bearer ${await world.server.watcherToken(a)}` };
        await fetch(`${world.server.api}/_matrix/client/v3/rooms/${room}/state/m.room.retention`, { method: "PUT", headers, body: JSON.stringify({ max_lifetime: 1_000 }) });
        await b.waitForSelector('.main > header:has-text("disappear after 1 second")');
        await look(b, "disappearing");
        await until("it is no longer shown", async () => (await b.locator('.msg:has-text("Gone in a moment")').count()) === 0);
        assert.deepEqual(await world.server.events(b), [], "the server gives it to nobody either");
        // A room that says nothing has what the server says for all.
        const chief = await world.server.person("chief", { admin: true });
        await (await world.server.admin(chief))("PATCH", "/settings", { message_lifetime_default_ms: 90 * 86_400_000 });
        await fetch(`${world.server.api}/_matrix/client/v3/rooms/${room}/state/m.room.retention`, { method: "PUT", headers, body: "{}" });
        await b.reload();
        await b.waitForSelector('.main > header:has-text("disappear after 3 months")');
    },

    "a voice message is recorded, listened to, sent and played": async (world) => {
        const { a, b } = await conversation(world);
        await a.context().grantPermissions(["microphone"]);
        await a.click('.cmp button[aria-label="Voice message"]');
        await a.waitForSelector(".recording .nums");
        await a.waitForTimeout(2500);
        await look(a, "recording");
        await a.click('.recording button[aria-label="Stop and listen"]');
        await a.waitForSelector(".recording .voice .pl");
        await look(a, "recorded");
        await a.click('.recording button[aria-label="Send"]');
        await b.waitForSelector(".msg .voice .pl");
                await b.click(".msg .voice .pl");
        await until("it plays", () => b.evaluate(() => (document.querySelector(".voice audio")?.currentTime ?? 0) > 0.1));
        assert.ok(await b.evaluate(() => document.querySelector(".voice audio").duration > 1.5), "as long as it was spoken");
        await look(b, "voice");
    },
};
