// `node e2e/large.mjs [ROOMS]`: an account with many rooms: how long until it can be used, the first time and each time
// the page is loaded, how the list scrolls, and how long it takes from room to room.
import { loadavg } from "node:os";
import { Browser, Server, signIn } from "./harness.mjs";
import { seed } from "./seed.mjs";

const SWITCHES = 60;
const ROOMS = Number(process.argv[2] ?? 2_000);
const server = await Server.start();
const browser = await Browser.start();
const busy = () => `load ${loadavg()[0].toFixed(0)}`;
const since = (at) => `${((Date.now() - at) / 1000).toFixed(1)} s, ${busy()}`;

let started = Date.now();
await seed(server.api, { rooms: ROOMS, name: "many" });
console.log(`${ROOMS} rooms made in ${since(started)}`);

// A device that has never seen the page.
started = Date.now();
const page = await browser.visit(server);
await page.waitForSelector("form input");
console.log(`sign-in page, nothing cached: ${since(started)}`);
started = Date.now();
await signIn(page, { name: "many", password: "many-in-the-alps" });
await page.waitForSelector(".rrow", { timeout: 120_000 });
console.log(`first sign-in until the rooms are listed: ${since(started)}`);
await page.click(".rrow");
await page.waitForSelector(".cmp textarea");
await page.waitForTimeout(8_000);

const loads = [];
for (let turn = 0; turn < 3; turn++) {
    const worked = await browser.worked();
    // When all rooms are read, the page asks for what comes next and is ready to wait for it.
    const read = page.waitForRequest((request) => /\/sync\?.*timeout=[1-9]/.test(request.url()), { timeout: 120_000 });
    started = Date.now();
    await page.reload();
    await page.waitForSelector(".rrow", { timeout: 120_000 });
    const listed = `${Date.now() - started} ms listed (${worked()} ms of work)`;
    await page.waitForSelector(".msg");
    const room = `${Date.now() - started} ms with its room (${worked()})`;
    await read;
    loads.push(`${listed}, ${room}, ${Date.now() - started} ms until all rooms were read (${worked()})`);
    await page.waitForTimeout(3_000);
}
console.log(`loaded again: ${loads.join("; ")}; ${busy()}`);

const list = await page.locator(".rrow >> nth=0").boundingBox();
await page.mouse.move(list.x + 50, list.y + 200);
await page.evaluate(() => {
    globalThis.frames_ = [];
    let last = performance.now();
    const frame = (now) => (globalThis.frames_.push(now - last), (last = now), requestAnimationFrame(frame));
    requestAnimationFrame(frame);
});
for (let turn = 0; turn < 100; turn++) {
    await page.mouse.wheel(0, turn < 60 ? 1_500 : -3_000);
    await page.waitForTimeout(16);
}
const frames = (await page.evaluate(() => globalThis.frames_)).sort((a, b) => a - b);
console.log(`list scrolled: ${frames.length} frames, half below ${frames[frames.length >> 1].toFixed(0)} ms, 95 % below ${frames[Math.floor(frames.length * 0.95)].toFixed(0)} ms, longest ${frames.at(-1).toFixed(0)} ms; ${await page.locator(".rrow").count()} rows drawn; ${busy()}`);

const times = [];
const works = [];
for (let turn = 0; turn < SWITCHES; turn++) {
    const worked = await browser.worked();
    times.push(
        await page.evaluate(async (number) => {
            const rows = [...document.querySelectorAll(".rrow")];
            const row = rows[number % rows.length];
            const name = row.querySelector("b, .name, .nm")?.textContent ?? "";
            const from = performance.now();
            row.click();
            for (;;) {
                await new Promise((resolve) => requestAnimationFrame(resolve));
                const title = document.querySelector(".main > header h2")?.textContent ?? "";
                if (title.includes(name) && document.querySelector(".tl .msg")) return performance.now() - from;
                if (performance.now() - from > 5000) return Number.POSITIVE_INFINITY;
            }
        }, turn * 3 + 1),
    );
    works.push(worked());
    await page.waitForTimeout(300);
}
times.sort((a, b) => a - b);
works.sort((a, b) => a - b);
const under = (of) => [times, works].map((all) => all[Math.min(SWITCHES - 1, Math.floor(SWITCHES * of))]?.toFixed(0));
const said = (of) => `${under(of)[0]} ms (${under(of)[1]} of work)`;
console.log(`from room to room, ${SWITCHES} times: half below ${said(0.5)}, 95 % below ${said(0.95)}, longest ${said(1)}; ${busy()}`);
const devtools = await page.context().newCDPSession(page);
await devtools.send("HeapProfiler.enable");
await devtools.send("HeapProfiler.collectGarbage");
await devtools.send("Performance.enable");
const { metrics } = await devtools.send("Performance.getMetrics");
console.log(`heap ${Math.round(metrics.find((one) => one.name === "JSHeapUsedSize").value / 1e6)} MB`);
for (const fault of browser.faults) console.log(`fault: ${fault}`);
await browser.stop();
await server.stop();
process.exit(0);
