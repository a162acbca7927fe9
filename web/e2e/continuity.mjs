// `npm run e2e:continuity [-- WORDS]`: the client on a cluster whose nodes die. Prints what was measured.
import { fileURLToPath } from "node:url";
import { mkdirSync } from "node:fs";
import { loadavg } from "node:os";
import { Cluster, nextVersion } from "./cluster.mjs";
import { Browser, signIn, until } from "./harness.mjs";

const MESSAGES = 50;
const RESUMED_MS = 2_000;
/** High enough that all rows are drawn: the list holds only what is seen. */
const TALL = 2_600;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let names = 0;
/** Two people in an encrypted room: Anna's page comes from node 0, Bruno's from node 1. */
async function two(cluster, browser, { encrypted = true, second = true, at = cluster.node(0), rotation } = {}) {
    names += 1;
    const anna = await cluster.person(`anna${names}`);
    const bruno = await cluster.person(`bruno${names}`);
    const node = cluster.node(1);
    const content = { algorithm: "m.megolm.v1.aes-sha2", ...(rotation ? { rotation_period_msgs: rotation } : {}) };
    const initial_state = encrypted ? [{ type: "m.room.encryption", state_key: "", content }] : [];
    const { room_id: room } = await node.api("POST", "/createRoom", bruno.token, { name: "Ward", preset: "private_chat", invite: [anna.id], initial_state });
    await node.api("POST", `/rooms/${encodeURIComponent(room)}/join`, anna.token, {});
    await until("all nodes know", () => cluster.node(0).api("GET", `/rooms/${encodeURIComponent(room)}/state`, anna.token));
    const pages = [];
    for (const [person, from] of second ? [[anna, at], [bruno, cluster.node(1)]] : [[anna, at]]) {
        const page = await browser.visit(from, { height: TALL });
        await signIn(page, person);
        await page.click(`.rrow:has-text("Ward")`);
        await page.waitForSelector(".cmp textarea");
        pages.push(page);
    }
    await sleep(1_500);
    return { anna, bruno, room, page: pages[0], other: pages[1] };
}

async function write(page, text) {
    await page.fill(".cmp textarea", text);
    await page.press(".cmp textarea", "Enter");
}

/** What is shown of own or others' messages that begin with a word, in order. */
const shown = (page, word) =>
    page.$$eval(".msg .bd p", (all, begin) => all.map((one) => one.textContent.trim()).filter((text) => text.startsWith(begin)), word);
const link = (page) => page.evaluate(() => document.documentElement.dataset.link);

/** All messages of the room, oldest first, as a node has them. */
async function stored(node, token, room) {
    const all = [];
    let from;
    do {
        const page = await node.api("GET", `/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=100${from ? `&from=${encodeURIComponent(from)}` : ""}`, token);
        all.push(...page.chunk.filter((event) => event.type === "m.room.encrypted" || event.type === "m.room.message"));
        from = page.end;
    } while (from);
    return all.reverse();
}

/** How busy the machine is: figures say little without it. */
const load = () => loadavg()[0].toFixed(0);

function assert(truth, words) {
    if (!truth) throw new Error(words);
}

function assertSame(found, wanted, what) {
    assert(JSON.stringify(found) === JSON.stringify(wanted), `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

/** Writes 50 messages, does something to node 0 at the twentieth; nothing lost, nothing doubled, in order. */
async function during(cluster, browser, hurt, heal, resumedMs = RESUMED_MS) {
    const { anna, room, page, other } = await two(cluster, browser);
    await page.evaluate(() => (window.stillTheSame = true));
    const sent = [];
    const done = [];
    page.on("response", (response) => response.request().method() === "PUT" && /\/send\//.test(response.url()) && response.ok() && done.push({ at: Date.now(), from: new URL(response.url()).origin }));
    let hurtAt = 0;
    const wanted = Array.from({ length: MESSAGES }, (_, at) => `msg-${at}`);
    for (const [at, text] of wanted.entries()) {
        if (at === 20) {
            hurtAt = Date.now();
            await hurt(cluster.node(0));
        }
        sent.push(Date.now());
        await write(page, text);
    }
    const node = cluster.node(2);
    await until("all are stored", async () => (await stored(node, anna.token, room)).length >= MESSAGES, 60_000);
    await until("all have arrived", async () => (await shown(other, "msg-")).length >= MESSAGES, 60_000);
    await sleep(1_000);
    const events = await stored(node, anna.token, room);
    assert(events.length === MESSAGES, `${events.length} events instead of ${MESSAGES}`);
    assertSame(await shown(other, "msg-"), wanted, "what the other sees");
    assertSame(await shown(page, "msg-"), wanted, "what the sender sees");
    assert(await page.evaluate(() => window.stillTheSame), "the page was loaded again");
    await until("nothing waits", async () => (await page.$$(".msg.wait")).length === 0);
    // Both ways: what the other writes comes in, through the sync that has moved.
    const saidAt = Date.now();
    await write(other, "answer-1");
    await until("the answer is here", async () => (await shown(page, "answer-")).length === 1);
    // What the first node still answered before it was hurt says nothing: the first answer of another one counts.
    const first = new Set([cluster.node(0).url, cluster.node(0).direct]);
    const gap = done.find(({ at, from }) => at > hurtAt && !first.has(from)).at - hurtAt;
    const answered = Date.now() - saidAt;
    const pauses = done.slice(1).map(({ at }, before) => at - done[before].at);
    const pause = (which) => Math.max(0, ...pauses.filter((_, index) => which(done[index + 1].at)));
    await heal?.(cluster.node(0));
    assert(gap < resumedMs, `sending resumed after ${gap} ms`);
    return `${MESSAGES} sent, ${events.length} stored, in order; first answer of another node ${gap} ms after; longest pause ${pause((at) => at > hurtAt)} ms after, ${pause((at) => at <= hurtAt)} ms before; answer shown after ${answered} ms; load ${load()}`;
}

const tests = {
    "the node of the page is killed while it sends": ({ cluster, browser }) =>
        during(cluster, browser, (node) => node.kill(), (node) => node.up()),

    "the node of the page freezes while it sends": ({ cluster, browser }) =>
        during(cluster, browser, (node) => node.freeze(), (node) => node.thaw(), 2_500),

    "the node of the page leaves for an upgrade while it sends": ({ cluster, browser }) =>
        during(cluster, browser, (node) => void node.leave(), async (node) => {
            await sleep(6_000);
            await node.up();
        }),

    "a node that only holds the poll dies": async ({ cluster, browser }) => {
        const { bruno, room, page } = await two(cluster, browser, { encrypted: false, second: false });
        const times = [];
        for (const hurt of ["kill", "freeze"]) {
            await until("all is well", async () => (await link(page)) === "ok");
            const node = cluster.node("ABC".indexOf(await page.getAttribute(".line", "data-node")));
            const left = cluster.nodes.find((one) => one !== node);
            node[hurt]();
            const at = Date.now();
            await left.api("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/${hurt}`, bruno.token, { msgtype: "m.text", body: `${hurt}-1` });
            await until("it arrives", async () => (await shown(page, `${hurt}-`)).length === 1);
            times.push(`${hurt}: ${Date.now() - at} ms`);
            assert(Date.now() - at < 3_000, `after ${hurt} reading resumed after ${Date.now() - at} ms`);
            if (hurt === "freeze") node.thaw();
            else await node.up();
        }
        return `reading goes on after ${times.join(", ")}`;
    },

    "all nodes are lost, the page is loaded again, and what was written arrives once": async ({ cluster, browser }) => {
        const { anna, room, page, other } = await two(cluster, browser);
        for (const text of ["old-1", "old-2", "old-3"]) await write(other, text);
        await until("they are here", async () => (await shown(page, "old-")).length === 3);
        await write(page, "mine-0");
        await until("it is sent", async () => (await shown(other, "mine-")).length === 1);
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
        await until("the page is held by the worker", () => page.evaluate(() => navigator.serviceWorker.controller !== null), 90_000);
        for (const node of cluster.nodes) node.kill();
        const began = Date.now();
        await until("it is said", async () => (await link(page)) === "offline");
        const saidAfter = Date.now() - began;
        const reloaded = Date.now();
        await page.reload();
        await page.waitForSelector(".cmp textarea");
        await until("history is readable", async () => (await shown(page, "old-")).length === 3);
        const readable = Date.now() - reloaded;
        await write(page, "mine-1");
        await write(page, "mine-2");
        await page.waitForSelector(`.msg.wait:has-text("mine-2")`);
        await page.waitForSelector(`.bar.offline`);
        await page.screenshot({ path: picture("offline") });
        // Once more: what waits is on the disk.
        await page.reload();
        await page.waitForSelector(`.msg.wait:has-text("mine-2")`);
        for (const node of cluster.nodes) await node.up();
        const up = Date.now();
        await until("they have arrived", async () => (await shown(other, "mine-")).length === 3, 60_000);
        const arrived = Date.now() - up;
        await until("nothing waits", async () => (await page.$$(".msg.wait")).length === 0);
        await sleep(1_500);
        assertSame(await shown(other, "mine-"), ["mine-0", "mine-1", "mine-2"], "what the other sees");
        assertSame(await shown(page, "mine-"), ["mine-0", "mine-1", "mine-2"], "what the sender sees");
        assert((await stored(cluster.node(2), anna.token, room)).length === 6, "not six events");
        return `said after ${saidAfter} ms; readable ${readable} ms after the reload; arrived ${arrived} ms after the nodes were ready`;
    },

    "what was scrolled through is there without a server": async ({ cluster, browser }) => {
        const { bruno, room, page } = await two(cluster, browser, { encrypted: false, second: false });
        const send = (text) => cluster.node(1).api("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/${text}`, bruno.token, { msgtype: "m.text", body: text });
        // More than the list holds at once: it is scrolled, as people do.
        await page.setViewportSize({ width: 1440, height: 900 });
        for (let at = 0; at < 150; at += 1) await send(`deep-${at}`);
        await until("the newest is here", async () => (await shown(page, "deep-149")).length === 1);
        // The page is opened anew, so that the first screen has the newest few and the rest is asked for.
        await page.evaluate(() => indexedDB.deleteDatabase("matrix-js-sdk:alphorn-sync"));
        await page.reload();
        const toTop = async (wanted) => {
            const seen = new Set();
            await page.waitForSelector(".tl .msg");
            await until(`${wanted} is reached`, async () => {
                for (const text of await shown(page, "deep-")) seen.add(text);
                await page.$eval(".tl", (list) => (list.scrollTop = Math.max(0, list.scrollTop - 500)));
                await sleep(60);
                return seen.has(wanted);
            }, 40_000);
            return seen.size;
        };
        const online = await toTop("deep-0");
        await sleep(2_000);
        for (const node of cluster.nodes) node.kill();
        await page.reload();
        const began = Date.now();
        const offline = await toTop("deep-0");
        assert(offline >= 140, `${offline} of ${online} are there`);
        return `${offline} messages scrolled through without a server in ${Date.now() - began} ms (${online} with one)`;
    },

    "the log has no majority: reading goes on, sending waits": async ({ cluster, browser }) => {
        const { anna, room, page, other } = await two(cluster, browser);
        await write(page, "calm-0");
        await until("it is sent", async () => (await shown(other, "calm-")).length === 1);
        cluster.node(1).freezeLog();
        cluster.node(2).freezeLog();
        const at = Date.now();
        for (const text of ["calm-1", "calm-2", "calm-3"]) await write(page, text);
        await until("it is said", async () => (await link(page)) === "paused", 30_000);
        const said = Date.now() - at;
        await page.waitForSelector(`.msg.wait:has-text("calm-3")`);
        assert((await page.textContent(".bar")).includes("second node"), "the banner says something else");
        const hops = await page.evaluate(() => document.querySelector(".line").dataset.node);
        await sleep(3_000);
        assert((await page.evaluate(() => document.querySelector(".line").dataset.node)) === hops, "it wandered");
        for (const node of cluster.nodes) node.thawLog();
        const thawed = Date.now();
        await until("they have arrived", async () => (await shown(other, "calm-")).length === 4, 60_000);
        const arrived = Date.now() - thawed;
        await until("all is well", async () => (await link(page)) === "ok");
        await sleep(1_000);
        assertSame(await shown(page, "calm-"), ["calm-0", "calm-1", "calm-2", "calm-3"], "what the sender sees");
        assert((await stored(cluster.node(2), anna.token, room)).length === 4, "not four events");
        return `said after ${said} ms; arrived ${arrived} ms after the log was whole`;
    },

    "the device is full": async ({ cluster, browser }) => {
        const { anna, room, page, other } = await two(cluster, browser);
        // What a browser does when its quota is used up; filling the disk of this machine would hurt others.
        await page.evaluate(() => {
            const add = IDBObjectStore.prototype.add;
            IDBObjectStore.prototype.add = function (...given) {
                if (this.name === "outbox") throw new DOMException("full", "QuotaExceededError");
                return add.apply(this, given);
            };
        });
        await write(page, "full-0");
        await until("it is sent", async () => (await shown(other, "full-")).length === 1);
        for (const node of cluster.nodes) node.kill();
        await until("it is said", async () => (await link(page)) === "offline");
        await write(page, "full-1");
        await page.waitForSelector(`.msg.wait:has-text("full-1")`);
        const words = await page.textContent(".bar");
        assert(words.includes("Not kept on this device"), `the banner says ${words}`);
        for (const node of cluster.nodes) await node.up();
        await until("it has arrived", async () => (await shown(other, "full-")).length === 2, 60_000);
        assert((await stored(cluster.node(2), anna.token, room)).length === 2, "not two events");
        return "messages go out all the same, and the banner says that they are not kept";
    },

    "a new version comes while the page is open": async ({ cluster, browser }) => {
        const front = cluster.node(0).front ?? (await cluster.front(cluster.node(0)));
        const { page, other } = await two(cluster, browser, { at: { url: front.url } });
        await until("the worker holds the page", () => page.evaluate(() => navigator.serviceWorker.controller !== null), 90_000);
        const next = nextVersion();
        front.dist = next.folder;
        const versions = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("alphorn-shell-")).length);
        await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
        await until("the new version is on the device", async () => (await versions()) === 2);
        // The old page goes on: a part of it that was never loaded, and that the server no longer has.
        const gone = await page.evaluate((name) => fetch(`/assets/${name}`, { cache: "reload" }).then((answer) => answer.ok), next.settings);
        assert(gone, "the old version's file is gone");
        await page.click('a[href^="/people"]');
        await page.evaluate(() => history.pushState({}, "", "/settings"));
        await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
        await page.waitForSelector("#place h1, #place h2");
        // It is said, and nobody has to hurry.
        await page.waitForSelector('.bar.calm:has-text("new version")');
        await page.screenshot({ path: picture("new-version") });
        await page.goBack();
        await page.goBack();
        await page.waitForSelector(".cmp textarea");
        for (const node of cluster.nodes) node.kill(false);
        await until("it is said", async () => (await link(page)) === "offline");
        await write(page, "new-1");
        await page.waitForSelector('.msg.wait:has-text("new-1")');
        await page.reload();
        await page.waitForSelector('.msg.wait:has-text("new-1")');
        const entry = await page.evaluate(() => document.querySelector('script[type="module"]').src);
        assert(entry.endsWith(next.entry), `after the reload it is ${entry}`);
        await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).active.postMessage({ kind: "tidy" }));
        await until("the old version is thrown away", async () => (await versions()) === 1);
        for (const node of cluster.nodes) await node.up();
        await until("it has arrived", async () => (await shown(other, "new-")).length === 1, 60_000);
        await until("nothing waits", async () => (await page.$$(".msg.wait")).length === 0);
        assertSame(await shown(other, "new-"), ["new-1"], "what the other sees");
        if (front === cluster.node(0).front) front.dist = null;
        else front.cut();
        return "the old page loads its old parts and says so, the reload gets the new version with what waits, then the old one goes";
    },

    "the tab is killed while it sends": async ({ cluster, browser }) => {
        const { anna, room, page, other } = await two(cluster, browser);
        const wanted = Array.from({ length: 30 }, (_, at) => `kill-${at}`);
        for (const text of wanted) await write(page, text);
        // The process of the page, not its orderly end: answers that are under way are lost.
        const session = await page.context().newCDPSession(page);
        void session.send("Page.crash").catch(() => undefined);
        await sleep(500);
        const before = (await stored(cluster.node(2), anna.token, room)).length;
        const again = await page.context().newPage();
        await page.close().catch(() => undefined);
        await again.goto(cluster.node(0).url);
        await until("all have arrived", async () => (await shown(other, "kill-")).length >= wanted.length, 60_000);
        await sleep(1_500);
        assertSame(await shown(other, "kill-"), wanted, "what the other sees");
        assert((await stored(cluster.node(2), anna.token, room)).length === wanted.length, "events are lost or doubled");
        return `${before} of ${wanted.length} were stored when it was killed; all once and in order afterwards`;
    },

    "nothing stays locked for one who loads the page again and again": async ({ cluster, browser }) => {
        // Each message with a key of its own.
        const { page, other } = await two(cluster, browser, { rotation: 1 });
        const rounds = Number(process.env.ROUNDS ?? 6);
        let count = 0;
        let reading = true;
        const wanted = [];
        const talking = (async () => {
            while (reading) {
                wanted.push(`key-${count}`);
                await write(page, `key-${count++}`);
                await sleep(60);
            }
        })();
        for (let round = 0; round < rounds; round += 1) {
            // In the middle of whatever it is doing; every third time before it has come to rest.
            await sleep(600 * Math.random());
            await other.reload();
            if (round % 3 < 2) await other.waitForSelector(".cmp textarea");
        }
        reading = false;
        await talking;
        await until("all are readable", async () => {
            await other.$eval(".tl", (list) => (list.scrollTop = list.scrollHeight));
            const locked = await other.$$eval(".msg .locked", (all) => all.length);
            return locked === 0 && (await shown(other, `key-${count - 1}`)).length === 1;
        }, 60_000);
        return `${count} messages, ${rounds} times loaded again, all of them readable`;
    },

    "administrators see a node that dies, and a log that rests": async ({ cluster, browser }) => {
        const boss = await cluster.administrator("boss");
        const page = await browser.visit(cluster.node(1));
        await signIn(page, boss);
        await page.goto(`${cluster.node(1).url}/admin/nodes`);
        const row = (name, words) => page.waitForSelector(`tr:has-text("Node ${name}"):has-text("${words}")`);
        for (const name of "ABC") await row(name, "In order");
        await page.waitForSelector('text="All 3 nodes answer."');
        await page.screenshot({ path: picture("admin-nodes") });
        const at = Date.now();
        cluster.node(2).kill();
        await page.waitForSelector('text="Node C does not answer."');
        await row("C", "No answer");
        const said = Date.now() - at;
        // It falls behind while the others go on.
        const { room_id: room } = await cluster.node(0).api("POST", "/createRoom", boss.token, {});
        for (let count = 0; count < 20; count += 1) await cluster.node(0).api("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/b${count}`, boss.token, { msgtype: "m.text", body: "behind" });
        await until("what it lacks is shown", async () => Number(/(\d+) behind/.exec(await page.innerText('.site-map li:has-text("Node C")'))?.[1]) >= 20);
        await page.screenshot({ path: picture("admin-nodes-killed") });
        cluster.node(0).freezeLog();
        cluster.node(1).freezeLog();
        await page.waitForSelector('text="No node can write."');
        await page.screenshot({ path: picture("admin-nodes-no-log") });
        for (const node of cluster.nodes) node.thawLog();
        await cluster.node(2).up();
        await page.waitForSelector('text="All 3 nodes answer."');
        await until("it has caught up", async () => /\b0 behind/.test(await page.innerText('.site-map li:has-text("Node C")')));
        return `said ${said} ms after it was killed`;
    },

    "two tabs": async ({ cluster, browser }) => {
        const { anna, room, page, other } = await two(cluster, browser);
        const wanted = [];
        for (let at = 0; at < 10; at += 1) {
            wanted.push(`tab-${at}`);
            await write(page, `tab-${at}`);
        }
        const second = await page.context().newPage();
        await second.goto(page.url());
        await second.click("text=Use it here");
        await second.waitForSelector(".cmp textarea");
        for (let at = 10; at < 20; at += 1) {
            wanted.push(`tab-${at}`);
            await write(second, `tab-${at}`);
        }
        await until("all have arrived", async () => (await shown(other, "tab-")).length >= wanted.length, 60_000);
        await sleep(1_500);
        assertSame(await shown(other, "tab-"), wanted, "what the other sees");
        assertSame(await shown(second, "tab-"), wanted, "what the second tab shows");
        assert((await stored(cluster.node(2), anna.token, room)).length === wanted.length, "events are lost or doubled");
        await second.close();
        // The first one goes on by itself when the second is closed.
        await page.waitForSelector(".cmp textarea");
        await write(page, "tab-20");
        await until("it arrives", async () => (await shown(other, "tab-")).length === 21);
        return `${wanted.length} written in two tabs, all once and in order`;
    },

};

/** With a second site, which only copies. */
const sites = {
    "a site is cut off from headquarters": async ({ cluster, browser }) => {
        const seeburg = cluster.nodes.at(-1);
        const { anna, bruno, room, page } = await two(cluster, browser, { encrypted: false, second: false, at: seeburg });
        const atHome = (text) => cluster.node(0).api("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/${text}`, bruno.token, { msgtype: "m.text", body: text });
        await atHome("hq-0");
        await until("it is here", async () => (await shown(page, "hq-")).length === 1);
        await write(page, "mine-0");
        await until("it is sent", async () => (await stored(cluster.node(0), anna.token, room)).length === 2);
        await until("Seeburg has it", async () => (await stored(seeburg, anna.token, room)).length === 2);
        assert(await page.evaluate(() => document.querySelector(".line").dataset.node !== "D"), "headquarters is used while it can be reached");
        // The line is cut, for the log and for people at that site.
        const home = new Set(cluster.home.flatMap((node) => [new URL(node.url).origin, new URL(node.direct).origin]));
        cluster.cutLine();
        await page.context().route((url) => home.has(url.origin), (route) => route.abort());
        const cutAt = Date.now();
        await until("it is said", async () => (await link(page)) === "site");
        const said = Date.now() - cutAt;
        await page.waitForSelector('.bar:has-text("Seeburg has been cut off from headquarters since")');
        const sure = Date.now() - cutAt;
        await atHome("hq-1");
        const refused = await fetch(`${seeburg.direct}/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/no`, {
            method: "PUT",
            headers: { Authorization: `Bearer ${anna.token}` },
            body: "{}",
        });
        assert(refused.status === 503 && (await refused.json()).errcode === "IO.ALPHORN.WRITES_UNAVAILABLE", `a write was answered with ${refused.status}`);
        const [shownTime] = /\d\d:\d\d/.exec(await page.innerText(".bar"));
        const times = [cutAt - 60_000, cutAt, cutAt + 60_000].map((at) => new Date(at).toTimeString().slice(0, 5));
        assert(times.includes(shownTime), `since ${shownTime}, and it was cut at ${times[1]}`);
        await write(page, "mine-1");
        await page.waitForSelector('.msg.wait:has-text("mine-1")');
        assert((await page.innerText(".bar")).includes("1 message is waiting"), await page.innerText(".bar"));
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.screenshot({ path: picture("site-cut-off") });
        await page.setViewportSize({ width: 360, height: 740 });
        await page.screenshot({ path: picture("site-cut-off-phone") });
        await page.setViewportSize({ width: 1440, height: TALL });
        // Read on there, also after the page was loaded again.
        await page.reload();
        await until("history is readable", async () => (await shown(page, "hq-")).length === 1);
        await until("it is said again", async () => (await link(page)) === "site");
        await page.waitForSelector('.msg.wait:has-text("mine-1")');
        await page.context().unrouteAll();
        cluster.mendLine();
        const mended = Date.now();
        await until("all is well", async () => (await link(page)) === "ok");
        await until("what waited arrived", async () => (await stored(cluster.node(0), anna.token, room)).length === 4);
        const sent = Date.now() - mended;
        await until("what was written there is here", async () => (await shown(page, "hq-")).length === 2);
        await until("Seeburg catches up", async () => (await stored(seeburg, anna.token, room)).length === 4);
        await until("nothing waits", async () => (await page.$$(".msg.wait")).length === 0);
        return `said after ${said} ms, that the site itself is cut off after ${sure} ms; sent ${sent} ms after the line was mended`;
    },
};

function picture(name) {
    const folder = fileURLToPath(new URL("../screens/continuity/", import.meta.url));
    mkdirSync(folder, { recursive: true });
    return `${folder}${name}.png`;
}

const words = process.argv.slice(2);
const chosen = (all) => Object.entries(all).filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
let failed = 0;
for (const [all, layout] of [
    [chosen(tests), {}],
    [chosen(sites), { standby: 1 }],
]) {
    if (all.length > 0) await run(all, await Cluster.start(layout));
}
process.exit(failed === 0 ? 0 : 1);

async function run(all, cluster) {
    try {
        for (const [name, test] of all) await scene(name, test, cluster);
    } finally {
        await cluster.stop();
    }
}

async function scene(name, test, cluster) {
    const browser = await Browser.start();
    try {
        const result = await test({ cluster, browser });
        const refused = browser.faults.filter((fault) => /Content Security Policy/.test(fault));
        assert(refused.length === 0, refused.join("\n"));
        console.log(`passed  ${name}: ${result}`);
    } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}\n${error.stack ?? error}`);
        let number = 0;
        for (const context of browser.chromium.contexts()) {
            for (const page of context.pages()) await page.screenshot({ path: picture(`failed-${name.slice(0, 30).replace(/\W+/g, "-")}-${number++}`) }).catch(() => undefined);
        }
    } finally {
        await browser.stop();
        for (const { front } of cluster.nodes) if (front) front.dist = null;
        await cluster.mend();
    }
}
