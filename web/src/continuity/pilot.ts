/**
 * Which node is in use. It stays with one until that fails it, leaves, or cannot write while another can; then all are
 * asked at once and the first that is ready is taken. It never goes back by itself: a node that returned is as good as
 * the one in use, and clients that wander do not calm a cluster down.
 */

import type { Addresses } from "./addresses.ts";
import type { ServerClock } from "./clock.ts";
import { Contact, type LastContact } from "./contact.ts";
import { LinkStore, nodeName, oncePerNode } from "./link.ts";
import { Mood } from "./mood.ts";
import { type Health, Prober } from "./probe.ts";
import { lineOf, type Seen, siteOf, unseen } from "./seen.ts";
import { type PilotTimes, TIMES } from "./times.ts";
import { shuffled, type World } from "./world.ts";

/** A request that may not be repeated is waited for at a silent node for so long. */
const ABANDON_MS = 8_000;

/** Why a request's attempt was taken back. */
export class Moved extends Error {
    override name = "Moved";
}

interface Attempt {
    url: string;
    longPoll: boolean;
    repeatable: boolean;
    take(reason: Error): void;
}

export class Pilot {
    readonly link: LinkStore;
    readonly #world: World;
    readonly #addresses: Addresses;
    readonly #clock: ServerClock;
    readonly #prober: Prober;
    readonly #mood: Mood;
    readonly #contact: Contact;
    readonly #times: PilotTimes;
    readonly #seen = new Map<string, Seen>();
    readonly #attempts = new Set<Attempt>();
    #current: string;
    #alive = true;
    #aliveAt: number;
    #roundTripMs = 100;
    #election: Promise<boolean> | null = null;
    #waiting: (() => void)[] = [];
    #beat: unknown = null;
    #visible = true;
    #stopped = true;
    #wake: (() => void) | null = null;

    constructor(
        world: World,
        addresses: Addresses,
        clock: ServerClock,
        times: PilotTimes = TIMES,
        contact: LastContact | null = null,
    ) {
        this.#contact = new Contact(contact);
        this.#world = world;
        this.#addresses = addresses;
        this.#clock = clock;
        this.#prober = new Prober(world, clock);
        this.#times = times;
        this.#current = addresses.home;
        this.#aliveAt = Number.NEGATIVE_INFINITY;
        this.link = new LinkStore(clock.now());
        this.#mood = new Mood(world, clock, this.link, times);
        addresses.subscribe(() => this.#show());
        this.#show();
    }

    /** Begins to look after the node in use. */
    start(): void {
        if (!this.#stopped) return;
        this.#stopped = false;
        void this.#look();
    }

    stop(): void {
        this.#stopped = true;
        this.#world.clearTimeout(this.#beat);
    }

    /** The node that requests go to, or none while none answers. */
    get current(): string | null {
        return this.#alive ? this.#current : null;
    }

    /** For how long no node has answered; 0 while one does. */
    downForMs(): number {
        return this.#alive ? 0 : this.#mood.doubtedForMs();
    }

    /** Whether somebody looks at the page; one who comes back is served at once. */
    watch(visible: boolean): void {
        const woke = visible && !this.#visible;
        this.#visible = visible;
        if (woke) this.hurry();
    }

    /** Something says that the line may be back, or another one: look now. */
    hurry(): void {
        this.#wake?.();
        if (!this.#stopped && !this.#election) void this.#look();
    }

    /** Resolves when there is a node again; rejects after `patienceMs` or with the signal. */
    whenUp(patienceMs: number | null, signal?: AbortSignal | null): Promise<string> {
        if (this.#alive) return Promise.resolve(this.#current);
        return new Promise((resolve, reject) => {
            const done = (): void => {
                this.#world.clearTimeout(timer);
                signal?.removeEventListener("abort", stop);
                this.#waiting = this.#waiting.filter((one) => one !== up);
            };
            const up = (): void => {
                done();
                resolve(this.#current);
            };
            const stop = (): void => {
                done();
                reject(signal?.reason as Error);
            };
            const late = (): void => {
                done();
                reject(new TypeError("no node answers"));
            };
            const timer = patienceMs === null ? null : this.#world.setTimeout(late, patienceMs);
            signal?.addEventListener("abort", stop, { once: true });
            this.#waiting.push(up);
        });
    }

    /** Books a request under way, so that it can be taken back when its node is left. */
    underWay(attempt: Attempt): () => void {
        this.#attempts.add(attempt);
        return () => this.#attempts.delete(attempt);
    }

    /** A node has answered something. */
    answered(url: string): void {
        if (url !== this.#current) return;
        this.#aliveAt = this.#world.elapsed();
    }

    /** For what must not be sent in doubt: makes sure that the node in use has answered within the last second. */
    async prove(): Promise<void> {
        if (this.#alive && this.#world.elapsed() - this.#aliveAt < 1_000) return;
        await this.#look();
    }

    /** A request to this node failed. Resolves when it is known where to go on; false if nowhere. */
    async failed(url: string): Promise<boolean> {
        if (url !== this.#current) return this.#alive;
        this.#seenOf(url).failedAt = this.#world.elapsed();
        return this.#elect();
    }

    /** This node knows a token no more that another one knows: it is behind, and must not be asked. */
    async distrust(url: string): Promise<boolean> {
        return this.failed(url);
    }

    /** A node cannot write. True if another one was found that can. */
    async refusedWrite(url: string): Promise<boolean> {
        if (url !== this.#current) return true;
        const other = await this.#findReady(url);
        if (other) {
            this.#moveTo(other, "cannot write");
            return true;
        }
        this.#refuses();
        return false;
    }

    /** Something was written. */
    wrote(url: string): void {
        if (url === this.#current) this.#mood.accepts();
    }

    /** Asks the other nodes about a request that only this node refused; see the failover's use of it. */
    others(url: string): string[] {
        return this.#addresses.urls.filter((one) => one !== url);
    }

    #timeout(): number {
        return Math.min(5_000, Math.max(this.#times.silentMs, 4 * this.#roundTripMs + 200));
    }

    async #look(): Promise<void> {
        this.#world.clearTimeout(this.#beat);
        const url = this.#current;
        const health = await this.#ask(url, this.#timeout());
        if (url === this.#current) {
            if (!health.alive) {
                this.#seenOf(url).failedAt = this.#world.elapsed();
                await this.#elect();
            } else {
                if (!this.#alive) this.#up(url);
                else this.#mood.settled();
                await this.#heed(url, health);
            }
        }
        if (this.#stopped) return;
        const { aloneBeatMs, beatMs, hiddenBeatMs } = this.#times;
        this.#world.clearTimeout(this.#beat);
        this.#beat = this.#world.setTimeout(() => void this.#look(), !this.#visible ? hiddenBeatMs : this.#alive && this.#addresses.urls.length <= 1 ? aloneBeatMs : beatMs);
    }

    /** The node in use answers: does it leave, or is it behind? */
    async #heed(url: string, health: Health): Promise<void> {
        if (health.ready) return this.#mood.accepts();
        // It says itself that it is not to be used: go at once, if there is somewhere to go.
        const other = await this.#findReady(url);
        if (url !== this.#current) return;
        if (other) this.#moveTo(other, "leaving");
        else this.#refuses();
    }

    async #findReady(except: string): Promise<string | null> {
        const others = this.#addresses.urls.filter((url) => url !== except);
        return this.#first(others, (health) => health.ready);
    }

    /** The first of these that answers as wanted; those that failed lately only if no other does. */
    #first(urls: string[], wanted: (health: Health) => boolean): Promise<string | null> {
        if (urls.length === 0) return Promise.resolve(null);
        const now = this.#world.elapsed();
        const shunned = (url: string): boolean => now - this.#seenOf(url).failedAt < this.#times.shunnedMs;
        const turn = shuffled(urls, () => this.#world.random());
        return new Promise((resolve) => {
            let open = turn.length;
            const second: string[] = [];
            for (const url of turn) {
                void this.#ask(url, this.#timeout()).then((health) => {
                    open -= 1;
                    if (wanted(health)) {
                        if (!shunned(url)) return resolve(url);
                        second.push(url);
                    }
                    if (open === 0) resolve(second[0] ?? null);
                });
            }
        });
    }

    async #ask(url: string, timeoutMs: number): Promise<Health> {
        const health = await this.#prober.probe(url, timeoutMs);
        const seen = this.#seenOf(url);
        seen.health = health;
        if (!health.alive) seen.failedAt = this.#world.elapsed();
        else {
            this.#contact.met(this.#world.elapsed(), this.#clock.now());
            seen.number = health.number;
            this.#addresses.learn(health.listed, url);
            if (url === this.#current) {
                this.#aliveAt = this.#world.elapsed();
                this.#roundTripMs = 0.8 * this.#roundTripMs + 0.2 * health.tookMs;
            }
        }
        this.#show();
        return health;
    }

    #elect(): Promise<boolean> {
        this.#election ??= this.#run().finally(() => {
            this.#election = null;
        });
        return this.#election;
    }

    /** One round; if nobody answers, more rounds go on in the background. */
    async #run(): Promise<boolean> {
        this.#mood.doubt(this.#contact.before());
        const found = await this.#round();
        if (found) {
            this.#take(found);
            return true;
        }
        this.#alive = false;
        this.#show();
        void this.#seek();
        return false;
    }

    async #round(): Promise<string | null> {
        const ready = await this.#first(this.#addresses.urls, (health) => health.ready);
        if (ready) return ready;
        const alive = this.#addresses.urls.filter((url) => this.#seenOf(url).health?.alive);
        return alive.includes(this.#current) ? this.#current : (alive[0] ?? null);
    }

    async #seek(): Promise<void> {
        let waitMs = 200;
        while (!this.#alive) {
            await new Promise<void>((resolve) => {
                const timer = this.#world.setTimeout(resolve, waitMs * (0.75 + this.#world.random() / 2));
                this.#wake = () => {
                    this.#world.clearTimeout(timer);
                    resolve();
                };
            });
            this.#wake = null;
            if (this.#alive) return;
            const found = await this.#round();
            if (found) return this.#take(found);
            // Somebody who looks at the page is served within the second; a hidden one need not ask so often.
            waitMs = Math.min(waitMs * 1.5, this.#visible ? 1_000 : 10_000);
        }
    }

    #take(url: string): void {
        if (url === this.#current) this.#up(url);
        else this.#moveTo(url, "silent");
        const health = this.#seenOf(url).health;
        if (health?.ready) this.#mood.accepts();
        else this.#refuses();
    }

    #moveTo(url: string, why: "silent" | "leaving" | "cannot write"): void {
        const from = this.#current;
        this.#current = url;
        const tookMs = Math.round(this.#mood.doubtedForMs());
        const name = (of: string): string => nodeName(this.#numberOf(of), of);
        this.#up(url);
        this.link.changed({
            from: name(from),
            to: name(url),
            at: this.#clock.now(),
            announced: why === "leaving",
            tookMs,
        });
        for (const attempt of [...this.#attempts]) {
            if (attempt.url !== from) continue;
            // What a node that lives is doing, it may finish; only who waits there has to go elsewhere.
            if (attempt.longPoll || (why === "silent" && attempt.repeatable)) attempt.take(new Moved());
            // It must not be sent twice, and cannot be waited for without end.
            else if (why === "silent") {
                this.#world.setTimeout(() => attempt.take(new TypeError("the node fell silent")), ABANDON_MS);
            }
        }
        this.#mood.accepts();
    }

    #refuses(): void {
        this.#mood.refuses(siteOf(this.#seenOf(this.#current), this.#seen.values()));
    }

    #up(url: string): void {
        this.#current = url;
        this.#alive = true;
        this.#aliveAt = this.#world.elapsed();
        this.#mood.settled();
        this.#show();
        for (const one of [...this.#waiting]) one();
    }

    #seenOf(url: string): Seen {
        let seen = this.#seen.get(url);
        if (!seen) {
            seen = unseen(this.#clock.now());
            this.#seen.set(url, seen);
        }
        return seen;
    }

    /** What this client has just seen is newer than what its node has heard. */
    #justFailed(seen: Seen): boolean {
        return this.#world.elapsed() - seen.failedAt < 6_000;
    }

    #numberOf(url: string): number | null {
        return this.#seenOf(url).number ?? this.#addresses.numberOf(url);
    }

    /** The nodes as views show them. */
    #show(): void {
        const listed = this.#seenOf(this.#current).health?.listed ?? [];
        const nodes = this.#addresses.getSnapshot().map((known) => {
            const { url } = known;
            const number = this.#numberOf(url);
            const seen = this.#seenOf(url);
            const told = listed.find((one) => one.url === url || one.node === number);
            const here = url === this.#current && this.#alive;
            return lineOf(known, number, seen, here, told, this.#alive && !this.#justFailed(seen), this.#clock.now());
        });
        this.link.showNodes(oncePerNode(nodes, this.#addresses.home), nodeName(this.#numberOf(this.#current), this.#current));
    }
}
