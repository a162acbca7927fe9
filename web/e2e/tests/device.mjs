// What the device does to the client: a wrong clock, a full disk.
import assert from "node:assert/strict";
import { quota, say, until } from "../harness.mjs";
import { look } from "../look.mjs";
import { conversation } from "./talking.mjs";

const HOUR_MS = 3_600_000;
const read = (page, text) => page.waitForSelector(`.msg:has-text("${text}")`);

/** Writes until the browser takes no more. */
const fill = (page) =>
    page.evaluate(async () => {
        const database = await new Promise((resolve, reject) => {
            const opening = indexedDB.open("ballast", 1);
            opening.onupgradeneeded = () => opening.result.createObjectStore("ballast", { autoIncrement: true });
            opening.onsuccess = () => resolve(opening.result);
            opening.onerror = () => reject(opening.error);
        });
        const fits = (bytes) =>
            new Promise((resolve) => {
                const writing = database.transaction("ballast", "readwrite", { durability: "strict" });
                writing.objectStore("ballast").add(crypto.getRandomValues(new Uint8Array(bytes)));
                writing.oncomplete = () => resolve(true);
                writing.onabort = () => resolve(false);
            });
        for (const bytes of [65_536, 16_384, 1_024, 128]) while (await fits(bytes));
    });

export const tests = {
    "a device whose clock is an hour fast": async (world) => {
        const { a, b } = await conversation(world, { b: { skewMs: HOUR_MS } });
        await say(a, "from the right clock");
        await read(b, "from the right clock");
        await say(b, "from the fast clock");
        await read(a, "from the fast clock");
        const shown = (page) => page.$$eval(".msg", (all) => all.map((one) => `${one.querySelector("time")?.textContent} ${one.querySelector(".bd p")?.textContent}`));
        await until("both show the same times", async () => JSON.stringify(await shown(a)) === JSON.stringify(await shown(b)));
        // What waits has its place and its time too.
        await world.server.kill();
        await b.waitForSelector('html[data-link="offline"]');
        const [hours] = /\d\d:\d\d/.exec(await b.innerText(".bar.offline"));
        const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
        const right = await a.evaluate(() => new Date().toTimeString().slice(0, 5));
        assert.ok((minutes(right) - minutes(hours) + 1440) % 1440 <= 2, `since ${hours}, and it is ${right}`);
        await say(b, "while nobody answered");
        await say(a, "later, from the right clock");
        await world.server.up();
        await read(a, "while nobody answered");
        await read(b, "later, from the right clock");
        await until("nothing waits", async () => (await b.locator(".msg.wait").count()) === 0);
        await b.reload();
        await read(b, "later, from the right clock");
        await until("both show the same times after all", async () => JSON.stringify(await shown(a)) === JSON.stringify(await shown(b)));
        await look(b, "fast-clock");
    },

    "a device that is full loses neither keys nor what is written": async (world) => {
        const { a, b } = await conversation(world, { b: { quotaBytes: 24 * 1024 * 1024 } });
        await a.waitForSelector('.sys:has-text("Beat Lüthi joined")');
        await fill(b);
        // The key to it comes with it, and cannot be written down: the server must not be told that it came.
        await say(a, "the first message, with its key");
        await b.waitForSelector('.bar:has-text("This device is full.")');
        await say(b, "written on a full device");
        await b.waitForSelector('.bar:has-text("do not close this window")');
        await look(b, "full-device");
        assert.equal(await b.locator(".locked").count(), 0, "nothing is shown that could not be opened");
        await quota(b, new URL(world.server.url).origin, null);
        await read(b, "the first message, with its key");
        await read(a, "written on a full device");
        await until("nothing waits", async () => (await b.locator(".msg.wait").count()) === 0);
        await say(a, "and another one");
        await read(b, "and another one");
        assert.deepEqual(await a.locator(".msg:not(.own) .bd p").allInnerTexts(), ["written on a full device"]);
    },

    "a device that is full from the beginning says so, before the server has made a device or spent an invitation": async ({ server, browser }) => {
        const anna = await server.person("anna", { admin: true });
        const { code } = await (await server.admin(anna))("POST", "/people", { username: "dora" });
        const page = await browser.visit(server, { quotaBytes: 100_000 });
        await page.fill('input[name="user"]', anna.name);
        await page.fill('input[name="password"]', anna.password);
        await page.click('button[type="submit"]');
        await page.waitForSelector('[role="alert"]:has-text("no space left")');
        await look(page, "full-sign-in");
        const { devices } = await (await server.as(anna))("GET", "/devices");
        assert.equal(devices.length, 2, "those of this test alone");
        const join = async (one) => {
            for (const name of ["password", "again"]) await one.fill(`input[name="${name}"]`, "vier fünf sechs");
            await one.click('button[type="submit"]');
        };
        await page.goto(`${server.url}/#/invitation/${code}`);
        await page.reload();
        await join(page);
        await page.waitForSelector('[role="alert"]:has-text("no space left")');
        const other = await browser.visit({ url: `${server.url}/#/invitation/${code}` });
        await join(other);
        await other.waitForSelector(".side");
    },
};
