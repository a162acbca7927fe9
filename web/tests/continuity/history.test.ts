import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { Addresses } from "../../src/continuity/addresses.ts";
import { ServerClock } from "../../src/continuity/clock.ts";
import { failoverFetch, type Fetch } from "../../src/continuity/failover.ts";
import { Answers } from "../../src/continuity/history/answers.ts";
import { type FileCache, Files } from "../../src/continuity/history/files.ts";
import { History, type Page } from "../../src/continuity/history/history.ts";
import { Journal } from "../../src/continuity/history/journal.ts";
import { offlineFetch } from "../../src/continuity/history/offline.ts";
import { openKept } from "../../src/continuity/kept.ts";
import { Pilot } from "../../src/continuity/pilot.ts";
import { SimCluster } from "./simulation.ts";

/** A `Cache` of this process. */
class SimCache implements FileCache {
    readonly held = new Map<string, Response>();
    readonly #key = (of: RequestInfo | URL): string => new URL(of instanceof Request ? of.url : String(of), "http://node1").href;
    match = async (of: RequestInfo | URL) => this.held.get(this.#key(of))?.clone();
    put = async (of: RequestInfo | URL, response: Response) => void this.held.set(this.#key(of), response);
    delete = async (of: RequestInfo | URL) => this.held.delete(this.#key(of));
    keys = async () => [...this.held.keys()].map((url) => new Request(url));
}

let fileCache = new SimCache();
const ROOM = "!r:b";
let database: IDBDatabase;
let now = 1;

beforeEach(async () => {
    database = await openKept(new IDBFactory(), "@a:b", "DEV");
});

const event = (n: number, more: object = {}) => ({
    event_id: `$${n}`,
    type: "m.room.encrypted",
    sender: "@x:b",
    content: { ciphertext: `c${n}` },
    ...more,
});
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => event(from + at));
const ids = (page: Page | null) => page?.chunk.map((one) => one.event_id);

/** A room of 100 events behind a server that pages by tens: token tN stands before event N. */
function serverPage(from: string): Page {
    const before = Number(from.slice(1));
    const chunk = range(Math.max(0, before - 10), before - 1).reverse();
    const end = before - 10 > 0 ? `t${before - 10}` : undefined;
    return { chunk, state: [], start: from, ...(end ? { end } : {}) };
}

describe("history", () => {
    it("writes what came of very many rooms later, and before anything else of the room", async () => {
        const history = new History(database, () => now++);
        history.liveLater(ROOM, { events: range(80, 89), limited: true, prev_batch: "t80" });
        history.liveLater("!other:b", { events: range(0, 3), limited: true, prev_batch: "o0" });
        expect(await history.size()).toBe(0);
        // What follows is written after it, as one run without gaps.
        await history.live(ROOM, { events: range(90, 99), prev_batch: "t90" });
        await history.older(ROOM, "t80", serverPage("t80"));
        expect(ids(await history.back(ROOM, "t90", 10))).toEqual(range(80, 89).reverse().map((one) => one.event_id));
        const before = await history.size();
        expect(await history.writeNext()).toBe(true);
        expect(await history.size()).toBeGreaterThan(before);
        expect(await history.writeNext()).toBe(false);
    });

    it("gives a room that was left up before it is written", async () => {
        const history = new History(database, () => now++);
        history.liveLater(ROOM, { events: range(0, 9) });
        await history.forgetRoom(ROOM);
        expect(await history.writeNext()).toBe(false);
        expect(await history.size()).toBe(0);
    });

    it("answers a token as the server did, page after page", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(90, 99), limited: true, prev_batch: "t90" });
        await history.older(ROOM, "t90", serverPage("t90"));
        await history.older(ROOM, "t80", serverPage("t80"));
        const first = await history.back(ROOM, "t90", 10);
        expect(first).toEqual(serverPage("t90"));
        expect(await history.back(ROOM, "t80", 10)).toEqual(serverPage("t80"));
        expect(await history.back(ROOM, "t70", 10)).toBeNull();
        expect(await history.back("!other", "t90", 10)).toBeNull();
    });

    it("goes on from a newer token through what came live", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(80, 89), limited: true, prev_batch: "t80" });
        await history.older(ROOM, "t80", serverPage("t80"));
        await history.live(ROOM, { events: range(90, 95), prev_batch: "t90" });
        await history.live(ROOM, { events: range(96, 99), prev_batch: "t96" });
        expect(ids(await history.back(ROOM, "t96", 3))).toEqual(["$95", "$94", "$93", "$92", "$91", "$90"]);
        expect(ids(await history.back(ROOM, "t90", 30))).toEqual(range(70, 89).reverse().map((one) => one.event_id));
    });

    it("closes a gap when paging meets what was there before", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(50, 59), limited: true, prev_batch: "t50" });
        await history.live(ROOM, { events: range(75, 79), limited: true, prev_batch: "t75" });
        expect(await history.back(ROOM, "t75", 10)).toBeNull();
        await history.older(ROOM, "t75", serverPage("t75"));
        await history.older(ROOM, "t65", serverPage("t65"));
        expect(ids(await history.back(ROOM, "t75", 10))).toEqual(range(65, 74).reverse().map((one) => one.event_id));
        expect(ids(await history.back(ROOM, "t65", 100))).toEqual(range(50, 64).reverse().map((one) => one.event_id));
    });

    it("stays within its size, and gives up what was not used for longest", async () => {
        const history = new History(database, () => now++, 6_000);
        for (let n = 0; n < 10; n += 1) {
            await history.live(`!room${n}`, { events: range(0, 9), limited: true, prev_batch: "t0" });
        }
        expect(await history.size()).toBeLessThanOrEqual(6_000);
        await history.older("!room9", "t0", { chunk: [event(-1)], state: [], start: "t0", end: "t-1" });
        expect(ids(await history.back("!room9", "t0", 10))).toEqual(["$-1"]);
        await history.older("!room0", "t0", { chunk: [event(-1)], state: [], start: "t0", end: "t-1" });
        expect(await history.back("!room0", "t0", 10)).toBeNull();
    });

    it("says that the room begins only where the server said so", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(15, 19), limited: true, prev_batch: "t15" });
        await history.live(ROOM, { events: range(20, 24), prev_batch: "t20" });
        await history.older(ROOM, "t15", serverPage("t15"));
        // As far as a token leads on: what lies beyond it would come twice.
        expect(await history.back(ROOM, "t20", 60)).toMatchObject({ end: "t5" });
        await history.older(ROOM, "t5", serverPage("t5"));
        const all = await history.back(ROOM, "t20", 60);
        expect(ids(all)).toEqual(range(0, 19).reverse().map((one) => one.event_id));
        expect(all).not.toHaveProperty("end");
    });

    it("does not take for the beginning what an older part of the room was given up", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(50, 59), limited: true, prev_batch: "t50" });
        await history.live(ROOM, { events: range(65, 69), limited: true, prev_batch: "t65" });
        await history.live(ROOM, { events: range(70, 74), prev_batch: "t70" });
        await history.older(ROOM, "t65", serverPage("t65"));
        expect(ids(await history.back(ROOM, "t70", 60))).toHaveLength(20);
        await history.shrink((await history.size()) - 1);
        expect(await history.back(ROOM, "t65", 60)).toBeNull();
        expect(ids(await history.back(ROOM, "t70", 60))).toEqual(range(65, 69).reverse().map((one) => one.event_id));
        expect(await history.back(ROOM, "t70", 60)).toMatchObject({ end: "t65" });
    });

    it("forgets what was deleted", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(0, 3), limited: true, prev_batch: "t0" });
        await history.live(ROOM, { events: range(4, 5), prev_batch: "t4" });
        await history.live(ROOM, { events: [{ event_id: "$r", type: "m.room.redaction", redacts: "$2", content: {} } as never] });
        const page = await history.back(ROOM, "t4", 10);
        expect(page?.chunk.find((one) => one.event_id === "$2")?.content).toEqual({});
        await history.forgetRoom(ROOM);
        expect(await history.back(ROOM, "t4", 10)).toBeNull();
    });

    it("carries the members that the page needs", async () => {
        const history = new History(database, () => now++);
        await history.live(ROOM, { events: range(20, 29), limited: true, prev_batch: "t20" });
        const member = { event_id: "$m", type: "m.room.member", state_key: "@x:b", content: { displayname: "X" } };
        await history.older(ROOM, "t20", { ...serverPage("t20"), state: [member] });
        expect((await history.back(ROOM, "t20", 10))?.state).toEqual([member]);
    });
});

describe("without a server", () => {
    /** The client as it starts: what it asks, in order. */
    function client(cluster: SimCluster): { fetch: Fetch; pilot: Pilot; stop: () => void } {
        const world = cluster.world();
        const addresses = new Addresses(world, "http://node1", null);
        const pilot = new Pilot(world, addresses, new ServerClock(world));
        pilot.start();
        const parts = {
            world,
            addresses,
            pilot,
            answers: new Answers(database),
            journal: new Journal(database),
            history: new History(database, () => now++),
            files: new Files(async () => fileCache),
        };
        return { fetch: offlineFetch(parts, failoverFetch(world, addresses, pilot)), pilot, stop: () => pilot.stop() };
    }
    const base = "http://node1/_matrix/client/v3";
    const json = async (response: Promise<Response>) => (await response).json() as Promise<Record<string, unknown>>;

    it("a client starts, is given what came since its store was written, and pages back", async () => {
        const cluster = new SimCluster();
        cluster.handler = (_, path) => {
            if (path.includes("/pushrules/")) return Response.json({ global: {} });
            const since = /since=s(\d+)/.exec(path)?.[1];
            if (path.includes("/messages")) return Response.json(serverPage(/from=(t\d+)/.exec(path)?.[1] ?? ""));
            if (since === undefined || Number(since) > 2) return new Promise(() => {});
            const timeline = { events: range(90 + Number(since), 90 + Number(since)), prev_batch: `t${90 + Number(since)}` };
            return Response.json({
                next_batch: `s${Number(since) + 1}`,
                rooms: { join: { [ROOM]: { timeline: { ...timeline, limited: since === "0" } } } },
                to_device: { events: [{ type: "m.room.encrypted", content: { n: since } }] },
            });
        };
        const online = client(cluster);
        await online.fetch(`${base}/pushrules/`);
        for (const since of ["s0", "s1", "s2"]) await online.fetch(`${base}/sync?since=${since}&timeout=30000`);
        await online.fetch(`${base}/rooms/${encodeURIComponent(ROOM)}/messages?from=t90&dir=b&limit=10`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        online.stop();
        for (const node of cluster.nodes) node.kill();

        const offline = client(cluster);
        expect(await json(offline.fetch(`${base}/pushrules/`))).toEqual({ global: {} });
        // The SDK's store was written at s1.
        const second = await json(offline.fetch(`${base}/sync?since=s1&timeout=0`));
        expect(second).toMatchObject({ next_batch: "s2", rooms: { join: { [ROOM]: { timeline: { events: [{ event_id: "$91" }] } } } } });
        // It was taken in by the page before: keys for the device are not given twice.
        expect(second.to_device).toBeUndefined();
        const third = await json(offline.fetch(`${base}/sync?since=s2&timeout=30000`));
        // The last one may not have been: its keys come again.
        expect(third).toMatchObject({ next_batch: "s3", to_device: { events: [{}] } });
        const page = await json(offline.fetch(`${base}/rooms/${encodeURIComponent(ROOM)}/messages?from=t90&dir=b&limit=10`));
        expect((page.chunk as unknown[]).length).toBe(10);
        // What follows the journal waits for a node.
        const waiting = offline.fetch(`${base}/sync?since=s3&timeout=30000`);
        cluster.handler = () => Response.json({ next_batch: "s4" });
        cluster.node(0).state = "up";
        expect(await json(waiting)).toMatchObject({ next_batch: "s4" });
        offline.stop();
    }, 15_000);

    it("an opened file can be opened again, and is asked from a node as long as one answers", async () => {
        fileCache = new SimCache();
        const cluster = new SimCluster();
        let body = "first";
        cluster.handler = () => new Response(body, { headers: { "content-length": String(body.length) } });
        const address = "http://node1/_matrix/client/v1/media/download/b/x";
        const online = client(cluster);
        expect(await (await online.fetch(address)).text()).toBe("first");
        body = "second";
        expect(await (await online.fetch(address)).text()).toBe("second");
        await new Promise((resolve) => setTimeout(resolve, 20));
        online.stop();
        for (const node of cluster.nodes) node.kill();
        const offline = client(cluster);
        expect(await (await offline.fetch(address)).text()).toBe("second");
        offline.stop();
    }, 10_000);

    it("files stay within their size", async () => {
        const cache = new SimCache();
        const files = new Files(async () => cache, 25);
        for (const name of ["a", "b", "c"]) await files.keep(`/${name}`, new Response("0123456789", { headers: { "content-length": "10" } }));
        expect(await files.find("/a")).toBeNull();
        expect(await (await files.find("/c"))?.text()).toBe("0123456789");
    });

    it("what is not kept fails as without a network", async () => {
        const cluster = new SimCluster(1);
        cluster.node(0).kill();
        const { fetch, stop } = client(cluster);
        await expect(fetch(`${base}/rooms/${ROOM}/messages?from=t1&dir=b`)).rejects.toThrow("no node answers");
        stop();
    }, 10_000);
});
