// Two people talk, encrypted.
import assert from "node:assert/strict";
import { say, signIn, until } from "../harness.mjs";

/** Anna starts a conversation with Beat; both have it open at the end. */
export async function conversation({ server, browser }) {
    const anna = await server.person("anna", { shown: "Anna Meier" });
    const beat = await server.person("beat", { shown: "Beat Lüthi" });
    const a = await browser.visit(server);
    const b = await browser.visit(server);
    await signIn(b, beat);
    await signIn(a, anna);
    await a.click('button[aria-label="New conversation"]');
    await a.fill('input[name="person"]', "beat");
    await a.click('.dlg footer button:has-text("Start")');
    await a.waitForSelector(".cmp textarea");
    await b.click('.rrow.invitation button:has-text("Accept")');
    await b.waitForSelector(".cmp textarea");
    return { a, b, anna, beat };
}

export const tests = {
    "two people talk encrypted, and both see that it was read": async (world) => {
        const { a, b } = await conversation(world);
        await a.waitForSelector('.sys:has-text("Beat Lüthi joined")');
        await say(a, "Bed 12 is free from 14:30.");
        await b.waitForSelector('.msg:has-text("Bed 12 is free from 14:30.")');
        assert.equal(await b.locator(".msg .who bdi").last().innerText(), "Anna Meier");
        await a.waitForSelector('.msg.own [aria-label="Read by 1"]');
        await say(b, "**Good.** I take it.");
        await a.waitForSelector('.msg .html strong:has-text("Good.")');
        const sent = await world.server.events(a);
        assert.ok(sent.length >= 2 && sent.every((event) => event.type === "m.room.encrypted"), "the server has no plain text");
    },

    "a conversation is there after loading the page again, and the draft too": async (world) => {
        const { a, b } = await conversation(world);
        await say(a, "Still there?");
        await b.waitForSelector('.msg:has-text("Still there?")');
        await a.fill(".cmp textarea", "not finished");
        await a.waitForTimeout(800);
        await a.reload();
        await a.waitForSelector('.msg.own:has-text("Still there?")');
        assert.equal(await a.inputValue(".cmp textarea"), "not finished");
    },

    "a second window offers to take over": async (world) => {
        const { a } = await conversation(world);
        const second = await a.context().newPage();
        await second.goto(world.server.url);
        await second.click('button:has-text("Use it here")');
        await second.waitForSelector(".side");
        await a.waitForSelector('button:has-text("Use it here")');
    },

    "signing out leaves nothing on the device": async (world) => {
        const { a } = await conversation(world);
        await say(a, "Nobody finds this later");
        await a.click(".rail .me");
        await a.click('[role="menuitem"]:has-text("Sign out")');
        await a.click('.dlg footer button:has-text("Sign out")');
        await a.waitForSelector('input[name="user"]');
        const left = await a.evaluate(async () => (await indexedDB.databases()).map((one) => one.name));
        assert.deepEqual(left.filter((name) => /crypto|sync/.test(name ?? "")), []);
    },

    "wrong password is said in words": async ({ server, browser }) => {
        await server.person("anna");
        const page = await browser.visit(server);
        await page.fill('input[name="user"]', "anna");
        await page.fill('input[name="password"]', "wrong");
        await page.click('button[type="submit"]');
        const said = await page.innerText('[role="alert"]');
        assert.match(said, /do not match/);
        await until("the field is marked", () => page.locator('input[name="password"][aria-invalid="true"]').count());
    },
};
