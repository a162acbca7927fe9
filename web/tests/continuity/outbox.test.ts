import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ServerClock } from "../../src/continuity/clock.ts";
import { openKept } from "../../src/continuity/kept.ts";
import { type Content, Later, Refused, type Transport, waitingId } from "../../src/continuity/outbox/item.ts";
import { Outbox } from "../../src/continuity/outbox/outbox.ts";
import { Records } from "../../src/continuity/outbox/records.ts";
import { type Locks, Sender } from "../../src/continuity/outbox/sender.ts";
import { Vault } from "../../src/continuity/outbox/vault.ts";
import { browserWorld } from "../../src/continuity/world.ts";

const world = browserWorld();
const clock = new ServerClock(world);

/** A server that stores each transaction once, and can lose answers. */
class SimServer implements Transport {
    readonly log: { room: string; txnId: string; content: Content }[] = [];
    readonly attempts: string[] = [];
    up = true;
    loseAnswers = 0;
    refuse: ((content: Content) => Refused | Later | null) | null = null;
    uploads = 0;
    readonly redacted: string[] = [];
    /** Each request takes this long. */
    delayMs = 1;

    async send({ roomId, txnId, content }: { roomId: string; type: string; content: Content; txnId: string }) {
        this.attempts.push(txnId);
        await new Promise((resolve) => setTimeout(resolve, this.delayMs));
        if (!this.up) throw new TypeError("no node answers");
        const no = this.refuse?.(content);
        if (no) throw no;
        let at = this.log.findIndex((one) => one.txnId === txnId);
        if (at < 0) at = this.log.push({ room: roomId, txnId, content }) - 1;
        if (this.loseAnswers-- > 0) throw new TypeError("connection reset");
        return `$${at}`;
    }

    async upload(item: { content: Content }, files: readonly { part: string; name: string; blob: Blob }[]) {
        if (!this.up) throw new TypeError("no node answers");
        this.uploads += 1;
        return { ...item.content, url: `mxc://x/${await files[0]?.blob.text()}` };
    }

    async redact(_room: string, eventId: string) {
        this.redacted.push(eventId);
    }
}

class SimLocks implements Locks {
    #tail: Promise<unknown> = Promise.resolve();
    request(_name: string, _options: object, work: () => Promise<void>): Promise<unknown> {
        const run = this.#tail.then(work);
        this.#tail = run.catch(() => {});
        return run;
    }
}

/** BroadcastChannel of tabs that live in this process. */
class SimChannels {
    #all = new Set<{ onmessage: ((event: MessageEvent) => void) | null }>();
    open() {
        const all = this.#all;
        const one = {
            onmessage: null as ((event: MessageEvent) => void) | null,
            postMessage: () => {
                for (const other of all) if (other !== one) queueMicrotask(() => other.onmessage?.({} as MessageEvent));
            },
        };
        all.add(one);
        return one;
    }
}

let factory: IDBFactory;
let server: SimServer;
let locks: SimLocks;
let channels: SimChannels;
let ids = 0;

beforeEach(() => {
    factory = new IDBFactory();
    server = new SimServer();
    locks = new SimLocks();
    channels = new SimChannels();
});

/** A tab: kill() stops it without a farewell. */
async function tab(sends = true) {
    const database = await openKept(factory, "@a:b", "DEV");
    const vault = await Vault.open(database);
    const records = new Records(database, vault);
    const outbox = new Outbox({ records, clock, channel: channels.open(), id: () => `t${ids++}` });
    await outbox.load();
    const sender = new Sender(world, outbox, server);
    if (sends) sender.start(locks, "outbox");
    return { outbox, sender, database, records };
}

const text = (roomId: string, body: string) => ({ roomId, type: "m.room.message", content: { msgtype: "m.text", body } });
const until = (what: () => boolean) => vi.waitFor(() => expect(what()).toBe(true), { timeout: 5_000, interval: 5 });
const bodies = (room = "!r") => server.log.filter((one) => one.room === room).map((one) => one.content.body);

describe("sending", () => {
    it("keeps the order in each room", async () => {
        const { outbox } = await tab();
        for (let n = 0; n < 20; n += 1) {
            await outbox.add(text("!r", `${n}`));
            await outbox.add(text("!s", `s${n}`));
        }
        await until(() => outbox.getSnapshot().unsent === 0);
        expect(bodies()).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
        expect(bodies("!s")).toHaveLength(20);
    });

    it("waits while no node answers and goes out once, in order, when one does", async () => {
        server.up = false;
        const { outbox, sender } = await tab();
        await Promise.all(["one", "two", "three"].map((body) => outbox.add(text("!r", body))));
        await until(() => server.attempts.length > 0 && outbox.getSnapshot().items[0]?.state === "waiting");
        expect(new Set(server.attempts).size).toBe(1);
        server.up = true;
        sender.wake();
        await until(() => outbox.getSnapshot().unsent === 0);
        expect(bodies()).toEqual(["one", "two", "three"]);
    });

    it("repeats with the same transaction id when the answer was lost", async () => {
        server.loseAnswers = 3;
        const { outbox, sender } = await tab();
        const item = await outbox.add(text("!r", "once"));
        await until(() => server.attempts.length === 1);
        while (outbox.getSnapshot().unsent > 0) {
            sender.wake();
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
        expect(server.log).toHaveLength(1);
        expect(new Set(server.attempts)).toEqual(new Set([item.txnId]));
        expect(outbox.getSnapshot().items[0]).toMatchObject({ state: "sent", eventId: "$0" });
    });

    it("says why something was refused, and goes on with the rest", async () => {
        server.refuse = (content) => (content.body === "bad" ? new Refused("M_FORBIDDEN", "not here") : null);
        const { outbox } = await tab();
        const bad = await outbox.add(text("!r", "bad"));
        await outbox.add(text("!r", "good"));
        await until(() => outbox.getSnapshot().unsent === 0);
        expect(bodies()).toEqual(["good"]);
        expect(outbox.getSnapshot().items[0]).toMatchObject({ state: "refused", refusal: { errcode: "M_FORBIDDEN" } });
        server.refuse = null;
        expect(await outbox.retry(bad.txnId)).toBe(true);
        await until(() => server.log.length === 2);
        expect(server.log[1]?.txnId).toBe(bad.txnId);
    });

    it("waits as long as the server asks", async () => {
        const began = Date.now();
        let first = true;
        server.refuse = () => (first ? ((first = false), new Later(1_200)) : null);
        const { outbox } = await tab();
        await outbox.add(text("!r", "patient"));
        await until(() => server.log.length === 1);
        expect(Date.now() - began).toBeGreaterThanOrEqual(1_200);
    });

    it("fills in the id of a message that itself waited", async () => {
        const { outbox } = await tab();
        const first = await outbox.add(text("!r", "question"));
        const relation = { "m.in_reply_to": { event_id: waitingId(first.txnId) } };
        await outbox.add({ roomId: "!r", type: "m.room.message", content: { body: "answer", "m.relates_to": relation } });
        await until(() => server.log.length === 2);
        expect(server.log[1]?.content["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: "$0" } });
    });
});

describe("what waits", () => {
    it("survives the tab, with its order and its ids", async () => {
        server.up = false;
        const first = await tab(false);
        const txns = [];
        for (const body of ["a", "b", "c"]) txns.push((await first.outbox.add(text("!r", body))).txnId);
        server.up = true;
        const second = await tab();
        await until(() => second.outbox.getSnapshot().unsent === 0);
        expect(bodies()).toEqual(["a", "b", "c"]);
        expect(server.log.map((one) => one.txnId)).toEqual(txns);
    });

    it("survives a tab that is killed between the server's acceptance and its answer", async () => {
        const first = await tab();
        server.delayMs = 20;
        const sending = new Promise<void>((resolve) => {
            const real = server.send.bind(server);
            server.send = async (item) => {
                await real(item);
                resolve();
                return new Promise(() => {}); // the tab is gone
            };
        });
        await first.outbox.add(text("!r", "once"));
        await sending;
        locks = new SimLocks(); // the browser frees a dead tab's lock
        server.send = SimServer.prototype.send.bind(server);
        const second = await tab();
        expect(second.outbox.getSnapshot().items[0]).toMatchObject({ tried: true });
        await until(() => second.outbox.getSnapshot().unsent === 0);
        expect(server.log).toHaveLength(1);
        expect(second.outbox.getSnapshot().items[0]?.eventId).toBe("$0");
    });

    it("can be changed and taken back", async () => {
        const { outbox } = await tab(false);
        const one = await outbox.add(text("!r", "one"));
        const two = await outbox.add(text("!r", "two"));
        expect(await outbox.edit(one.txnId, { msgtype: "m.text", body: "better" })).toBe(true);
        expect(await outbox.discard(two.txnId)).toBe(true);
        const later = await tab();
        await until(() => later.outbox.getSnapshot().unsent === 0);
        expect(bodies()).toEqual(["better"]);
    });

    it("that may have gone out is removed if it turns up, and never sent again once taken back", async () => {
        server.loseAnswers = 1;
        const { outbox } = await tab();
        const item = await outbox.add(text("!r", "oh no"));
        await until(() => outbox.getSnapshot().items[0]?.state === "waiting" && server.attempts.length === 1);
        expect(await outbox.discard(item.txnId)).toBe(true);
        expect(outbox.getSnapshot().unsent).toBe(0);
        outbox.echoed("$0", item.txnId);
        await until(() => server.redacted.length === 1);
        expect(server.attempts).toHaveLength(1);
    });

    it("is not on the disk in clear", async () => {
        const { outbox, database } = await tab(false);
        await outbox.add({ ...text("!r", "geheim-im-klartext"), attachments: [{ part: "file", name: "geheim.txt", blob: new Blob(["inhalt-im-klartext"]) }] });
        const all: unknown[] = [];
        for (const table of ["outbox", "blobs", "keys"]) {
            const request = database.transaction(table).objectStore(table).getAll();
            all.push(...(await new Promise<unknown[]>((resolve) => (request.onsuccess = () => resolve(request.result)))));
        }
        const latin = (value: unknown): string =>
            value instanceof ArrayBuffer || ArrayBuffer.isView(value)
                ? Buffer.from(value instanceof ArrayBuffer ? value : value.buffer).toString("latin1")
                : value && typeof value === "object"
                  ? Object.values(value).map(latin).join(" ")
                  : String(value);
        expect(all.length).toBe(3);
        expect(all.map(latin).join(" ")).not.toMatch(/geheim|klartext/);
        const key = (all[2] as { key: CryptoKey }).key;
        await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    });

    it("carries its files, which are uploaded once", async () => {
        server.up = false;
        const first = await tab(false);
        await first.outbox.add({ ...text("!r", "file"), attachments: [{ part: "file", name: "a.txt", blob: new Blob(["bytes"]) }] });
        server.up = true;
        server.loseAnswers = 1;
        const second = await tab();
        await until(() => server.attempts.length === 1);
        while (second.outbox.getSnapshot().unsent > 0) {
            second.sender.wake();
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
        expect(server.log[0]?.content.url).toBe("mxc://x/bytes");
        expect(server.uploads).toBe(1);
    });
});

describe("two tabs", () => {
    it("send everything once, and both show the same", async () => {
        const one = await tab();
        const two = await tab();
        const adding = [];
        for (let n = 0; n < 10; n += 1) adding.push(one.outbox.add(text("!r", `a${n}`)), two.outbox.add(text("!r", `b${n}`)));
        await Promise.all(adding);
        await until(() => one.outbox.getSnapshot().unsent === 0 && two.outbox.getSnapshot().unsent === 0);
        expect(server.log).toHaveLength(20);
        expect(bodies().filter((body) => String(body).startsWith("a"))).toEqual(Array.from({ length: 10 }, (_, n) => `a${n}`));
        const shown = (outbox: Outbox) => outbox.getSnapshot().items.map(({ txnId, state, eventId }) => ({ txnId, state, eventId }));
        await until(() => JSON.stringify(shown(one.outbox)) === JSON.stringify(shown(two.outbox)));
    });

    it("hand over when the one that sends is closed", async () => {
        const one = await tab();
        const two = await tab();
        one.sender.stop();
        await one.outbox.add(text("!r", "from the first"));
        await until(() => server.log.length === 1 && two.outbox.getSnapshot().unsent === 0);
    });
});

describe("echoes", () => {
    it("remove what they answer, by transaction id or event id, before or after the answer", async () => {
        const { outbox } = await tab();
        const one = await outbox.add(text("!r", "one"));
        expect(outbox.echoed("$0", one.txnId)).toBe(true);
        await until(() => server.log.length <= 1 && outbox.getSnapshot().items.length === 0);
        const two = await outbox.add(text("!r", "two"));
        await until(() => outbox.getSnapshot().items[0]?.state === "sent");
        const eventId = outbox.getSnapshot().items[0]?.eventId as string;
        expect(outbox.echoed(eventId, undefined)).toBe(true);
        expect(outbox.getSnapshot().items).toEqual([]);
        expect(outbox.echoed(eventId, two.txnId)).toBe(false);
        expect((await tab(false)).outbox.getSnapshot().items).toEqual([]);
    });
});

describe("a full device", () => {
    it("gives old history up, and else keeps the message in the page and says so", async () => {
        const { records } = await tab(false);
        const full = Object.assign(Object.create(records) as Records, {
            add: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
        });
        let asked = 0;
        const outbox = new Outbox({ records: full, clock, channel: null, id: () => `q${ids++}`, makeRoom: async () => (asked++, true) });
        const item = await outbox.add(text("!r", "still sent"));
        expect(item.kept).toBe(false);
        expect(asked).toBe(1);
        const sender = new Sender(world, outbox, server);
        sender.start(null, "");
        await until(() => server.log.length === 1 && outbox.getSnapshot().unsent === 0);
    });

    it("writes down what it could not, in its place, once there is room", async () => {
        const { records } = await tab(false);
        let full = false;
        const sometimes = Object.assign(Object.create(records) as Records, {
            add: (...given: Parameters<Records["add"]>) => (full ? Promise.reject(new DOMException("full", "QuotaExceededError")) : records.add(...given)),
        });
        const outbox = new Outbox({ records: sometimes, clock, channel: null, id: () => `k${ids++}` });
        await outbox.add(text("!r", "one"));
        full = true;
        await outbox.add(text("!r", "two"));
        await outbox.add({ ...text("!r", "three"), attachments: [{ part: "file", name: "three.txt", blob: new Blob(["3"]) }] });
        expect(await outbox.keepLoose()).toBe(false);
        full = false;
        await outbox.add(text("!r", "four"));
        expect(await outbox.keepLoose()).toBe(true);
        expect(outbox.getSnapshot().items.every((item) => item.kept)).toBe(true);
        // Another page finds all of it, in the order in which it was written.
        const again = await tab(false);
        const items = again.outbox.getSnapshot().items;
        expect(items.map((item) => item.content.body)).toEqual(["one", "two", "three", "four"]);
        const [file] = await again.outbox.files(items[2]!);
        expect(await file?.blob.text()).toBe("3");
    });
});
