// A person with matrix-rust-sdk on the other side: tests/clients/rust-sdk's `companion`, named in ALPHORN_COMPANION.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { signIn, until } from "./harness.mjs";

const PATIENCE_MS = 60_000;
const program = process.env.ALPHORN_COMPANION;

/** The scenes, where there is somebody on the other side. */
export const withCompanion = (scenes) => (program ? scenes : {});

export class Companion {
    #asked = new Map();
    #next = 1;

    /** `strict`: keys go to and come from confirmed devices only; `classic`: not by sliding sync. */
    static async start(server, { name, password }, { strict = false, classic = false } = {}) {
        const one = new Companion();
        one.told = [];
        const options = [...(strict ? ["--strict"] : []), ...(classic ? ["--classic"] : [])];
        one.child = spawn(program, ["--url", server.api, "--user", name, "--password", password, ...options], { stdio: ["pipe", "pipe", "inherit"] });
        server.guests.push(one.child);
        createInterface(one.child.stdout).on("line", (line) => one.#heard(JSON.parse(line)));
        one.child.on("close", () => one.#asked.forEach(({ reject }) => reject(new Error("the companion has ended"))));
        Object.assign(one, await one.tells("ready"));
        return one;
    }

    #heard(line) {
        if (process.env.E2E_CONSOLE) console.log("  companion:", JSON.stringify(line).slice(0, 300));
        if (line.tell) return void this.told.push(line);
        const asked = this.#asked.get(line.id);
        this.#asked.delete(line.id);
        if (line.error) asked?.reject(new Error(`${asked.what}: ${line.error}`));
        else asked?.resolve(line.ok);
    }

    /** Does something; the answer of the SDK. */
    do(what, more = {}) {
        const id = this.#next++;
        return new Promise((resolve, reject) => {
            this.#asked.set(id, { what, resolve, reject });
            this.child.stdin.write(`${JSON.stringify({ id, do: what, ...more })}\n`);
        });
    }

    /** The next of these that it tells by itself. */
    async tells(what) {
        return until(`the companion tells ${what}`, () => {
            const at = this.told.findIndex((line) => line.tell === what);
            return at >= 0 && this.told.splice(at, 1)[0];
        }, PATIENCE_MS);
    }

    /** The first item on its screen that fits; throws with what was there instead. */
    async sees(what, fits, place = {}) {
        let items = [];
        try {
            return await until(what, async () => (items = await this.do("items", place)).find((item) => item.event && !item.local && fits(item)), PATIENCE_MS);
        } catch (error) {
            const last = items.slice(-6).map((item) => JSON.stringify(item)).join("\n  ");
            throw new Error(`${error.message}: ${what}; it sees\n  ${last}`);
        }
    }

    /** Says something, and waits until the server has it. */
    async says(text, more = {}) {
        const { thread, room, ...rest } = more;
        await this.do("say", { text, thread, room, ...rest });
        return this.sees(`its own "${text}"`, (item) => item.text === text, { thread, room });
    }
}

/** Anna in the browser and Rosa with matrix-rust-sdk, in a conversation that Anna began. */
export async function together({ server, browser }, how = {}) {
    const anna = await server.person("anna", { shown: "Anna Meier" });
    const rosa = await server.person("rosa", { shown: "Rosa Rust" });
    const companion = await Companion.start(server, rosa, how);
    const page = await browser.visit(server);
    await signIn(page, anna);
    await page.click('button[aria-label="New conversation"]');
    await page.fill('input[name="person"]', "rosa");
    await page.click('.dlg footer button:has-text("Start")');
    await page.waitForSelector('.sys:has-text("Rosa Rust joined")');
    const { room, encrypted } = await companion.do("room");
    assert.ok(encrypted, "the conversation is encrypted");
    return { page, companion, anna, rosa, room };
}

/** Both show the same seven pictures, and both say so. */
export async function compare(page, companion) {
    await page.waitForSelector(".sas img >> nth=6");
    const { symbols } = await companion.tells("pictures");
    const numbers = await page.locator(".sas img").evaluateAll((all) => all.map((one) => Number(/\/(\d\d)-/.exec(one.src)?.[1])));
    const text = readFileSync(new URL("../src/model/sasPictures.ts", import.meta.url), "utf8");
    const known = [...text.slice(0, text.indexOf("];")).matchAll(/"([^"]+)",/g)].map(([, symbol]) => symbol);
    const bare = (symbol) => symbol.replace(/\ufe0f/g, "");
    assert.deepEqual(numbers.map((number) => bare(known[number])), symbols.map(bare));
    await companion.do("same");
    await page.click('.dlg footer button:has-text("They are the same")');
    await companion.tells("verified");
}
