// An account of many rooms stays smooth: ROOMS=2000 (300 unless told, so that a run of all tests stays short).
import assert from "node:assert/strict";
import { signIn, until } from "../harness.mjs";
import { look } from "../look.mjs";
import { seed } from "../seed.mjs";

const ROOMS = Number(process.env.ROOMS ?? 300);
const SWITCH_MS = 400;

export const tests = {
    "an account of many rooms scrolls, filters and switches without waiting": async ({ server, browser }) => {
        await server.person("seeded");
        await server.person("seeded-owner");
        const seeding = Date.now();
        await seed(server.api, { rooms: ROOMS, make: false });
        console.log(`  seeded ${ROOMS} rooms in ${Date.now() - seeding} ms`);
        const page = await browser.visit(server);
        page.setDefaultTimeout(120_000);
        const started = Date.now();
        await signIn(page, { name: "seeded", password: "seeded-in-the-alps" });
        await page.waitForSelector(".rrow");
        console.log(`  first row ${Date.now() - started} ms after signing in`);
        await page.waitForTimeout(3000);
        const drawn = await page.locator(".rrow").count();
        assert.ok(drawn < 60, `only what is seen is drawn, and not ${drawn} rows`);
        // Scrolls through the whole list and looks at each frame.
        const frames = await page.evaluate(async () => {
            const box = document.querySelector(".rscroll");
            const times = [];
            let before = performance.now();
            for (let at = 0; at < 120; at++) {
                box.scrollTop += (box.scrollHeight - box.clientHeight) / 120;
                await new Promise(requestAnimationFrame);
                const now = performance.now();
                times.push(now - before);
                before = now;
            }
            return times.sort((a, b) => a - b);
        });
        console.log(`  frames while scrolling: middle ${frames[60].toFixed(0)} ms, 95 % below ${frames[113].toFixed(0)} ms, worst ${frames[119].toFixed(0)} ms`);
        await look(page, "large-list");
        const typed = await page.evaluate(async () => {
            const field = document.querySelector("[data-search]");
            const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
            const began = performance.now();
            set.call(field, "Pharmacy 1");
            field.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise((resolve) => {
                const look = () => ([...document.querySelectorAll(".rrow .nm bdi")].every((one) => one.textContent.startsWith("Pharmacy")) ? resolve() : requestAnimationFrame(look));
                look();
            });
            return performance.now() - began;
        });
        console.log(`  filtered in ${typed.toFixed(0)} ms`);
        await page.fill("[data-search]", "");
        await page.evaluate(() => (document.querySelector(".rscroll").scrollTop = 0));
        await page.waitForTimeout(300);
        const switches = [];
        for (let number = 1; number <= 6; number++) {
            switches.push(
                await page.evaluate(async (index) => {
                    const row = document.querySelectorAll(".rrow")[index];
                    const name = row.querySelector(".nm bdi").textContent;
                    const began = performance.now();
                    row.click();
                    await new Promise((resolve) => {
                        const look = () => (document.querySelector(".main h2 bdi")?.textContent === name && document.querySelector(".msg") ? resolve() : requestAnimationFrame(look));
                        look();
                    });
                    return performance.now() - began;
                }, number),
            );
        }
        console.log(`  switched in ${switches.map((ms) => ms.toFixed(0)).join(", ")} ms`);
        const middle = switches.sort((a, b) => a - b)[3];
        assert.ok(middle < SWITCH_MS, `a room is open after ${middle} ms`);
        await page.keyboard.press("Control+k");
        await page.waitForSelector(".jump input");
        await page.keyboard.type("lab 7");
        await page.waitForSelector('.jump-row:has-text("Laboratory")');
        await page.keyboard.press("Escape");

        // Without a server, too, the list is there at once, and what was said is read behind it.
        const top = await page.locator(".rrow .nm bdi >> nth=0").textContent();
        await until("the page is kept", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
        await server.kill();
        const again = Date.now();
        await page.reload();
        await page.waitForSelector(".rrow");
        console.log(`  loaded again without a server: list after ${Date.now() - again} ms`);
        assert.equal(await page.locator(".rrow .nm bdi >> nth=0").textContent(), top);
        await page.click(".rrow >> nth=4");
        await page.waitForSelector('.main:not([aria-busy]) .msg:has-text("about bed")');
        console.log(`  and a room after ${Date.now() - again} ms`);
    },

    "the list of the last visit is there before anything else is read, sealed on the device": async ({ server, browser }) => {
        await server.person("seeded");
        await server.person("seeded-owner");
        await seed(server.api, { rooms: 12, make: false });
        // The page's files come from the network, so that one of them can be held back.
        const page = await browser.visit(server, { serviceWorkers: "block" });
        await signIn(page, { name: "seeded", password: "seeded-in-the-alps" });
        await until("all rooms are listed", async () => (await page.locator(".rrow").count()) === 12);
        const rows = await page.locator(".rrow .nm bdi").allTextContents();
        const kept = await until("the list is kept", () => page.evaluate(keptList));
        for (const word of ["Cardiology", "Message", "about bed"]) assert.ok(!kept.includes(word), `"${word}" lies on the device as it was said`);

        // What the SDK reads its store with does not come: nothing can be read.
        let release = () => undefined;
        const held = new Promise((resolve) => (release = resolve));
        await page.route("**/*syncStore*", async (route) => {
            await held;
            await route.continue();
        });
        await page.reload();
        await until("the list is there", async () => (await page.locator(".rrow").count()) === 12);
        assert.deepEqual(await page.locator(".rrow .nm bdi").allTextContents(), rows);
        assert.match(await page.locator(".rrow .pv >> nth=0").textContent(), /Message \d about bed/);
        await page.click(".rrow >> nth=3");
        await page.waitForSelector(".main[aria-busy] h2");
        assert.equal(await page.locator(".main h2 bdi").textContent(), rows[3]);
        await page.waitForSelector('.main [role="status"]');
        await look(page, "early-list");
        release();
        await page.waitForSelector('.main:not([aria-busy]) .msg:has-text("about bed")');
        await page.waitForSelector(".cmp textarea");
        assert.equal(await page.locator(".main h2 bdi").textContent(), rows[3]);
        assert.deepEqual((await page.locator(".rrow .nm bdi").allTextContents()).toSorted(), rows.toSorted());

        // It goes with the session.
        await page.click(".rail .me");
        await page.click('[role="menuitem"]:has-text("Sign out")');
        await page.click('[role="alertdialog"] button:has-text("Sign out"), [role="dialog"] button:has-text("Sign out")');
        await page.waitForSelector('input[name="user"]');
        assert.equal(await page.evaluate(keptList), null);
    },
};

/** The list as it lies on the device, byte by byte. */
function keptList() {
    return new Promise((resolve) => {
        const opening = indexedDB.open("alphorn-vault");
        opening.onupgradeneeded = () => opening.transaction.abort();
        opening.onerror = () => resolve(null);
        opening.onsuccess = () => {
            const reading = opening.result.transaction("values").objectStore("values").get("last-visit");
            reading.onsuccess = () => {
                opening.result.close();
                resolve(reading.result ? new TextDecoder("latin1").decode(reading.result.bytes) : null);
            };
        };
    });
}
