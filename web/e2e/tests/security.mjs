// Keys: made at the first sign-in, and what a second device does with them.
import assert from "node:assert/strict";
import { say, Server, signIn } from "../harness.mjs";

/** The key as it is shown, and the group that is asked for typed back. */
async function keepKey(page) {
    await page.waitForSelector('.dlg h2:has-text("Keep your recovery key")');
    await page.waitForSelector(".key li >> nth=11");
    const groups = await page.locator(".key li").evaluateAll((all) => all.map((one) => one.lastChild.textContent.trim()));
    const asked = Number(/group (\d+)/.exec(await page.innerText("label:has-text('type group')"))[1]);
    await page.fill(".in.group", groups[asked - 1]);
    await page.click('.dlg footer button:has-text("Done")');
    return groups.join(" ");
}

/** Anna and Beat talk; Anna went through the guide and has her key. */
async function annaWithKey({ server, browser }) {
    const anna = await server.person("anna", { shown: "Anna Meier" });
    const beat = await server.person("beat", { shown: "Beat Lüthi" });
    const b = await browser.visit(server);
    await signIn(b, beat);
    const a = await browser.visit(server, { guide: true });
    await signIn(a, anna);
    await a.click('.dlg footer button:has-text("Skip")');
    const key = await keepKey(a);
    await a.waitForSelector('.toast:has-text("holds from now on")');
    await a.click('.dlg footer button:has-text("Done"), .dlg footer button:has-text("Not now")');
    await a.waitForSelector(".dlg", { state: "detached" });
    await a.click('button[aria-label="New conversation"]');
    await a.fill('input[name="person"]', "beat");
    await a.click('.dlg footer button:has-text("Start")');
    await a.waitForSelector(".cmp textarea");
    await b.click('.rrow.invitation button:has-text("Accept")');
    await b.waitForSelector(".cmp textarea");
    await a.waitForSelector('.sys:has-text("Beat Lüthi joined")');
    await say(a, "Bed 12 is free.");
    await b.waitForSelector('.msg:has-text("Bed 12 is free.")');
    await say(b, "I take it at 15:00.");
    await a.waitForSelector('.msg:has-text("I take it at 15:00.")');
    // The key of what was written is kept on the server a moment later.
    await a.waitForTimeout(12_000);
    return { a, b, anna, beat, key };
}

export const tests = {
    "security: a second device reads the history with the recovery key": async (world) => {
        const { anna, key } = await annaWithKey(world);
        const second = await world.browser.visit(world.server, { guide: true });
        await signIn(second, anna);
        await second.waitForSelector('.dlg h2:has-text("Confirm this device")');
        await second.click('.dlg button:has-text("With the recovery key")');
        await second.fill('input[name="recovery"]', "EsTd wrong");
        await second.click('.dlg footer button:has-text("Confirm")');
        assert.match(await second.innerText('.dlg [role="alert"]'), /does not fit/);
        await second.fill('input[name="recovery"]', key);
        await second.click('.dlg footer button:has-text("Confirm")');
        await second.waitForSelector('.toast:has-text("This device is confirmed")');
        await second.click(".rrow >> nth=0");
        await second.waitForSelector('.msg:has-text("Bed 12 is free.")');
        await second.waitForSelector('.msg:has-text("I take it at 15:00.")');
        assert.equal(await second.locator(".msg .locked").count(), 0);
    },

    "security: a second device is confirmed by comparing pictures": async (world) => {
        const { a, anna } = await annaWithKey(world);
        const second = await world.browser.visit(world.server, { guide: true });
        await signIn(second, anna);
        await second.click('.dlg button:has-text("With another device")');
        await a.waitForSelector('.dlg h2:has-text("Is this your device?")');
        await a.click('.dlg footer button:has-text("Begin")');
        await second.waitForSelector("svg.qr");
        await a.waitForSelector("svg.qr");
        await second.click('.dlg footer button:has-text("Compare pictures")');
        await a.waitForSelector(".sas img >> nth=6");
        await second.waitForSelector(".sas img >> nth=6");
        const [one, two] = await Promise.all([a, second].map((page) => page.locator(".sas li").allInnerTexts()));
        assert.deepEqual(one, two, "both see the same pictures");
        await a.click('.dlg footer button:has-text("They are the same")');
        await second.click('.dlg footer button:has-text("They are the same")');
        await a.waitForSelector('.dlg h2:has-text("Device confirmed")');
        await second.waitForSelector('.dlg h2:has-text("Device confirmed")');
        await second.click('.dlg footer button:has-text("Done")');
        await second.click(".rrow >> nth=0");
        await second.waitForSelector('.msg:has-text("Bed 12 is free.")');
        await second.waitForSelector('.msg:has-text("I take it at 15:00.")');
    },

    "security: an account is made with a token, and the guide leads through it": async ({ browser }) => {
        const server = await Server.start({ serve: ["--set", "registration.mode=token"] });
        try {
            const token = await server.token();
            const page = await browser.visit({ url: `${server.url}/#/join/${token}` }, { guide: true });
            await page.fill('input[name="user"]', "Carla.Rossi");
            await page.fill('input[name="password"]', "quattro cinque sei");
            await page.fill('input[name="again"]', "quattro cinque");
            await page.click('button[type="submit"]');
            await page.waitForSelector('[role="alert"]:has-text("not the same")');
            await page.fill('input[name="again"]', "quattro cinque sei");
            await page.click('button[type="submit"]');
            await page.waitForSelector('.dlg h2:has-text("Welcome to Alphorn")');
            assert.ok(!page.url().includes(token), "the token is out of the address bar");
            await page.fill('input[name="displayname"]', "Carla Rossi");
            await page.click('.dlg footer button:has-text("Next")');
            await keepKey(page);
            await page.click('.dlg h2:has-text("Hear when something arrives?") >> xpath=../.. >> footer button >> nth=-1');
            await page.waitForSelector(".dlg", { state: "detached" });
            await page.goto(`${server.url}/settings/profile`);
            await page.waitForSelector('input[name="displayname"]');
            assert.equal(await page.inputValue('input[name="displayname"]'), "Carla Rossi");
            // The token was good once.
            const late = await browser.visit({ url: `${server.url}/#/join/${token}` });
            await late.waitForSelector('[role="alert"]:has-text("not valid any more")');
        } finally {
            await server.stop();
        }
    },

    "security: devices are renamed and signed out, the password is changed": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const other = await browser.visit(server);
        await signIn(other, anna);
        const page = await browser.visit(server);
        await signIn(page, anna);
        await page.goto(`${server.url}/settings/security`);
        await page.waitForSelector(".devices li >> nth=1");
        await page.click('.devices li >> nth=0 >> button[aria-label="Rename"]');
        await page.fill(".dlg input", "Ward 4B, workstation 2");
        await page.click('.dlg footer button:has-text("Rename")');
        await page.waitForSelector('.devices li:has-text("Ward 4B, workstation 2")');
        await page.click('.devices li >> nth=1 >> button[aria-label="Sign out"]');
        await page.fill('.dlg input[type="password"]', "wrong");
        await page.click('.dlg footer button:has-text("Confirm")');
        await page.waitForSelector('.dlg [role="alert"]:has-text("does not fit")');
        await page.fill('.dlg input[type="password"]', anna.password);
        await page.click('.dlg footer button:has-text("Confirm")');
        await other.waitForSelector('.notice:has-text("You were signed out")');
        await page.goto(`${server.url}/settings/account`);
        await page.fill('input[name="new-password"]', "a longer one than before");
        await page.fill('input[name="new-password-again"]', "a longer one than before");
        await page.click('button:has-text("Change the password")');
        await page.fill('.dlg input[type="password"]', anna.password);
        await page.click('.dlg footer button:has-text("Confirm")');
        await page.waitForSelector('.toast:has-text("Your password was changed")');
        await signIn(other, { ...anna, password: "a longer one than before" });
    },
};
