// `npm run e2e [-- WORDS]`: runs the tests of e2e/tests whose name has one of the words; all without any.
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Browser, Server } from "./harness.mjs";

const folder = fileURLToPath(new URL("./tests/", import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".mjs")).sort();
// A browser among much else is now and then too slow for a scene. It gets a second chance, and that is said.
const CHANCES = 2;
const counts = { passed: 0, unsteady: 0, failed: 0 };
const failures = [];

for (const file of files) {
    const { tests } = await import(`./tests/${file}`);
    for (const [name, test] of Object.entries(tests)) {
        if (words.length > 0 && !words.some((word) => `${file} ${name}`.includes(word))) continue;
        const title = `web::${file.replace(".mjs", "")}::${name.replace(/\W+/g, "_")}`;
        const errors = [];
        const started = Date.now();
        while (errors.length < CHANCES) {
            const error = await once(test, name);
            if (!error) break;
            errors.push(error);
            console.log(`${title}, attempt ${errors.length}: ${error.stack ?? error}`);
        }
        const outcome = errors.length === 0 ? "passed" : errors.length < CHANCES ? "unsteady" : "failed";
        counts[outcome] += 1;
        if (outcome === "failed") failures.push(title);
        const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
        const said = { passed: "ok", unsteady: "ok, at the second attempt", failed: "FAILED" };
        console.log(`test ${title} ... ${said[outcome]} (${took})`);
    }
}
const good = counts.passed + counts.unsteady;
if (failures.length > 0) console.log(`\nfailures:\n${failures.map((title) => `    ${title}`).join("\n")}`);
const result = failures.length === 0 && good > 0 ? "ok" : "FAILED";
console.log(`\ntest result: ${result}. ${good} passed; ${counts.failed} failed; ${counts.unsteady} needed a second attempt`);
process.exit(result === "ok" ? 0 : 1);

/** Runs a scene with a server and browsers of its own. Gives what went wrong. */
async function once(test, name) {
    const browser = await Browser.start();
    let server;
    try {
        server = await Server.start();
        await test({ server, browser });
        if (browser.faults.length > 0) throw new Error(browser.faults.join("\n"));
        return null;
    } catch (error) {
        await keepPictures(browser, name);
        return error;
    } finally {
        await browser.stop();
        await server?.stop();
    }
}

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
