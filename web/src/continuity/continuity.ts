/** Everything of this folder put together, for the page and for a session. */

import { Addresses } from "./addresses.ts";
import { ServerClock } from "./clock.ts";
import { failoverFetch, type Fetch } from "./failover.ts";
import { Answers } from "./history/answers.ts";
import { type FileCache, Files } from "./history/files.ts";
import { History } from "./history/history.ts";
import { Journal } from "./history/journal.ts";
import { offlineFetch } from "./history/offline.ts";
import { forgetKept, hasRoom, openKept } from "./kept.ts";
import { NoticeStore } from "./notice.ts";
import { type Channel, Outbox } from "./outbox/outbox.ts";
import type { Transport } from "./outbox/item.ts";
import { Records } from "./outbox/records.ts";
import { type Locks, Sender } from "./outbox/sender.ts";
import { Vault } from "./outbox/vault.ts";
import type { LastContact } from "./contact.ts";
import { Pilot } from "./pilot.ts";
import { type DeviceStorage, DeviceRoom } from "./storage.ts";
import type { World } from "./world.ts";

export interface Platform {
    world: World;
    /** Where the page comes from. */
    home: string;
    indexedDB: IDBFactory | null;
    storage: DeviceStorage | null;
    locks: Locks | null;
    channel: (name: string) => Channel | null;
    id: () => string;
    contact: LastContact | null;
    /** Where opened files are kept, by name. */
    files: { open(name: string): Promise<FileCache>; delete(name: string): Promise<unknown> } | null;
}

const filesName = (session: string): string => `alphorn-files:${session}`;

/** What was sent lies here for so long if its echo is not seen: it is in a gap of the timeline. */
const SENT_KEPT_MS = 10 * 60 * 1000;
/** Between two looks at how much room the device has. */
const LOOK_MS = 60 * 1000;

export class Continuity {
    readonly clock: ServerClock;
    readonly addresses: Addresses;
    readonly pilot: Pilot;
    readonly room: DeviceRoom;
    readonly #platform: Platform;
    readonly #failover: Fetch;
    #session: SessionContinuity | null = null;

    constructor(platform: Platform) {
        const { world, home, indexedDB, storage } = platform;
        this.#platform = platform;
        this.clock = new ServerClock(world);
        this.addresses = new Addresses(world, home, indexedDB);
        this.pilot = new Pilot(world, this.addresses, this.clock, undefined, platform.contact);
        this.room = new DeviceRoom(storage);
        this.#failover = failoverFetch(world, this.addresses, this.pilot);
    }

    /** Of whoever is signed in. */
    get session(): SessionContinuity | null {
        return this.#session;
    }

    get link(): Pilot["link"] {
        return this.pilot.link;
    }

    /** For every request to the server. */
    readonly fetch: Fetch = (input, init) => (this.#session?.fetch ?? this.#failover)(input, init);

    async start(): Promise<void> {
        await this.addresses.load();
        this.pilot.start();
    }

    /** Opens what is kept for a session. Works also where the device keeps nothing. */
    async open(user: string, device: string): Promise<SessionContinuity> {
        const { indexedDB } = this.#platform;
        const database = indexedDB ? await openKept(indexedDB, user, device).catch(() => null) : null;
        const vault = database ? await Vault.open(database).catch(() => null) : null;
        this.#session?.close();
        this.#session = new SessionContinuity(this, this.#platform, this.#failover, `${user}:${device}`, database, vault);
        await this.#session.outbox.load();
        void this.room.open();
        return this.#session;
    }

    /** Nothing of the session stays. */
    async forget(user: string, device: string): Promise<void> {
        this.#session?.close();
        this.#session = null;
        await this.#platform.files?.delete(filesName(`${user}:${device}`)).catch(() => {});
        if (this.#platform.indexedDB) await forgetKept(this.#platform.indexedDB, user, device).catch(() => {});
    }
}

export class SessionContinuity {
    readonly outbox: Outbox;
    readonly notice: NoticeStore;
    readonly history: History | null;
    readonly fetch: Fetch;
    readonly #parent: Continuity;
    readonly #platform: Platform;
    readonly #name: string;
    readonly #database: IDBDatabase | null;
    readonly #files: Files | null;
    #sender: Sender | null = null;
    #looking: unknown = null;
    #closed = false;
    #unsubscribe: () => void = () => {};

    constructor(
        parent: Continuity,
        platform: Platform,
        failover: Fetch,
        name: string,
        database: IDBDatabase | null,
        vault: Vault | null,
    ) {
        const { world } = platform;
        this.#parent = parent;
        this.#platform = platform;
        this.#name = name;
        this.#database = database;
        this.history = database ? new History(database, () => world.now()) : null;
        this.outbox = new Outbox({
            records: database && vault ? new Records(database, vault) : null,
            clock: parent.clock,
            channel: database ? platform.channel(`alphorn-outbox:${name}`) : null,
            id: platform.id,
            makeRoom: () => parent.room.makeRoom(this.history, this.#files),
        });
        this.notice = new NoticeStore(world, parent.link, this.outbox);
        this.#files = platform.files ? new Files(() => platform.files!.open(filesName(name))) : null;
        this.fetch = this.#offline(failover);
        this.#look();
    }

    /** Sends from now on. */
    send(transport: Transport): void {
        this.#sender?.stop();
        const sender = new Sender(this.#platform.world, this.outbox, transport);
        this.#sender = sender;
        sender.start(this.#platform.locks, `alphorn-outbox:${this.#name}`);
        let before = this.#parent.link.getSnapshot();
        this.#unsubscribe();
        this.#unsubscribe = this.#parent.link.subscribe(() => {
            const link = this.#parent.link.getSnapshot();
            // A node is there again, or another one: what failed is tried now.
            if (link.state === "ok" && (before.state !== "ok" || link.changes !== before.changes)) sender.wake();
            if (link.state === "ok") void this.outbox.sweep(SENT_KEPT_MS);
            before = link;
        });
    }

    stopSending(): void {
        this.#unsubscribe();
        this.#sender?.stop();
        this.#sender = null;
    }

    close(): void {
        this.stopSending();
        this.#closed = true;
        this.#platform.world.clearTimeout(this.#looking);
        this.#database?.close();
    }

    /** The device was full. True once something new can be kept, and all that waits is. */
    async regain(): Promise<boolean> {
        await this.#parent.room.makeRoom(this.history, this.#files);
        const database = this.#database;
        return database !== null && (await hasRoom(database)) && this.outbox.keepLoose();
    }

    /** Looks now and then whether the device gets full: history goes before anything fails. */
    #look(): void {
        this.#looking = this.#platform.world.setTimeout(() => {
            const { room } = this.#parent;
            void room
                .look()
                .then(() => room.getSnapshot().tight && room.makeRoom(this.history, this.#files))
                .catch(() => {})
                .then(() => this.#closed || this.#look());
        }, LOOK_MS);
    }

    #offline(failover: Fetch): Fetch {
        if (!this.#database || !this.history) return failover;
        return offlineFetch(
            {
                world: this.#platform.world,
                addresses: this.#parent.addresses,
                pilot: this.#parent.pilot,
                answers: new Answers(this.#database),
                journal: new Journal(this.#database),
                history: this.history,
                files: this.#files,
            },
            failover,
        );
    }
}

/** The browser as platform, with what tells of the network and of who looks. */
export function browserContinuity(world: World): Continuity {
    const continuity = new Continuity({
        world,
        home: globalThis.location.origin,
        indexedDB: allowed(() => globalThis.indexedDB),
        storage: navigator.storage ?? null,
        locks: navigator.locks ? (navigator.locks as unknown as Locks) : null,
        channel: (name) => (typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name)),
        id: () => `a${crypto.randomUUID()}`,
        contact: lastContact(),
        files: allowed(() => globalThis.caches),
    });
    globalThis.addEventListener("online", () => continuity.pilot.hurry());
    document.addEventListener("visibilitychange", () => continuity.pilot.watch(document.visibilityState === "visible"));
    const root = document.documentElement;
    const show = (): void => void (root.dataset.link = continuity.link.getSnapshot().state);
    continuity.link.subscribe(show);
    show();
    return continuity;
}

/** What the browser lets this page have: a refusal may be thrown already when it is looked for. */
function allowed<T>(what: () => T | undefined): T | null {
    try {
        return what() ?? null;
    } catch {
        return null;
    }
}

const CONTACT = "alphorn.contact";

function lastContact(): LastContact {
    return {
        read: () => {
            try {
                return Number(localStorage.getItem(CONTACT)) || null;
            } catch {
                return null;
            }
        },
        write: (at) => {
            try {
                localStorage.setItem(CONTACT, String(at));
            } catch {
                // A device that keeps nothing says since when this page has known.
            }
        },
    };
}
