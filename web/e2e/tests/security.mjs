// Keys: made at the first sign-in, and what a second device does with them.
import assert from "node:assert/strict";
import { say, Server, signIn, until } from "../harness.mjs";
import { showCodeOf, useFakeCamera } from "../camera.mjs";
import { look } from "../look.mjs";
import { accessible } from "./accessibility.mjs";
import { conversation } from "./talking.mjs";

/** The key as it is shown, and the group that is asked for typed back. */
export async function keepKey(page) {
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
    await a.waitForSelector('.sys:has-text("Beat Lüthi joined"), .sys:has-text("changes")');
    await say(a, "Bed 12 is free.");
    await b.waitForSelector('.msg:has-text("Bed 12 is free.")');
    await say(b, "I take it at 15:00.");
    await a.waitForSelector('.msg:has-text("I take it at 15:00.")');
    // The key of what was written is kept on the server a moment later.
    await a.waitForTimeout(12_000);
    return { a, b, anna, beat, key };
}

export const tests = {
    "security: a page that is left while it makes the keys makes them whole the next time": async ({ server, browser }) => {
        for (const [name, cut] of [["carla", /keys\/signatures\/upload/], ["dario", /keys\/device_signing\/upload/]]) {
            const person = await server.person(name);
            const page = await browser.visit(server);
            const asked = page.waitForRequest(cut);
            await page.route(cut, (route) => route.abort());
            await signIn(page, person);
            await asked;
            // It does not get through as long as the page is there.
            await page.goto(`${server.url}/settings/security`, { waitUntil: "commit" });
            await page.unroute(cut);
            await page.waitForSelector("text=This device is confirmed.");
            await page.waitForSelector("text=kept on the server, sealed");
            await page.context().close();
        }
    },

    "security: a second device reads the history with the recovery key": async (world) => {
        const { anna, key } = await annaWithKey(world);
        const second = await world.browser.visit(world.server, { guide: true });
        await signIn(second, anna);
        await second.waitForSelector('.dlg h2:has-text("Confirm this device")');
        await accessible(second, "confirm this device");
        await second.click('.dlg footer button:has-text("Later")');
        await second.click(".rrow >> nth=0");
        // What is closed says why, and leads to the way out.
        await second.waitForSelector('.locked:has-text("before you signed in on this device")');
        await look(second, "locked-messages");
        await second.click('.locked button:has-text("Confirm this device") >> nth=0');
        await second.click('.dlg button:has-text("With the recovery key")');
        await second.fill('input[name="recovery"]', "EsTd wrong");
        await second.click('.dlg footer button:has-text("Confirm")');
        assert.match(await second.innerText('.dlg [role="alert"]'), /does not fit/);
        await second.fill('input[name="recovery"]', key);
        await second.click('.dlg footer button:has-text("Confirm")');
        await second.waitForSelector('.toast:has-text("This device is confirmed")');
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
        await accessible(a, "pictures");
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
            await until("the name is there", async () => (await page.inputValue('input[name="displayname"]')) === "Carla Rossi");
            await page.setInputFiles('.form input[type="file"]', { name: "me.png", mimeType: "image/png", buffer: await page.screenshot() });
            await page.waitForSelector('.form button:has-text("Remove the picture")');
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
        // Typed on a phone: a capital, and a space behind it.
        await signIn(other, { name: " Anna ", password: "a longer one than before" });
    },

    "security: a device is confirmed by scanning its code": async (world) => {
        const { a, anna } = await annaWithKey(world);
        const second = await world.browser.visit(world.server, { guide: true });
        await useFakeCamera(second);
        await second.reload();
        await signIn(second, anna);
        await second.click('.dlg button:has-text("With another device")');
        await a.click('.dlg footer button:has-text("Begin")');
        await a.waitForSelector("svg.qr");
        await showCodeOf(a, second);
        await second.click('button:has-text("Scan with the camera")');
        await a.waitForSelector('text=Your code was scanned.');
        await a.click('.dlg footer button:has-text("Yes, it does")');
        await a.waitForSelector('.dlg h2:has-text("Device confirmed")');
        await second.waitForSelector('.dlg h2:has-text("Device confirmed")');
    },

    "security: two people compare keys": async (world) => {
        const { a, b } = await conversation(world);
        await a.waitForSelector('.sys:has-text("Beat Lüthi joined"), .sys:has-text("changes")');
        await a.click('.main > header button[aria-label="Details"]');
        await a.click('.pane .prow:has-text("Beat Lüthi")');
        await a.waitForSelector('.person-keys:has-text("compare seven pictures")');
        await look(a, "person-keys");
        await a.click('.person-keys button:has-text("Compare keys")');
        await b.waitForSelector('.dlg:has-text("Anna Meier wants to compare keys")');
        await b.click('.dlg footer button:has-text("Begin")');
        await a.click('.dlg footer button:has-text("Compare pictures")');
        for (const page of [a, b]) await page.waitForSelector(".sas li >> nth=6");
        const [one, two] = await Promise.all([a, b].map((page) => page.locator(".sas li").allInnerTexts()));
        assert.deepEqual(one, two);
        for (const page of [a, b]) await page.click('.dlg footer button:has-text("They are the same")');
        for (const page of [a, b]) await page.waitForSelector('.dlg h2:has-text("Person checked")');
        await a.click('.dlg footer button:has-text("Done")');
        await a.click('.pane .prow:has-text("Beat Lüthi")');
        await a.waitForSelector('.person-keys:has-text("You have compared keys")');
        assert.equal(await a.locator('.msg:has-text("verif")').count(), 0, "the messages of the verification are not shown");
    },

    "security: a session that ran out goes on after signing in again; a locked account is told in words": async (world) => {
        const { a, anna } = await conversation(world);
        await say(a, "Still here tomorrow");
        const refuse = (errcode) => (route) =>
            route.fulfill({ status: 401, contentType: "application/json", body: JSON.stringify({ errcode, error: "no", soft_logout: true }) });
        await a.route("**/_matrix/client/v3/sync**", refuse("M_USER_LOCKED"));
        await a.waitForSelector('.bar:has-text("This account is locked")', { timeout: 90_000 });
        await a.unroute("**/_matrix/client/v3/sync**");
        await until("the banner goes", async () => (await a.locator('.bar:has-text("This account is locked")').count()) === 0, 90_000);
        await a.route("**/_matrix/client/v3/sync**", refuse("M_UNKNOWN_TOKEN"));
        await a.waitForSelector('.notice:has-text("Your session has run out")', { timeout: 60_000 });
        await a.unroute("**/_matrix/client/v3/sync**");
        await a.fill('input[name="password"]', anna.password);
        await a.click('button[type="submit"]');
        await a.waitForSelector('.msg.own:has-text("Still here tomorrow")');
        await say(a, "And on we go");
    },

    "security: an invitation opens an account; locked and suspended accounts are told so": async ({ server, browser }) => {
        const chief = await server.person("chief", { shown: "Chief", admin: true });
        const ask = async (method, path, body, token) => {
            const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
            const answer = await fetch(server.api + path, { method, headers, body: JSON.stringify(body) });
            assert.ok(answer.ok, `${path}: ${answer.status}`);
            return answer.json();
        };
        const identifier = { type: "m.id.user", user: "chief" };
        const { access_token: token } = await ask("POST", "/_matrix/client/v3/login", { type: "m.login.password", identifier, password: chief.password });
        const { code } = await ask("POST", "/_alphorn/admin/v1/people", { username: "dora", display_name: "Dora Keller" }, token);
        const page = await browser.visit({ url: `${server.url}/#/invitation/${code}` });
        await page.waitForSelector('h1:has-text("Welcome, Dora Keller")');
        await accessible(page, "invitation");
        await page.fill('input[name="password"]', "vier fünf sechs");
        await page.fill('input[name="again"]', "vier fünf sechs");
        await page.click('button[type="submit"]');
        await page.waitForSelector(".side");
        const late = await browser.visit({ url: `${server.url}/#/invitation/${code}` });
        await late.waitForSelector('.notice:has-text("not valid any more")');
        const dora = `/_alphorn/admin/v1/people/${encodeURIComponent("@dora:localhost")}`;
        await page.click('button[aria-label="New conversation"]');
        await page.fill('input[name="person"]', "chief");
        await page.click('.dlg footer button:has-text("Start")');
        await page.waitForSelector(".cmp textarea");
        await ask("PUT", `${dora}/suspension`, { suspended: true }, token);
        await page.fill(".cmp textarea", "May I?");
        await page.press(".cmp textarea", "Enter");
        await page.waitForSelector('.msg:has-text("This account is suspended")');
        await ask("PUT", `${dora}/lock`, { locked: true }, token);
        await page.waitForSelector('.bar:has-text("This account is locked")', { timeout: 90_000 });
    },

    "security: a passphrase opens as well; without anything one starts over": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const first = await browser.visit(server, { guide: true });
        await signIn(first, anna);
        await first.click('.dlg footer button:has-text("Skip")');
        await first.click('button:has-text("Use a passphrase of your own instead")');
        const fields = first.locator('.dlg input[type="password"]');
        await fields.nth(0).fill("short");
        await fields.nth(1).fill("short");
        await first.click('.dlg footer button:has-text("Done")');
        await first.waitForSelector('.dlg [role="alert"]:has-text("at least 14")');
        for (const index of [0, 1]) await fields.nth(index).fill("lift garden seven trumpet");
        await first.click('.dlg footer button:has-text("Done")');
        await first.waitForSelector('.toast:has-text("Your passphrase holds")');
        const second = await browser.visit(server, { guide: true });
        await signIn(second, anna);
        await second.click('.dlg button:has-text("With the recovery key")');
        await second.fill('input[name="recovery"]', "lift garden seven trumpet");
        await second.click('.dlg footer button:has-text("Confirm")');
        await second.waitForSelector('.toast:has-text("This device is confirmed")');

        const third = await browser.visit(server, { guide: true });
        await signIn(third, anna);
        await third.click('button:has-text("I have neither another device nor the key")');
        await third.click('.dlg footer button:has-text("Start over")');
        await third.fill('.dlg input[autocomplete="current-password"]', anna.password);
        await third.click('.dlg footer button:has-text("Confirm")');
        await keepKey(third);
        await third.waitForSelector('.toast:has-text("holds from now on")');
        await third.goto(`${server.url}/settings/security`);
        await third.waitForSelector('.settings:has-text("your recovery key opens your messages")');
        // The others see that they are not confirmed any more.
        await first.goto(`${server.url}/settings/security`);
        await first.waitForSelector('.settings:has-text("This device is not confirmed yet")');
    },
};
