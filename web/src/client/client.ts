/** The client of one signed-in person: the SDK with everything that views need around it. */
import * as sdk from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger";
import { Cell } from "../model/store.ts";
import { Account } from "./account.ts";
import { Arrivals } from "./arrivals.ts";
import { deviceBegan, tellKeys } from "./deviceBegan.ts";
import { Devices } from "./devices.ts";
import { Drafts } from "./drafts.ts";
import { deliverer } from "./deliver.ts";
import { askLifetimes } from "./lifetime.ts";
import { Messages } from "./messages.ts";
import { Polls } from "./polls.ts";
import { Files } from "./files.ts";
import { guardKeys } from "./keySafety.ts";
import { forgetLastVisit, LastVisit, seenLast } from "./lastVisit.ts";
import { Media } from "./media.ts";
import { baseUrl, networkFetch } from "./network.ts";
import { makeOutgoing, type Outgoing } from "./outgoing.ts";
import { NotifySettings } from "./notifySettings.ts";
import { Proof } from "./proof.ts";
import { RoomActions } from "./roomActions.ts";
import { RoomList } from "./roomList.ts";
import { SecretKeys } from "./secretKeys.ts";
import { Security } from "./security.ts";
import { forgetSession, openVault, type Session } from "./session.ts";
import { waitFor, workInSlices } from "./slices.ts";
import { SpacesStore } from "./spaces.ts";
import { Timeline } from "./timeline.ts";
import { Trust } from "./trust.ts";
import { Verifications } from "./verifications.ts";

// Addresses of rooms and people are nothing for the console.
(logger as unknown as { setLevel?(level: string): void }).setLevel?.("error");

const HOUR_MS = 3_600_000;
const CRYPTO_PREFIX = "alphorn-crypto";
const SYNC_STORE = "alphorn-sync";
const CLEAR_MS = 8_000;
const TIMELINES_KEPT = 12;
const FIRST_LIMIT = 20;
const FIRST_LIMIT_MANY = 4;
const MANY_ROOMS = 200;
/** Between two looks whether a full device has room again. */
const REGAIN_MS = 4_000;

export interface Me {
    id: string;
    name: string;
    avatar: string | null;
}

export class AlphornClient {
    readonly sdk: sdk.MatrixClient;
    readonly rooms: RoomList;
    readonly spaces: SpacesStore;
    readonly media: Media;
    readonly files: Files;
    readonly actions: RoomActions;
    /** What one does with messages. */
    messages!: Messages;
    polls!: Polls;
    readonly me: Cell<Me>;
    readonly proof: Proof;
    readonly security: Security;
    readonly verifications: Verifications;
    readonly devices: Devices;
    readonly account: Account;
    readonly trust: Trust;
    readonly arrivals: Arrivals;
    readonly notifySettings: NotifySettings;
    /** False until the first answer of the server; what is shown before comes from this device. */
    readonly synced = new Cell(false);
    /** False until the stores are open; before, there is no more than the list of the last visit. */
    readonly opened = new Cell(false);
    drafts!: Drafts;
    outgoing!: Outgoing;
    readonly #timelines = new Map<string, Timeline>();
    /** The server does not serve this account for the time being. */
    readonly locked = new Cell(false);
    /** The device takes nothing more: what is new waits with the server. */
    readonly full = new Cell(false);
    /** There is room again; a page that is loaded anew goes on where this one had to stop. */
    onRegained: () => Promise<void> = () => Promise.resolve();
    #stopped = false;
    #hourly: ReturnType<typeof setInterval> | undefined;
    readonly #onEnded: (forNow: boolean) => void;
    #lastVisit: LastVisit | null = null;
    #starting: Promise<void> | null = null;

    constructor(
        readonly session: Session,
        onEnded: (forNow: boolean) => void,
    ) {
        this.#onEnded = onEnded;
        workInSlices();
        const secretKeys = new SecretKeys();
        this.sdk = sdk.createClient({
            baseUrl: baseUrl(),
            userId: session.userId,
            deviceId: session.deviceId,
            accessToken: session.accessToken,
            fetchFn: (...asked) => networkFetch(...asked).then((answer) => this.#heard(answer)),
            timelineSupport: true,
            useAuthorizationHeader: true,
            cryptoCallbacks: secretKeys.callbacks,
            store: new sdk.IndexedDBStore({
                indexedDB: globalThis.indexedDB,
                dbName: SYNC_STORE,
                workerFactory: () => new Worker(new URL("./syncStore.worker.ts", import.meta.url), { type: "module" }),
            }),
        } as sdk.ICreateClientOpts);
        this.rooms = new RoomList(this.sdk);
        this.spaces = new SpacesStore(this.sdk);
        this.media = new Media(this.sdk);
        this.files = new Files(this.media);
        this.actions = new RoomActions(this.sdk);
        this.proof = new Proof(session.userId);
        this.security = new Security(this.sdk, secretKeys, this.proof);
        this.verifications = new Verifications(this.sdk, (id) => this.actions.openDirect(id), () => void this.security.confirmedByOther());
        this.arrivals = new Arrivals(this.sdk, (roomId) => this.rooms.find(roomId)?.kind === "person");
        this.notifySettings = new NotifySettings(this.sdk);
        this.trust = new Trust(this.sdk);
        this.devices = new Devices(this.sdk, this.proof);
        this.account = new Account(this.sdk, this.proof, (seen) => this.me.set({ ...this.me.getSnapshot(), ...seen }));
        this.me = new Cell<Me>({ id: session.userId, name: session.userId.slice(1).split(":")[0]!, avatar: null });
    }

    /** What an earlier session has left here goes, before this one begins. */
    async clear(): Promise<void> {
        const cleared = this.sdk.clearStores({ cryptoDatabasePrefix: CRYPTO_PREFIX }).catch(() => undefined);
        // A store that another window does not let go of must not keep anybody out.
        await Promise.race([cleared, new Promise((resolve) => setTimeout(resolve, CLEAR_MS))]);
        await forgetLastVisit(await openVault());
    }

    /** Opens what this device keeps for itself: the list of the last visit is there afterwards. */
    async open(): Promise<void> {
        const vault = await openVault();
        const [drafts, outgoing, seen] = await Promise.all([Drafts.open(vault), makeOutgoing(this.session), seenLast(vault, this.session.userId)]);
        this.drafts = drafts;
        this.outgoing = outgoing;
        this.rooms.showEarly(seen.rooms);
        this.spaces.showEarly(seen.spaces);
        this.#lastVisit = new LastVisit(vault, this.session.userId, this.rooms, this.spaces, () => this.rooms.whole);
    }

    /** Opens the stores and begins to follow the server; does not wait for its answer. */
    start(): Promise<void> {
        this.#starting = this.#start();
        return this.#starting;
    }

    /** Somebody wants to see this room, which is not read yet. */
    waitFor(roomId: string): void {
        waitFor(this.sdk, roomId);
    }

    async #start(): Promise<void> {
        const storageKey = Uint8Array.from(this.session.storageKey);
        await Promise.all([this.sdk.store.startup(), this.sdk.initRustCrypto({ cryptoDatabasePrefix: CRYPTO_PREFIX, storageKey })]);
        deviceBegan(this.session.since ?? 0);
        if (this.session.fresh) await tellKeys(this.sdk);
        guardKeys(this.sdk, () => this.#stopped, () => void this.#wasFull());
        this.messages = new Messages(this.sdk, this.outgoing, this.files);
        this.polls = new Polls(this.sdk, this.outgoing);
        this.messages.found = (roomId, eventId) => this.#timelines.get(roomId)?.find(eventId);
        this.#watchEchoes();
        this.sdk.on(sdk.HttpApiEvent.SessionLoggedOut, (error) => this.#onEnded(error?.data?.soft_logout === true));
        this.sdk.on(sdk.ClientEvent.Sync, (state, _before, data) => {
            if ((data?.error as { errcode?: string } | undefined)?.errcode === "M_USER_LOCKED") this.locked.set(true);
            if (state === sdk.SyncState.Prepared || state === sdk.SyncState.Syncing) {
                this.locked.set(false);
                if (!this.synced.getSnapshot()) this.#first();
                this.synced.set(true);
                this.#whoAmI();
            }
        });
        this.sdk.on(sdk.UserEvent.DisplayName, (_event, user) => user.userId === this.session.userId && this.#whoAmI());
        this.sdk.on(sdk.UserEvent.AvatarUrl, (_event, user) => user.userId === this.session.userId && this.#whoAmI());
        this.rooms.start();
        this.security.start();
        this.trust.start();
        this.arrivals.start();
        this.notifySettings.start();
        this.verifications.start();
        await this.sdk.startClient({ lazyLoadMembers: true, initialSyncLimit: await this.#firstLimit(), threadSupport: true });
        this.#whoAmI();
        void this.#askProfile();
        this.outgoing.start(deliverer(this.sdk), this.sdk);
        this.opened.set(true);
    }

    /** The server answers for the first time. */
    #first(): void {
        this.security.synced();
        void askLifetimes(this.sdk);
        this.#hourly = setInterval(() => void askLifetimes(this.sdk), HOUR_MS);
    }

    /** How many messages of each room come with the first answer: of very many rooms few, or it takes long. */
    async #firstLimit(): Promise<number> {
        if (await this.sdk.store.getSavedSyncToken()) return FIRST_LIMIT;
        const { joined_rooms } = await this.sdk.getJoinedRooms().catch(() => ({ joined_rooms: [] }));
        return joined_rooms.length > MANY_ROOMS ? FIRST_LIMIT_MANY : FIRST_LIMIT;
    }

    /** Whatever was asked: that the account is locked, or open again, counts from now on. */
    #heard(answer: Response): Response {
        if (answer.ok && /\/_matrix\/client\/v3\/rooms\//.test(answer.url)) this.locked.set(false);
        const looked = answer.status === 401 ? (answer.clone().json() as Promise<{ errcode?: unknown }>) : null;
        looked?.then(({ errcode }) => errcode === "M_USER_LOCKED" && this.locked.set(true)).catch(() => undefined);
        return answer;
    }

    /** The timeline of a room or of a thread in it; the newest few stay open. */
    timeline(roomId: string, threadId: string | null = null): Timeline {
        const key = threadId ? `${roomId} ${threadId}` : roomId;
        const kept = this.#timelines.get(key);
        const timeline = kept ?? new Timeline(this.sdk, roomId, this.outgoing, this.messages.leaving, threadId);
        this.#timelines.delete(key);
        this.#timelines.set(key, timeline);
        const [oldest] = this.#timelines.keys();
        if (this.#timelines.size > TIMELINES_KEPT && oldest) {
            this.#timelines.get(oldest)?.close();
            this.#timelines.delete(oldest);
        }
        return timeline;
    }

    /** Lets go of the stores; what is kept stays. */
    async stop(): Promise<void> {
        this.#stopped = true;
        clearInterval(this.#hourly);
        await this.#starting?.catch(() => undefined);
        this.outgoing?.stop();
        await this.drafts?.flush();
        await this.#lastVisit?.flush();
        this.#lastVisit?.stop();
        // Its stores were never opened.
        if (!this.#starting) return;
        this.sdk.stopClient();
        this.media.close();
        this.files.close();
        for (const timeline of this.#timelines.values()) timeline.close();
        await this.sdk.store.save(true).catch(() => undefined);
        await this.sdk.store.destroy().catch(() => undefined);
    }

    /** Signs this device out at the server, if it answers, and removes everything from this device. */
    async signOut(): Promise<void> {
        await Promise.race([
            this.sdk.logout(true).catch(() => undefined),
            new Promise((resolve) => setTimeout(resolve, 5000)),
        ]);
        await this.forget();
    }

    /** Removes everything from this device. */
    async forget(): Promise<void> {
        this.#stopped = true;
        clearInterval(this.#hourly);
        await this.#starting?.catch(() => undefined);
        this.#lastVisit?.stop();
        this.outgoing?.stop();
        this.sdk.stopClient();
        this.media.close();
        this.files.close();
        await this.outgoing?.forget?.().catch(() => undefined);
        // The index of messages is sealed with a key that goes too.
        indexedDB.deleteDatabase("alphorn-index");
        await this.clear();
        await forgetSession();
    }

    /** An own event has come back: what waited for it is done. Encrypted ones first become readable. */
    #watchEchoes(): void {
        this.sdk.on(sdk.RoomEvent.Timeline, (event, room) => {
            const txnId = event.getUnsigned()?.transaction_id;
            const eventId = event.getId();
            if (!room || !eventId || event.getSender() !== this.session.userId || typeof txnId !== "string") return;
            const done = (): void => this.outgoing.arrived(room.roomId, eventId, txnId);
            void Promise.resolve(event.getDecryptionPromise()).then(done, done);
        });
    }

    /** Gives up what is worth least until there is room, and everything that waits is on the disk. */
    async #wasFull(): Promise<void> {
        if (this.full.getSnapshot()) return;
        this.full.set(true);
        while (!this.#stopped && !(await this.outgoing.regain?.().catch(() => false))) {
            await new Promise((resolve) => setTimeout(resolve, REGAIN_MS));
        }
        if (this.#stopped) return;
        await this.drafts.flush().catch(() => undefined);
        await this.onRegained();
    }

    #whoAmI(): void {
        const user = this.sdk.getUser(this.session.userId);
        const before = this.me.getSnapshot();
        const name = user?.displayName && user.displayName !== this.session.userId ? user.displayName : before.name;
        const avatar = user?.avatarUrl ?? before.avatar;
        if (name !== before.name || avatar !== before.avatar) this.me.set({ id: before.id, name, avatar });
    }

    async #askProfile(): Promise<void> {
        try {
            const { displayname, avatar_url } = await this.sdk.getProfileInfo(this.session.userId);
            const before = this.me.getSnapshot();
            this.me.set({ id: before.id, name: displayname || before.name, avatar: avatar_url ?? before.avatar });
        } catch {
            // What is known is shown.
        }
    }
}
