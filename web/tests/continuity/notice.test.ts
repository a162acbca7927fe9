import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LinkStore } from "../../src/continuity/link.ts";
import { NoticeStore } from "../../src/continuity/notice.ts";
import type { OutboxItem } from "../../src/continuity/outbox/item.ts";
import type { OutboxView } from "../../src/continuity/outbox/outbox.ts";
import { Cell } from "../../src/model/store.ts";
import { advance, SimCluster } from "./simulation.ts";

const item = (txnId: string, state: OutboxItem["state"]) => ({ txnId, state, tried: true }) as OutboxItem;
const view = (items: OutboxItem[], delivered = 0): OutboxView => ({
    items,
    delivered,
    unsent: items.filter((one) => one.state === "waiting" || one.state === "sending").length,
});

function rig() {
    const link = new LinkStore(0);
    const outbox = new Cell<OutboxView>(view([]));
    const notice = new NoticeStore(new SimCluster().world(), link, outbox);
    return { link, outbox, notice };
}

const change = { from: "A", to: "B", at: 1, announced: false, tookMs: 300 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the line above everything", () => {
    it("says that nothing was lost only when all of it has arrived", () => {
        const { link, outbox, notice } = rig();
        outbox.set(view([item("one", "sending"), item("two", "waiting")]));
        link.changed(change);
        expect(notice.getSnapshot()).toMatchObject({ kind: "changed", from: "A", to: "B", again: 2 });
        outbox.set(view([item("one", "sent"), item("two", "waiting"), item("later", "sending")]));
        expect(notice.getSnapshot()).toMatchObject({ again: 1 });
        outbox.set(view([item("later", "sending")], 2));
        expect(notice.getSnapshot()).toMatchObject({ again: 0 });
    });

    it("goes after six seconds, but not while somebody reads it", async () => {
        const { link, notice } = rig();
        link.changed(change);
        notice.hold(true);
        await advance(20_000);
        expect(notice.getSnapshot()).toMatchObject({ kind: "changed" });
        notice.hold(false);
        expect(notice.getSnapshot()).toBeNull();
    });

    it("stays as long as there is no node, and counts what waits and what went out", async () => {
        const { link, outbox, notice } = rig();
        link.enter("offline", 50, 10);
        outbox.set(view([item("one", "waiting"), item("two", "waiting")]));
        await advance(60_000);
        expect(notice.getSnapshot()).toEqual({ kind: "offline", since: 10, waiting: 2 });
        link.enter("ok", 90);
        outbox.set(view([item("one", "sent"), item("two", "sent")], 2));
        expect(notice.getSnapshot()).toEqual({ kind: "back", after: "offline", sent: 2 });
        await advance(4_100);
        expect(notice.getSnapshot()).toBeNull();
    });

    it("puts the worst first", () => {
        const { link, notice } = rig();
        link.changed(change);
        link.enter("paused", 5);
        expect(notice.getSnapshot()).toMatchObject({ kind: "paused" });
        link.enter("offline", 6);
        expect(notice.getSnapshot()).toMatchObject({ kind: "offline" });
    });
});
