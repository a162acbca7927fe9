// One device, one person after the other; and a device that keeps nothing.
import { say, signIn, until } from "../harness.mjs";

export const tests = {
    "who comes next sees nothing of who was here": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const bruno = await server.person("bruno", { shown: "Bruno Kunz" });
        await (await server.as(anna))("POST", "/createRoom", { name: "Kept by Anna", preset: "private_chat" });
        const page = await browser.visit(server);
        await signIn(page, anna);
        await page.click('.rrow:has-text("Kept by Anna")');
        await page.waitForSelector(".cmp textarea");
        await say(page, "between us");
        await page.fill(".cmp textarea", "half a thou");
        await page.waitForTimeout(1_500);
        await page.click(".rail .me, .rail .foot button");
        await page.click('[role="menuitem"]:has-text("Sign out")');
        await page.click('[role="alertdialog"] button:has-text("Sign out"), [role="dialog"] button:has-text("Sign out")');
        await page.waitForSelector('input[name="password"]');
        if (new URL(page.url()).pathname !== "/") throw new Error(`the address still names what was open: ${page.url()}`);
        await signIn(page, bruno);
        await page.waitForTimeout(2_000);
        const kept = await page.evaluate(async () => {
            const all = [document.body.innerText, JSON.stringify({ ...localStorage })];
            for (const { name } of await indexedDB.databases()) {
                all.push(name);
                const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)));
                for (const table of database.objectStoreNames) {
                    const rows = await new Promise((resolve) => (database.transaction(table).objectStore(table).getAll().onsuccess = (event) => resolve(event.target.result)));
                    const keys = await new Promise((resolve) => (database.transaction(table).objectStore(table).getAllKeys().onsuccess = (event) => resolve(event.target.result)));
                    all.push(`${name} ${table} ${JSON.stringify([rows, keys])}`);
                }
                database.close();
            }
            all.push(...(await caches.keys()));
            return all;
        });
        const found = kept.filter((one) => /anna|between us|half a thou/i.test(one));
        if (found.length > 0) throw new Error(`of the first person there is still: ${found.map((one) => one.slice(0, 300)).join("\n")}`);
        await until("bruno is here", () => page.$('.rail [aria-label*="Bruno"], .rail .me'));
    },

    "a browser that keeps nothing is told so in words": async ({ server, browser }) => {
        const page = await browser.visit(server);
        await page.context().addInitScript(() => {
            const refuse = { get: () => { throw new DOMException("blocked", "SecurityError"); } };
            Object.defineProperty(globalThis, "indexedDB", refuse);
            Object.defineProperty(globalThis, "localStorage", refuse);
            Object.defineProperty(globalThis, "sessionStorage", refuse);
        });
        await page.reload();
        await page.waitForSelector('main.whole:has-text("does not let Alphorn keep")');
        // The harness itself keeps something there.
        browser.faults = browser.faults.filter((fault) => !/alphorn.guide|<anonymous>:2/.test(fault));
    },
};
