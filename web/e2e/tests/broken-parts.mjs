// Parts of the page that do not come: one that fails once is asked for again, one that fails for ever takes nothing else along.
import { signIn, until } from "../harness.mjs";

/** Lets requests for a part fail: the first few, or all. The worker is kept away: it would have the file. */
async function broken(page, pattern, times) {
    let failed = 0;
    await page.route(pattern, (route) => {
        if (failed >= times) return route.continue();
        failed += 1;
        return route.abort();
    });
    return () => failed;
}

export const tests = {
    "a part that fails once is there all the same": async ({ server, browser }) => {
        const anna = await server.person("anna");
        const page = await browser.visit(server, { serviceWorkers: "block" });
        const failures = [];
        for (const part of [/assets\/client-[\w-]+\.js/, /assets\/Shell-[\w-]+\.js/, /assets\/SecurityLayer-[\w-]+\.js/, /_bg-[\w-]+\.wasm/]) {
            failures.push(await broken(page, part, 1));
        }
        await page.reload();
        await signIn(page, anna);
        await page.waitForSelector(".side");
        await until("all have failed once", () => failures.every((failed) => failed() === 1));
        await page.waitForTimeout(3_000);
        await page.waitForSelector(".side");
        if (await page.$(".whole, .part-failed, .layer-failed")) throw new Error(await page.textContent("body"));
    },

    "a part that never comes is said, and takes nothing along": async ({ server, browser }) => {
        const anna = await server.person("anna");
        const page = await browser.visit(server, { serviceWorkers: "block" });
        await broken(page, /assets\/SecurityLayer-[\w-]+\.js/, 1_000);
        await broken(page, /assets\/Settings-[\w-]+\.js/, 1_000);
        await signIn(page, anna);
        await page.waitForSelector(".layer-failed");
        await page.waitForSelector(".side");
        await page.evaluate(() => (history.pushState({}, "", "/settings"), dispatchEvent(new PopStateEvent("popstate"))));
        await page.waitForSelector(".part-failed");
        await page.waitForSelector(".rail");
        await page.unroute(/assets\/Settings-[\w-]+\.js/);
        await page.click(".part-failed button");
        await page.waitForSelector("#place h1, #place h2");
        if (await page.$(".part-failed")) throw new Error("the part is still missing");
    },

    "a page without its program says so": async ({ server, browser }) => {
        const page = await browser.visit(server, { serviceWorkers: "block" });
        await page.waitForSelector("form");
        await broken(page, /assets\/en-[\w-]+\.js/, 1_000);
        await page.reload();
        await page.waitForSelector("main.whole button");
        await page.unrouteAll();
        await page.click("main.whole button");
        await page.waitForSelector("form");
    },
};
