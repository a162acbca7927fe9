// Two people talk, encrypted.
import assert from "node:assert/strict";
import { say, signIn, until } from "../harness.mjs";

/** Anna starts a conversation with Beat; both have it open at the end. */
export async function conversation({ server, browser }, devices = {}) {
    const anna = await server.person("anna", { shown: "Anna Meier" });
    const beat = await server.person("beat", { shown: "Beat Lüthi" });
    const a = await browser.visit(server, devices.a);
    const b = await browser.visit(server, devices.b);
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
        await a.waitForSelector('.msg.own [aria-label="Read"]');
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

    "older messages come while scrolling, and stay in order": async (world) => {
        const { a, b } = await conversation(world);
        for (let number = 1; number <= 45; number++) await a.evaluate(() => 0).then(() => say(a, `number ${number}.`));
        await b.waitForSelector('.msg:has-text("number 45.")');
        await b.reload();
        await b.waitForSelector('.msg:has-text("number 45.")');
        await until("the first message", async () => {
            await b.evaluate(() => (document.querySelector(".tl").scrollTop = 0));
            return b.locator('.msg:has-text("number 1.")').count();
        });
        const seen = await b.locator(".msg .bd").allInnerTexts();
        const numbers = seen.flatMap((text) => [...text.matchAll(/number (\d+)\./g)].map((found) => Number(found[1])));
        assert.deepEqual(numbers, [...numbers].sort((x, y) => x - y));
        // The list lets go of them once it knows how high they are.
        await until("what is far from the window is not in the page", async () => {
            const there = await b.locator(".msg .bd").allInnerTexts();
            return there.join(" ").match(/number \d+\./g).length < 45;
        });
    },

    "hostile HTML and names neither run nor fool": async (world) => {
        const { a, b, beat } = await conversation(world);
        await world.server.asPerson(beat.name, beat.password, "\u202eAnna Meier\u0000<img src=x onerror=alert(1)>");
        await say(a, "<img src=x onerror=window.hit=1> <script>window.hit=1</script> hello");
        await b.waitForSelector('.msg:has-text("hello")');
        const room = decodeURIComponent(new URL(a.url()).pathname.split("/")[2]);
        const hostile =
            '<img src=x onerror="window.hit=1"><a href="javascript:window.hit=1">https://bank.example</a><a href="https://evil.example">https://bank.example</a>' +
            '<style>body{display:none}</style><p style="position:fixed;inset:0">over</p><form><input></form><svg onload="window.hit=1"></svg>hostile';
        await world.server.sayAs(beat, room, { msgtype: "m.text", body: "x", format: "org.matrix.custom.html", formatted_body: hostile });
        await a.waitForSelector('.msg:has-text("hostile")');
        assert.equal(await a.evaluate(() => window.hit), undefined);
        assert.equal(await a.locator(".html :is(img, style, form, input, svg, [style], [href^=javascript])").count(), 0);
        assert.match(await a.innerText('.html a[href="https://evil.example"]'), /\(evil\.example\)/);
        const name = await a.locator(".msg:not(.own) .who bdi").last().innerText();
        assert.doesNotMatch(name, /[\u202e\u0000]/);
        // The browser reports what its policy refused while the text was parsed in a document that is never shown.
        world.browser.faults = world.browser.faults.filter((fault) => !/inline (event handler|style)/.test(fault));
    },

    "a second window offers to take over": async (world) => {
        const { a, b } = await conversation(world);
        await world.server.kill();
        await say(a, "written in the first window");
        const second = await a.context().newPage();
        await second.goto(a.url());
        await second.click('button:has-text("Use it here")');
        await a.waitForSelector('button:has-text("Use it here")');
        await second.waitForSelector('.msg.own:has-text("written in the first window")');
        await say(second, "written in the second window");
        await world.server.up();
        await b.waitForSelector('.msg:has-text("written in the second window")');
        assert.deepEqual(await b.locator(".msg:not(.own) .bd p").allInnerTexts(), ["written in the first window", "written in the second window"]);
        await until("nothing waits", async () => (await second.locator(".msg.wait").count()) === 0);
        const sent = (await world.server.events(b)).filter((event) => event.type === "m.room.encrypted");
        assert.equal(sent.length, 2, "each message is on the server once");
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
