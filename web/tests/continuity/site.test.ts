import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Addresses, parseNodes } from "../../src/continuity/addresses.ts";
import { ServerClock } from "../../src/continuity/clock.ts";
import { failoverFetch } from "../../src/continuity/failover.ts";
import { NoticeStore } from "../../src/continuity/notice.ts";
import type { OutboxView } from "../../src/continuity/outbox/outbox.ts";
import { Pilot } from "../../src/continuity/pilot.ts";
import { Cell } from "../../src/model/store.ts";
import { advance, SimCluster } from "./simulation.ts";

/** Three nodes at headquarters, and one that copies them, from which the page comes. */
async function rig() {
    const cluster = new SimCluster(4);
    const seeburg = cluster.node(3);
    seeburg.ready = false;
    seeburg.standby = { lag: 0, heard_s_ago: 0 };
    const world = cluster.world();
    const addresses = new Addresses(world, seeburg.url, null);
    const pilot = new Pilot(world, addresses, new ServerClock(world));
    const outbox = new Cell<OutboxView>({ items: [], unsent: 0, delivered: 0 });
    const notice = new NoticeStore(world, pilot.link, outbox);
    const cut = (): void => cluster.nodes.slice(0, 3).forEach((node) => node.kill());
    pilot.start();
    await advance(1_000);
    pilots.push(pilot);
    return { cluster, seeburg, pilot, notice, cut, outbox, fetch: failoverFetch(world, addresses, pilot) };
}

const pilots: Pilot[] = [];
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] }));
afterEach(() => {
    for (const pilot of pilots.splice(0)) pilot.stop();
    vi.useRealTimers();
});

/** As a node at a second site told it, eight seconds after the line was cut. */
const TOLD = {
    nodes: [
        { applied: 18, epoch: 1, heard_ms_ago: 10626, here: false, node: 1, ready: false, site: "", standby: null, url: "http://127.0.0.1:12034", version: "0.0.0" },
        { applied: 20, epoch: 1, heard_ms_ago: 0, here: true, node: 4, ready: false, site: "Seeburg", standby: { heard_s_ago: 8, lag: 0 }, url: "http://127.0.0.1:12042", version: "0.0.0" },
    ],
};

describe("a site that only copies", () => {
    it("tells how long ago it heard from headquarters", () => {
        const [home, here] = parseNodes(TOLD);
        expect(home).toMatchObject({ ready: false, standby: undefined, heardMsAgo: 10_626 });
        expect(here).toMatchObject({ here: true, ready: false, site: "Seeburg", standby: { heardMsAgo: 8_000 } });
        expect(parseNodes({ nodes: [{ node: 4, here: true, standby: { lag: 3, heard_s_ago: null } }] })[0]?.standby).toEqual({ heardMsAgo: null });
        expect(parseNodes({ nodes: [{ node: 4, here: true, standby: "yes" }] })[0]?.standby).toBeUndefined();
    });

    it("is not used while headquarters can be reached", async () => {
        const { pilot, seeburg } = await rig();
        expect(pilot.current).not.toBe(seeburg.url);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok" });
    });

    it("says since when it is cut off, and that it is over", async () => {
        const { cluster, pilot, seeburg, notice, cut, outbox } = await rig();
        const cutAt = Date.now();
        cut();
        const heard = setInterval(() => (seeburg.standby = { lag: 0, heard_s_ago: Math.floor((Date.now() - cutAt) / 1000) }), 200);
        await advance(4_000);
        // The site may only be slow to hear: that this device does not get there is certain.
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "site", cut: false });
        await advance(20_000);
        const { state, cut: isCut, since } = pilot.link.getSnapshot();
        expect({ state, isCut }).toEqual({ state: "site", isCut: true });
        expect(Math.abs(since - cutAt)).toBeLessThan(2_000);
        outbox.set({ items: [], unsent: 2, delivered: 0 });
        expect(notice.getSnapshot()).toMatchObject({ kind: "site", cut: true, waiting: 2 });
        // It does not flicker while it lasts.
        await advance(120_000);
        expect(pilot.link.getSnapshot().since).toBe(since);
        clearInterval(heard);
        cluster.nodes.forEach((node) => (node.state = "up"));
        seeburg.standby = { lag: 3, heard_s_ago: 0 };
        await advance(3_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok" });
        expect(pilot.current).not.toBe(seeburg.url);
        expect(notice.getSnapshot()).toMatchObject({ kind: "back", after: "site" });
    });

    it("that is promoted is written to again", async () => {
        const { pilot, seeburg, cut } = await rig();
        cut();
        await advance(5_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "site" });
        seeburg.standby = null;
        seeburg.ready = true;
        await advance(2_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok" });
        expect(pilot.current).toBe(seeburg.url);
    });

    it("is not blamed while headquarters answers and cannot write itself", async () => {
        const { cluster, pilot } = await rig();
        cluster.nodes.forEach((node) => (node.ready = false));
        await advance(5_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "paused" });
    });

    it("refuses a write, which waits", async () => {
        const { cluster, pilot, cut, fetch, seeburg } = await rig();
        cluster.handler = () => Response.json({ errcode: "IO.ALPHORN.WRITES_UNAVAILABLE", error: "" }, { status: 503 });
        cut();
        const answer = fetch(`${seeburg.url}/_matrix/client/v3/rooms/r/send/m.room.message/1`, { method: "PUT", body: "{}" });
        await advance(5_000);
        expect((await answer).status).toBe(503);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "site" });
    });
});
