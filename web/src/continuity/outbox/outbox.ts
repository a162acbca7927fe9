/**
 * What was written and has not arrived. Every message is on the disk before it is shown, keeps its transaction id for
 * ever (the server stores it once however often it is sent), and leaves when its echo is in the timeline.
 */

import { Store } from "../../model/store.ts";
import type { ServerClock } from "../clock.ts";
import { isQuota } from "../database.ts";
import type { Content, Draft, OutboxItem } from "./item.ts";
import type { OutboxRecord, Records } from "./records.ts";

/** Tells the other tabs; a BroadcastChannel fits. */
export interface Channel {
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent) => void) | null;
}

export interface OutboxParts {
    records: Records | null;
    clock: ServerClock;
    channel: Channel | null;
    /** A new transaction id. */
    id: () => string;
    /** Frees space on a full device; true if there may be some now. */
    makeRoom?: () => Promise<boolean>;
}

/** Orders on the disk are whole: what could not be written down keeps its place between two of them. */
const LOOSE_STEP = 0.001;

export interface OutboxView {
    items: readonly OutboxItem[];
    /** So many are not with a node yet. */
    unsent: number;
    /** Given to a node since the page was opened. */
    delivered: number;
}

export class Outbox extends Store<OutboxView> {
    readonly #parts: OutboxParts;
    readonly #items = new Map<string, OutboxItem>();
    /** Files of messages that could not be written down. */
    readonly #loose = new Map<string, { part: string; name: string; blob: Blob }[]>();
    /** Ids of what was sent, for messages that refer to it. */
    readonly #sent = new Map<string, string>();
    #delivered = 0;
    #adding: Promise<unknown> = Promise.resolve();
    /** Called when there is something to send. */
    onWork: () => void = () => {};
    /** Called when something that was taken back turned up. */
    onUnwanted: (item: OutboxItem, eventId: string) => void = () => {};

    constructor(parts: OutboxParts) {
        super({ items: [], unsent: 0, delivered: 0 });
        this.#parts = parts;
        if (parts.channel) parts.channel.onmessage = () => void this.load();
    }

    /** Reads what is on the disk: at the start, and when another tab changed it. */
    async load(): Promise<void> {
        const { records } = this.#parts;
        if (!records) return;
        const all = await records.all().catch(() => null);
        if (!all) return;
        const found = new Set(all.map((item) => item.txnId));
        for (const item of this.#items.values()) {
            if (item.kept && !found.has(item.txnId)) this.#items.delete(item.txnId);
        }
        for (const item of all) {
            const own = this.#items.get(item.txnId);
            // Only the tab that sends knows that a request is under way.
            const state = own?.state === "sending" && item.state === "waiting" ? "sending" : item.state;
            if (item.eventId) this.#sent.set(item.txnId, item.eventId);
            this.#items.set(item.txnId, { ...item, state, progress: own?.progress ?? null });
        }
        this.#publish();
        this.onWork();
    }

    /** Takes a message in. When this resolves it is safe as far as the device can keep it: look at `kept`. */
    add(draft: Draft): Promise<OutboxItem> {
        // One after the other: sealing takes longer for longer messages, and the order is that of the calls.
        const adding = this.#adding.then(() => this.#add(draft));
        this.#adding = adding.catch(() => {});
        return adding;
    }

    async #add(draft: Draft): Promise<OutboxItem> {
        const files = draft.attachments ?? [];
        const item: OutboxItem = {
            txnId: this.#parts.id(),
            order: 0,
            roomId: draft.roomId,
            type: draft.type,
            content: draft.content,
            attachments: files.map(({ part, name, blob }) => ({ part, name, type: blob.type, size: blob.size })),
            state: "waiting",
            createdAt: this.#parts.clock.now(),
            eventId: null,
            refusal: null,
            tried: false,
            kept: true,
            progress: null,
        };
        const order = await this.#write(item, files);
        const taken = order === null ? { ...item, order: this.#last() + LOOSE_STEP, kept: false } : { ...item, order };
        if (order === null) this.#loose.set(item.txnId, [...files]);
        this.#put(taken);
        this.#tell();
        this.onWork();
        return taken;
    }

    async #write(item: OutboxItem, files: readonly { part: string; blob: Blob }[]): Promise<number | null> {
        const { records, makeRoom } = this.#parts;
        if (!records) return null;
        for (const attempt of [1, 2]) {
            try {
                return await records.add(item, files);
            } catch (error) {
                // A full device: old history is worth less than a new message.
                if (attempt === 2 || !isQuota(error) || !(await makeRoom?.().catch(() => false))) return null;
            }
        }
        return null;
    }

    /** Writes down what found the device full. True if nothing is left that is not on the disk. */
    async keepLoose(): Promise<boolean> {
        for (const item of this.#ordered()) {
            if (item.kept || (item.state !== "waiting" && item.state !== "sending")) continue;
            const files = this.#loose.get(item.txnId) ?? [];
            try {
                await this.#parts.records?.add(item, files, item.order);
            } catch {
                return false;
            }
            const now = this.#items.get(item.txnId);
            if (now?.state === "waiting" || now?.state === "sending") this.#put({ ...now, kept: true });
            // It went out meanwhile.
            else await this.#parts.records?.change(item.txnId, () => null).catch(() => {});
            this.#loose.delete(item.txnId);
        }
        return this.#parts.records !== null;
    }

    /** Other words for a message that waits. False when it has gone. */
    async edit(txnId: string, content: Content): Promise<boolean> {
        const item = this.#items.get(txnId);
        if (!item || item.state === "sent" || item.state === "sending" || item.state === "withdrawn") return false;
        if (item.tried && item.state === "waiting") {
            // A node may have the old words under the old id: those are withdrawn, and these are a new message.
            if (!(await this.discard(txnId))) return false;
            await this.add({ roomId: item.roomId, type: item.type, content });
            return true;
        }
        const changed = { ...item, content, state: "waiting" as const, refusal: null };
        return this.#change(changed, await this.#parts.records?.reseal(changed));
    }

    /** Sends again what was refused: same message, same transaction id. */
    async retry(txnId: string): Promise<boolean> {
        const item = this.#items.get(txnId);
        if (item?.state !== "refused") return false;
        return this.#change({ ...item, state: "waiting", refusal: null });
    }

    /** Does not send it. False when it has gone. */
    async discard(txnId: string): Promise<boolean> {
        const item = this.#items.get(txnId);
        if (!item || item.state === "sent" || item.state === "sending") return false;
        const certain = !item.tried || item.state === "refused";
        if (!item.kept || !this.#parts.records) {
            if (certain) this.#drop(txnId);
            else this.#put({ ...item, state: "withdrawn" });
            return true;
        }
        const after = await this.#parts.records.change(txnId, (record) => {
            if (record.state === "sent") return false;
            if (record.tried && record.state === "waiting") return { ...record, state: "withdrawn" };
            return null;
        });
        if (after === false) return false;
        if (after === null) this.#drop(txnId);
        else if (this.#items.has(txnId)) this.#put(after);
        this.#tell();
        return true;
    }

    /** An own event is in the timeline: what it answers is done. Returns true if it was one of these. */
    echoed(eventId: string, txnId: string | undefined): boolean {
        const item = txnId ? this.#items.get(txnId) : [...this.#items.values()].find((one) => one.eventId === eventId);
        if (!item) return false;
        if (item.state === "withdrawn") this.onUnwanted(item, eventId);
        this.#sent.set(item.txnId, eventId);
        if (item.state !== "sent" && item.state !== "withdrawn") this.#delivered += 1;
        void this.#parts.records?.change(item.txnId, () => null).then(() => this.#tell(), () => {});
        this.#drop(item.txnId);
        return true;
    }

    /** For the sender: the next of each room, oldest first. */
    due(): OutboxItem[] {
        const first = new Map<string, OutboxItem>();
        for (const item of this.#ordered()) {
            if (item.state !== "waiting" && item.state !== "sending") continue;
            if (!first.has(item.roomId)) first.set(item.roomId, item);
        }
        return [...first.values()].filter((item) => item.state === "waiting");
    }

    /** For the sender: books that a request goes out. Null if another tab was quicker. */
    async claim(txnId: string): Promise<OutboxItem | null> {
        const item = this.#items.get(txnId);
        if (item?.state !== "waiting") return null;
        if (!item.kept || !this.#parts.records) return this.#put({ ...item, state: "sending", tried: true });
        const after = await this.#parts.records.change(txnId, (record) =>
            record.state === "waiting" ? { ...record, tried: true } : false,
        );
        if (!after) {
            if (after === null) this.#drop(txnId);
            return null;
        }
        // Its echo may have come while the disk was asked.
        return this.#items.has(txnId) ? this.#put({ ...after, state: "sending" }) : null;
    }

    /** For the sender: what came of it. */
    async settle(txnId: string, outcome: Partial<Pick<OutboxItem, "eventId" | "refusal">>): Promise<void> {
        const item = this.#items.get(txnId);
        if (outcome.eventId) this.#sent.set(txnId, outcome.eventId);
        // The echo was quicker than the answer.
        if (!item) return;
        const state = outcome.eventId ? "sent" : outcome.refusal ? "refused" : "waiting";
        if (state === "sent") this.#delivered += 1;
        const changed: OutboxItem = { ...item, ...outcome, state, progress: null };
        if (state === "sent") this.#loose.delete(txnId);
        if (state !== "waiting" && item.kept) {
            const { eventId, refusal } = changed;
            await this.#parts.records
                ?.change(txnId, (record) => ({ ...record, state, eventId, refusal }))
                .catch(() => {});
        }
        if (!this.#items.has(txnId)) return;
        this.#put(changed);
        if (state !== "waiting") this.#tell();
    }

    /** For the sender: the files were uploaded, and this is the content with their addresses. */
    async uploaded(item: OutboxItem, content: Content): Promise<OutboxItem> {
        const changed = { ...item, content, attachments: [], progress: null };
        const sealed = item.kept ? await this.#parts.records?.reseal(changed) : undefined;
        if (sealed) await this.#parts.records?.change(item.txnId, (record) => ({ ...record, sealed })).catch(() => {});
        return this.#items.has(item.txnId) ? this.#put(changed) : changed;
    }

    progress(txnId: string, done: number): void {
        const item = this.#items.get(txnId);
        if (item) this.#put({ ...item, progress: done });
    }

    async files(item: OutboxItem): Promise<{ part: string; name: string; blob: Blob }[]> {
        return this.#loose.get(item.txnId) ?? (await this.#parts.records?.files(item)) ?? [];
    }

    eventIdOf(txnId: string): string | null {
        return this.#sent.get(txnId) ?? null;
    }

    stateOf(txnId: string): OutboxItem["state"] | null {
        return this.#items.get(txnId)?.state ?? null;
    }

    /** Lets go of what was sent long ago and whose echo was never seen (it lies in a gap of the timeline). */
    async sweep(olderThanMs: number): Promise<void> {
        const before = this.#parts.clock.now() - olderThanMs;
        for (const item of [...this.#items.values()]) {
            if ((item.state !== "sent" && item.state !== "withdrawn") || item.createdAt > before) continue;
            await this.#parts.records?.change(item.txnId, () => null).catch(() => {});
            this.#drop(item.txnId);
        }
    }

    async #change(changed: OutboxItem, sealed?: OutboxRecord["sealed"]): Promise<boolean> {
        if (changed.kept && this.#parts.records) {
            const { state, refusal } = changed;
            const after = await this.#parts.records
                .change(changed.txnId, (record) => {
                    if (record.state === "sent" || record.state === "withdrawn") return false;
                    if (record.tried && record.state === "waiting") return false;
                    return { ...record, state: state as OutboxRecord["state"], refusal, sealed: sealed ?? record.sealed };
                })
                .catch(() => false as const);
            if (!after) return false;
        }
        this.#put(changed);
        this.#tell();
        this.onWork();
        return true;
    }

    #ordered(): OutboxItem[] {
        return [...this.#items.values()].sort((a, b) => a.order - b.order);
    }

    #last(): number {
        return Math.max(0, ...[...this.#items.values()].map((item) => item.order));
    }

    #put(item: OutboxItem): OutboxItem {
        this.#items.set(item.txnId, item);
        this.#publish();
        return item;
    }

    #drop(txnId: string): void {
        this.#loose.delete(txnId);
        if (this.#items.delete(txnId)) this.#publish();
    }

    #publish(): void {
        const items = this.#ordered();
        const unsent = items.filter((item) => item.state === "waiting" || item.state === "sending").length;
        this.set({ items, unsent, delivered: this.#delivered });
    }

    #tell(): void {
        this.#parts.channel?.postMessage("changed");
    }
}
