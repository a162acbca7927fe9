// `npm run e2e [-- WORDS]`: runs the tests of e2e/tests whose name has one of the words; all without any.
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Browser, Server } from "./harness.mjs";

const folder = fileURLToPath(new URL("./tests/", import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".mjs")).sort();
let failed = 0;
let ran = 0;
for (const file of files) {
    const { tests } = await import(`./tests/${file}`);
    for (const [name, test] of Object.entries(tests)) {
        if (words.length > 0 && !words.some((word) => `${file} ${name}`.includes(word))) continue;
        ran += 1;
        const started = Date.now();
        const browser = await Browser.start();
        let server;
        try {
            server = await Server.start();
            await test({ server, browser });
            if (browser.faults.length > 0) throw new Error(browser.faults.join("\n"));
            console.log(`passed  ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${name}`);
        } catch (error) {
            failed += 1;
            console.log(`FAILED  ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${name}\n${error.stack ?? error}`);
            await keepPictures(browser, name);
        } finally {
            await browser.stop();
            await server?.stop();
        }
    }
}
console.log(`e2e: ${ran} tests, ${failed} failed`);
process.exit(failed === 0 && ran > 0 ? 0 : 1);

/** How it looked when it failed. */
async function keepPictures(browser, name) {
    const target = fileURLToPath(new URL("../screens/failed/", import.meta.url));
    mkdirSync(target, { recursive: true });
    let number = 0;
    for (const context of browser.chromium.contexts()) {
        for (const page of context.pages()) {
            const path = `${target}${name.replace(/\W+/g, "-").slice(0, 60)}-${number++}.png`;
            await page.screenshot({ path }).catch(() => undefined);
            console.log(`  ${path}`);
        }
    }
}
