// Somebody else's client on the other side: tests/clients/rust-sdk's `companion`, named in ALPHORN_COMPANION.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { say, signIn, until } from "../harness.mjs";
import { look } from "../look.mjs";

const program = process.env.ALPHORN_COMPANION;

/** A person with matrix-rust-sdk. */
class Companion {
    static async start(server, { name, password }) {
        const one = new Companion();
        one.lines = [];
        one.child = spawn(program, ["--url", server.api, "--user", name, "--password", password], { stdio: ["pipe", "pipe", "inherit"] });
        createInterface(one.child.stdout).on("line", (line) => one.lines.push(line));
        await one.said(/^ready$/);
        return one;
    }

    /** The first line that fits, as soon as it was said. */
    async said(pattern) {
        return until(`the companion says ${pattern}`, () => this.lines.find((line) => pattern.test(line)), 60_000);
    }

    tell(line) {
        this.child.stdin.write(`${line}\n`);
    }

    stop() {
        this.child.kill("SIGKILL");
    }
}

/** Both show the same seven pictures, and both say so. */
async function compare(page, companion) {
    await page.waitForSelector(".sas img >> nth=6");
    const [, ...symbols] = (await companion.said(/^pictures /)).split(" ");
    const numbers = await page.locator(".sas img").evaluateAll((all) => all.map((one) => Number(/\/(\d\d)-/.exec(one.src)?.[1])));
    const { SAS_PICTURES } = await pictures();
    const bare = (text) => text.replace(/\ufe0f/g, "");
    assert.deepEqual(numbers.map((number) => bare(SAS_PICTURES[number])), symbols.map(bare));
    companion.tell("same");
    await page.click('.dlg footer button:has-text("They are the same")');
    await companion.said(/^verified$/);
}

async function pictures() {
    const { readFileSync } = await import("node:fs");
    const text = readFileSync(new URL("../../src/model/sasPictures.ts", import.meta.url), "utf8");
    return { SAS_PICTURES: [...text.slice(0, text.indexOf("];")).matchAll(/"([^"]+)",/g)].map(([, symbol]) => symbol) };
}

const scenes = {
    "others: an encrypted conversation and a verification with matrix-rust-sdk": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const rosa = await server.person("rosa", { shown: "Rosa Rust" });
        const companion = await Companion.start(server, rosa);
        try {
            const page = await browser.visit(server);
            await signIn(page, anna);
            await page.click('button[aria-label="New conversation"]');
            await page.fill('input[name="person"]', "rosa");
            await page.click('.dlg footer button:has-text("Start")');
            await page.waitForSelector('.sys:has-text("Rosa Rust joined")');
            await say(page, "Can you read this?");
            await companion.said(/^read Can you read this\?$/);
            companion.tell("say Yes, every word.");
            await page.waitForSelector('.msg:has-text("Yes, every word.")');
            assert.equal(await page.locator(".msg .shield").count(), 0);
            await page.click('.main > header button[aria-label="Details"]');
            await page.click('.pane .prow:has-text("Rosa Rust")');
            await page.click('.person-keys button:has-text("Compare keys")');
            await page.click('.dlg footer button:has-text("Compare pictures")');
            await compare(page, companion);
            await page.waitForSelector('.dlg h2:has-text("Person checked")');
        } finally {
            companion.stop();
        }
    },

    "others: a device with matrix-rust-sdk is confirmed by this one": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const page = await browser.visit(server);
        await signIn(page, anna);
        await page.goto(`${server.url}/settings/security`);
        await page.waitForSelector('.settings:has-text("This device is confirmed")');
        const companion = await Companion.start(server, anna);
        try {
            const device = page.locator('.devices li:has-text("Companion")');
            await device.locator('.tag:has-text("Not confirmed")').waitFor();
            await look(page, "device-not-confirmed");
            await device.locator('button[aria-label="Confirm"]').click();
            await page.click('.dlg footer button:has-text("Compare pictures")');
            await compare(page, companion);
            await page.waitForSelector('.dlg h2:has-text("Device confirmed")');
            await page.click('.dlg footer button:has-text("Done")');
            await until("the device is in order", async () => (await device.locator(".tag").count()) === 0);
        } finally {
            companion.stop();
        }
    },
};

export const tests = program ? scenes : {};
