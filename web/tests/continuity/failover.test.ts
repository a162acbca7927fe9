import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Addresses } from "../../src/continuity/addresses.ts";
import { ServerClock } from "../../src/continuity/clock.ts";
import { failoverFetch, type Fetch } from "../../src/continuity/failover.ts";
import { Pilot } from "../../src/continuity/pilot.ts";
import { advance, SimCluster } from "./simulation.ts";

const HOME = "http://node1";
const SYNC = `${HOME}/_matrix/client/v3/sync?since=s1`;

interface Rig {
    cluster: SimCluster;
    pilot: Pilot;
    fetch: Fetch;
    addresses: Addresses;
    clock: ServerClock;
}

async function rig(size = 3): Promise<Rig> {
    const cluster = new SimCluster(size);
    const world = cluster.world();
    const addresses = new Addresses(world, HOME, null);
    const clock = new ServerClock(world);
    const pilot = new Pilot(world, addresses, clock);
    pilot.start();
    await advance(50);
    return { cluster, pilot, addresses, clock, fetch: failoverFetch(world, addresses, pilot) };
}

/** A sync that is answered only when the test says so. */
function longPoll(cluster: SimCluster): { polls: string[]; answer: () => void } {
    const polls: string[] = [];
    let answer = (): void => {};
    cluster.handler = (node, path) => {
        if (!path.includes("/sync")) return Response.json({ by: node.url });
        polls.push(node.url);
        return new Promise((resolve) => {
            answer = () => resolve(Response.json({ next_batch: "s2", by: node.url }));
        });
    };
    return { polls, answer: () => answer() };
}

let rigs: Rig[] = [];
async function made(size?: number): Promise<Rig> {
    const one = await rig(size);
    rigs.push(one);
    return one;
}

beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
    for (const one of rigs) one.pilot.stop();
    rigs = [];
    vi.useRealTimers();
});

describe("a node that dies", () => {
    it("is left at once, and the long poll goes on elsewhere without its caller knowing", async () => {
        const { cluster, pilot, fetch } = await made();
        const { polls, answer } = longPoll(cluster);
        const sync = fetch(SYNC);
        await advance(100);
        cluster.node(0).kill();
        await advance(100);
        expect(polls).toHaveLength(2);
        expect(polls[1]).not.toBe(HOME);
        expect(pilot.current).toBe(polls[1]);
        answer();
        await advance(20);
        await expect((await sync).json()).resolves.toMatchObject({ next_batch: "s2" });
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok", changes: 1, change: { from: "A" } });
    });

    it("is noticed when it only freezes, within two seconds", async () => {
        const { cluster, pilot, fetch } = await made();
        const { polls } = longPoll(cluster);
        void fetch(SYNC).catch(() => {});
        for (const offset of [0, 350, 650]) {
            await advance(3_000 + offset);
            const at = cluster.nodes.find((node) => node.url === pilot.current);
            if (!at) throw new Error("no node");
            const before = polls.length;
            at.state = "frozen";
            await advance(2_000);
            expect(pilot.current).not.toBe(at.url);
            expect(polls.length).toBe(before + 1);
            at.state = "up";
            await advance(11_000);
        }
    });

    it("is not gone back to when it returns", async () => {
        const { cluster, pilot } = await made();
        cluster.node(0).kill();
        await advance(3_000);
        const second = pilot.current;
        cluster.node(0).state = "up";
        await advance(60_000);
        expect(pilot.current).toBe(second);
        expect(pilot.link.getSnapshot().changes).toBe(1);
    });

    it("gets a request that may not be repeated only once", async () => {
        const { cluster, pilot, fetch } = await made();
        let made_ = 0;
        cluster.handler = (node) => {
            made_ += 1;
            node.kill();
            return Response.json({});
        };
        const creating = fetch(`${HOME}/_matrix/client/v3/createRoom`, { method: "POST", body: "{}" });
        const outcome = expect(creating).rejects.toThrow(TypeError);
        await advance(3_000);
        await outcome;
        expect(made_).toBe(1);
        expect(pilot.current).not.toBe(HOME);
    });

    it("gets a PUT with a transaction id as often as it takes", async () => {
        const { cluster, fetch } = await made();
        const seen: string[] = [];
        cluster.handler = (node, path) => {
            seen.push(path);
            if (node.url === HOME) node.kill();
            return Response.json({ event_id: "$1" });
        };
        const sending = fetch(`${HOME}/_matrix/client/v3/rooms/!r/send/m.room.message/t1`, { method: "PUT", body: "{}" });
        await advance(500);
        await expect((await sending).json()).resolves.toEqual({ event_id: "$1" });
        expect(new Set(seen).size).toBe(1);
        expect(seen).toHaveLength(2);
    });

    it("that is in front of a proxy (502 without a Matrix error) is left", async () => {
        const { cluster, fetch } = await made();
        cluster.handler = (node) => (node.url === HOME ? new Response("bad gateway", { status: 502 }) : Response.json({ ok: 1 }));
        const asking = fetch(`${HOME}/_matrix/client/v3/account/whoami`);
        await advance(200);
        expect((await asking).status).toBe(200);
    });
});

describe("no node at all", () => {
    it("is said after three seconds, not before, and the poll resumes when one is back", async () => {
        const { cluster, pilot, fetch } = await made();
        const { polls, answer } = longPoll(cluster);
        const sync = fetch(SYNC);
        await advance(100);
        for (const node of cluster.nodes) node.kill();
        const began = Date.now();
        await advance(900);
        expect(pilot.link.getSnapshot().state).toBe("ok");
        await advance(1_000);
        expect(pilot.link.getSnapshot().state).toBe("changing");
        await advance(1_500);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "offline" });
        expect(Math.abs(pilot.link.getSnapshot().since - began)).toBeLessThan(50);
        await advance(60_000);
        cluster.node(2).state = "up";
        await advance(1_500);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok", back: { after: "offline" } });
        expect(polls.at(-1)).toBe("http://node3");
        answer();
        await advance(20);
        expect((await sync).status).toBe(200);
    });

    it("lets what somebody waits for fail after a moment", async () => {
        const { cluster, fetch } = await made();
        for (const node of cluster.nodes) node.kill();
        await advance(5_000);
        const asking = expect(fetch(`${HOME}/_matrix/client/v3/rooms/!r/messages`)).rejects.toThrow("no node answers");
        await advance(4_100);
        await asking;
    });

    it("heeds the caller's abort while it waits", async () => {
        const { cluster, fetch } = await made();
        for (const node of cluster.nodes) node.kill();
        await advance(5_000);
        const control = new AbortController();
        const asking = expect(fetch(SYNC, { signal: control.signal })).rejects.toMatchObject({ name: "AbortError" });
        control.abort();
        await advance(1);
        await asking;
    });
});

describe("a cluster that cannot write", () => {
    const refusal = (): Response =>
        Response.json({ errcode: "IO.ALPHORN.WRITES_UNAVAILABLE", error: "" }, { status: 503, headers: { "retry-after": "1" } });

    it("is paused and not searched through", async () => {
        const { cluster, pilot, fetch } = await made();
        cluster.handler = refusal;
        for (const node of cluster.nodes) node.ready = false;
        const sending = fetch(`${HOME}/_matrix/client/v3/rooms/!r/send/m.room.message/t1`, { method: "PUT", body: "{}" });
        await advance(100);
        expect((await sending).status).toBe(503);
        await advance(2_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "paused", changes: 0 });
        expect(pilot.current).toBe(HOME);
        for (const node of cluster.nodes) node.ready = true;
        await advance(1_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok", back: { after: "paused" } });
    });

    it("is not said for the seconds in which a new leader is elected", async () => {
        const { cluster, pilot } = await made();
        for (const node of cluster.nodes) node.ready = false;
        await advance(1_300);
        for (const node of cluster.nodes) node.ready = true;
        await advance(3_000);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok", back: null });
    });

    it("is only one node: another one that says it can is taken", async () => {
        const { cluster, pilot, fetch } = await made();
        cluster.node(0).ready = false;
        cluster.handler = (node) => (node.url === HOME ? refusal() : Response.json({ event_id: "$1" }));
        const sending = fetch(`${HOME}/_matrix/client/v3/rooms/!r/send/m.room.message/t1`, { method: "PUT", body: "{}" });
        await advance(200);
        expect((await sending).status).toBe(200);
        expect(pilot.current).not.toBe(HOME);
    });
});

describe("a node that leaves", () => {
    it("loses its readers within a second, and finishes what it does", async () => {
        const { cluster, pilot, fetch } = await made();
        const { polls } = longPoll(cluster);
        void fetch(SYNC).catch(() => {});
        await advance(100);
        cluster.node(0).ready = false;
        await advance(1_000);
        expect(polls).toHaveLength(2);
        expect(pilot.link.getSnapshot()).toMatchObject({ state: "ok", change: { announced: true } });
    });
});

describe("what is not the node's fault", () => {
    it("429 goes to the caller, and no other node is asked", async () => {
        const { cluster, fetch } = await made();
        let asked = 0;
        cluster.handler = () => {
            asked += 1;
            return Response.json({ errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 500 }, { status: 429 });
        };
        const asking = fetch(`${HOME}/_matrix/client/v3/rooms/!r/send/m.room.message/t1`, { method: "PUT", body: "{}" });
        await advance(100);
        expect((await asking).status).toBe(429);
        expect(asked).toBe(1);
    });

    it("a node that is behind does not end a session that another node knows", async () => {
        const { cluster, pilot, fetch } = await made();
        cluster.handler = (node) =>
            node.url === HOME ? Response.json({ errcode: "M_UNKNOWN_TOKEN", error: "" }, { status: 401 }) : Response.json({});
        const asking = fetch(`${HOME}/_matrix/client/v3/profile/@a:b`, { headers: { Authorization: "Bearer x" } });
        await advance(300);
        expect((await asking).status).toBe(200);
        expect(pilot.current).not.toBe(HOME);
    });

    it("a session that all nodes have forgotten ends", async () => {
        const { cluster, fetch } = await made();
        cluster.handler = () => Response.json({ errcode: "M_UNKNOWN_TOKEN", error: "" }, { status: 401 });
        const asking = fetch(`${HOME}/_matrix/client/v3/profile/@a:b`, { headers: { Authorization: "Bearer x" } });
        await advance(300);
        expect((await asking).status).toBe(401);
    });

    it("other servers are asked directly", async () => {
        const { fetch } = await made();
        await expect(fetch("http://elsewhere/x")).rejects.toThrow("no");
    });
});

describe("addresses", () => {
    it("are learnt from the node in use, and never lose TLS", async () => {
        const { addresses } = await made();
        expect(addresses.urls).toEqual(["http://node1", "http://node2", "http://node3"]);
        const secure = new Addresses(new SimCluster().world(), "https://a.example", null);
        secure.learnUrls(["http://b.example", "https://c.example/", "javascript:alert(1)", 7, "https://u:p@d.example"]);
        expect(secure.urls).toEqual(["https://a.example", "https://c.example"]);
    });

    it("are kept", async () => {
        const cluster = new SimCluster();
        vi.useRealTimers();
        const first = new Addresses(cluster.world(), HOME, indexedDB);
        first.learnUrls(["http://node2"]);
        await new Promise((resolve) => setTimeout(resolve, 50));
        const second = new Addresses(cluster.world(), HOME, indexedDB);
        await second.load();
        expect(second.urls).toEqual([HOME, "http://node2"]);
    });
});

describe("the server's clock", () => {
    it("is used only where the device's is far off", async () => {
        const { cluster, clock } = await made();
        expect(clock.offset()).toBe(0);
        cluster.skewMs = 3 * 3600_000;
        await advance(1_000);
        expect(Math.abs(clock.offset() - 3 * 3600_000)).toBeLessThan(1_500);
    });
});

describe("what is shown of the nodes", () => {
    it("a node that has just failed is silent, although the others still think it well", async () => {
        const { cluster, pilot } = await made();
        const list = cluster.list.bind(cluster);
        cluster.node(0).kill();
        // The others hear of each other every two seconds and believe for five.
        cluster.list = (by) => {
            const told = list(by) as { nodes: { ready: boolean; heard_ms_ago: number }[] };
            for (const one of told.nodes) Object.assign(one, { ready: true, heard_ms_ago: 1_000 });
            return told;
        };
        await advance(1_500);
        const states = () => pilot.link.getSnapshot().nodes.map((node) => `${node.name} ${node.state}`);
        expect(states()).toContain("A silent");
        expect(states().filter((one) => one.endsWith("here"))).toHaveLength(1);
        cluster.list = list;
        cluster.node(0).state = "up";
        await advance(8_000);
        expect(states()).toContain("A up");
    });
});
