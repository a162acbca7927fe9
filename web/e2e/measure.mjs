// `node e2e/measure.mjs [EVENTS] [MINUTES]`: scrolls through a long room and says how smooth it is, how much memory it
// holds, and how long it takes from one room to another; then scrolls up and down for so many minutes, going to other
// rooms in between, and says every minute what is held.
import { loadavg } from "node:os";
import { Browser, Server, signIn, until } from "./harness.mjs";

const EVENTS = Number(process.argv[2] ?? 50_000);
const MINUTES = Number(process.argv[3] ?? 0);
const SWITCHES = 100;
const AT_ONCE = 24;
const busy = () => `load ${loadavg()[0].toFixed(1)}`;
const server = await Server.start();
const browser = await Browser.start();
const anna = await server.person("anna", { shown: "Anna Meier" });
const beat = await server.person("beat", { shown: "Beat Lüthi" });

async function tokenOf({ name, password }) {
    const body = JSON.stringify({ type: "m.login.password", identifier: { type: "m.id.user", user: name }, password });
    return (await (await fetch(`${server.api}/_matrix/client/v3/login`, { method: "POST", body })).json()).access_token;
}
const tokens = [await tokenOf(anna), await tokenOf(beat)];
async function ask(token, method, path, body) {
    const answer = await fetch(`${server.api}/_matrix/client/v3${path}`, { method, headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
}
const words = "The monitor in bed 12 is tested and on the network. Arterial line works. Next update at 14:30, see the list in the folder.".split(" ");
const textOf = (number) => `${number}: ${words.slice(0, 3 + ((number * 7) % 20)).join(" ")}${number % 9 === 0 ? "\nand a second line" : ""}`;

async function roomOf(name, events) {
    const { room_id } = await ask(tokens[0], "POST", "/createRoom", { name, invite: [beat.id] });
    await ask(tokens[1], "POST", `/rooms/${encodeURIComponent(room_id)}/join`, {});
    let next = 0;
    const work = async (slot) => {
        while (next < events) {
            const number = next++;
            await ask(tokens[(slot + Math.floor(number / 40)) % 2], "PUT", `/rooms/${encodeURIComponent(room_id)}/send/m.room.message/${name.slice(-2)}${number}`, { msgtype: "m.text", body: textOf(number) });
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_none, slot) => work(slot)));
    return room_id;
}

let started = Date.now();
const long = await roomOf("The long room", EVENTS);
console.log(`seeded ${EVENTS} events in ${((Date.now() - started) / 1000).toFixed(0)} s`);
for (let number = 0; number < 8; number++) await roomOf(`Other ${number}`, 60);

const page = await browser.visit(server);
await signIn(page, anna);
await page.goto(`${server.url}/chats/${encodeURIComponent(long)}`);
await page.waitForSelector(".msg");
await page.waitForTimeout(1500);
const devtools = await page.context().newCDPSession(page);
await devtools.send("Performance.enable");
await devtools.send("HeapProfiler.enable");
async function memory() {
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name) => metrics.find((one) => one.name === name).value;
    return { heapMB: Math.round(of("JSHeapUsedSize") / 1e6), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}
await page.evaluate(() => {
    globalThis.frames_ = [];
    let last = performance.now();
    const frame = (now) => (globalThis.frames_.push(now - last), (last = now), requestAnimationFrame(frame));
    requestAnimationFrame(frame);
});
console.log("at the end", await memory());

const firstSeen = () => page.evaluate(() => Number(document.querySelector(".tl .msg .plain")?.textContent?.split(":")[0] ?? -1));
const box = await page.locator(".tl").boundingBox();
await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
started = Date.now();
let reported = EVENTS;
let still = 0;
for (let at = EVENTS; at > 5 && still < 200; ) {
    for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, -2400);
    await page.waitForTimeout(16);
    const now = await firstSeen();
    still = now >= at ? still + 1 : 0;
    at = now;
    if (at < reported - EVENTS / 5) {
        reported = at;
        console.log(`at event ${at}, ${((Date.now() - started) / 1000).toFixed(0)} s`, await memory());
    }
}
console.log(`scrolled to event ${await firstSeen()} in ${((Date.now() - started) / 1000).toFixed(0)} s`, await memory());
const frames = (await page.evaluate(() => globalThis.frames_)).sort((a, b) => a - b);
const part = (of) => frames[Math.floor(frames.length * of)]?.toFixed(0);
console.log(`frames: ${frames.length}, half below ${part(0.5)} ms, 95 % below ${part(0.95)} ms, 99 % below ${part(0.99)} ms, longest ${part(0.9999)} ms; ${busy()}`);

await page.click(".to-end");
await until("the end is there again", () => page.locator(`.msg:has-text("${EVENTS - 1}:")`).count());
console.log("back at the end", await memory());

/** Goes to the room with this name; how long until its messages are there, in milliseconds. */
const goTo = (name) =>
    page.evaluate(async (wanted) => {
        const row = [...document.querySelectorAll(".rrow")].find((one) => one.textContent.includes(wanted));
        const from = performance.now();
        row.click();
        for (;;) {
            await new Promise((resolve) => requestAnimationFrame(resolve));
            const title = document.querySelector(".main > header h2")?.textContent ?? "";
            if (title.includes(wanted) && document.querySelector(".tl .msg")) return performance.now() - from;
            if (performance.now() - from > 5000) return Number.POSITIVE_INFINITY;
        }
    }, name);
const times = [];
const works = [];
for (let turn = 0; turn < SWITCHES; turn++) {
    const worked = await browser.worked();
    times.push(await goTo(turn % 3 === 2 ? "The long room" : `Other ${turn % 8}`));
    works.push(worked());
    await page.waitForTimeout(250);
}
times.sort((a, b) => a - b);
works.sort((a, b) => a - b);
const under = (of) => [times, works].map((all) => all[Math.min(SWITCHES - 1, Math.floor(SWITCHES * of))]?.toFixed(0));
const said = (of) => `${under(of)[0]} ms (${under(of)[1]} of work)`;
console.log(`from room to room, ${SWITCHES} times: half below ${said(0.5)}, 95 % below ${said(0.95)}, longest ${said(1)}; ${busy()}`);

const end = Date.now() + MINUTES * 60_000;
let wheel = 0;
let farthest = EVENTS;
await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
for (let minute = 0; Date.now() < end; minute++) {
    const next = Date.now() + 60_000;
    let switches = 0;
    while (Date.now() < next) {
        await goTo("The long room");
        // Up for some seconds, then down again, from ever other places.
        for (let turn = 0; turn < 150; turn++, wheel++) {
            await page.mouse.wheel(0, turn < 110 ? -1_800 : 1_500);
            await page.waitForTimeout(60);
            if (turn === 109) farthest = Math.min(farthest, await firstSeen());
        }
        await goTo(`Other ${switches++ % 8}`);
        await page.waitForTimeout(500);
    }
    console.log(`minute ${minute + 1}, ${wheel} turns of the wheel, up to message ${farthest}, ${busy()}`, await memory());
}
for (const fault of browser.faults) console.log(`fault: ${fault}`);
await browser.stop();
await server.stop();
process.exit(0);
