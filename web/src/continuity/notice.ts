/** The one line above everything: what is wrong, or has just been mended. Worst first; none while all is well. */

import { type Readable, Store } from "../model/store.ts";
import type { Link } from "./link.ts";
import type { OutboxView } from "./outbox/outbox.ts";
import type { World } from "./world.ts";

export type Notice =
    | { kind: "offline"; since: number; waiting: number }
    /** `cut`: the site itself is cut off, not only this device. */
    | { kind: "site"; since: number; cut: boolean; waiting: number }
    | { kind: "paused"; since: number; waiting: number }
    /** `again`: so many that were under way have no answer yet; at 0 it may be said that nothing was lost. */
    | { kind: "changed"; from: string; to: string; announced: boolean; again: number }
    | { kind: "back"; after: "offline" | "site" | "paused"; sent: number };

const CHANGED_MS = 6_000;
const BACK_MS = 4_000;

export class NoticeStore extends Store<Notice | null> {
    readonly #world: World;
    readonly #link: Readable<Link>;
    readonly #outbox: Readable<OutboxView>;
    #held = false;
    #passing: { notice: Notice; over: boolean; under: ReadonlySet<string> } | null = null;
    #timer: unknown = null;
    #seenChange: Link["change"] = null;
    #seenBack: Link["back"] = null;
    /** Delivered when all was well last. */
    #delivered = 0;

    constructor(world: World, link: Readable<Link>, outbox: Readable<OutboxView>) {
        super(null);
        this.#world = world;
        this.#link = link;
        this.#outbox = outbox;
        link.subscribe(() => this.#look());
        outbox.subscribe(() => this.#look());
        this.#look();
    }

    /** While it is pointed at or focused it stays. */
    hold(held: boolean): void {
        this.#held = held;
        if (!held) this.#look();
    }

    #look(): void {
        const link = this.#link.getSnapshot();
        const { items, unsent, delivered } = this.#outbox.getSnapshot();
        const counting = this.#passing?.notice.kind === "back";
        if (link.state === "ok" && link.back === this.#seenBack && !counting) this.#delivered = delivered;
        if (link.change !== this.#seenChange) {
            this.#seenChange = link.change;
            const under = items.filter((item) => item.state === "sending" || (item.state === "waiting" && item.tried));
            if (link.change) {
                const { from, to, announced } = link.change;
                const ids = new Set(under.map((item) => item.txnId));
                // The same node by another address is not worth a word.
                if (from !== to) this.#pass({ kind: "changed", from, to, announced, again: ids.size }, CHANGED_MS, ids);
            }
        }
        if (link.back !== this.#seenBack) {
            this.#seenBack = link.back;
            if (link.back) this.#pass({ kind: "back", after: link.back.after, sent: 0 }, BACK_MS, new Set());
        }
        this.#say(this.#worst(link, unsent, delivered));
    }

    #worst(link: Link, waiting: number, delivered: number): Notice | null {
        const { state, since } = link;
        if (state === "offline") return { kind: "offline", since, waiting };
        if (state === "site") return { kind: "site", since, cut: link.cut, waiting };
        if (state === "paused") return { kind: "paused", since, waiting };
        const passing = this.#passing;
        if (!passing || (passing.over && !this.#held)) {
            this.#passing = null;
            return null;
        }
        const { notice, under } = passing;
        if (notice.kind === "back") return { ...notice, sent: delivered - this.#delivered };
        if (notice.kind !== "changed") return notice;
        const open = this.#outbox.getSnapshot().items.filter((item) => under.has(item.txnId));
        return { ...notice, again: open.filter((item) => item.state === "sending" || item.state === "waiting").length };
    }

    #pass(notice: Notice, ms: number, under: ReadonlySet<string>): void {
        this.#world.clearTimeout(this.#timer);
        const passing = { notice, over: false, under };
        this.#passing = passing;
        this.#timer = this.#world.setTimeout(() => {
            passing.over = true;
            this.#look();
        }, ms);
    }

    #say(notice: Notice | null): void {
        if (JSON.stringify(notice) !== JSON.stringify(this.getSnapshot())) this.set(notice);
    }
}
