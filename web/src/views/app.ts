/** What is above all views: signed in or not, and the client of whoever is. */
import type { AlphornClient } from "../client/client.ts";
import { toFailure, type Failure } from "../client/failures.ts";
import { keepBegun, keptSession, needRoom, signIn, type Credentials, type Session } from "../client/session.ts";
import { holdTab, tabFreed, type TabHold } from "../client/tab.ts";
import { loaded } from "../model/loaded.ts";
import { Store } from "../model/store.ts";
import { reloadOnce, reloadSoon } from "./reload.ts";
import { router } from "./router.ts";

export type AppState =
    | { is: "starting" }
    | { is: "signed-out"; ended: boolean; again?: Session }
    | { is: "other-tab" }
    | { is: "failed"; why?: "unkept" | "full" }
    | { is: "ready"; client: AlphornClient };


class App extends Store<AppState> {
    #tab: TabHold | null = null;
    /** Somebody was signed in since the page was loaded. */
    #used = false;
    /** Whose stores are being opened, or open. */
    #opening: AlphornClient | null = null;

    constructor() {
        super({ is: "starting" });
    }

    /** Opens the kept session, if this tab may. */
    async start(): Promise<void> {
        try {
            const session = await keptSession();
            if (!session) this.set({ is: "signed-out", ended: false });
            else await this.#open(session, false);
        } catch (error) {
            console.error("cannot start", error);
            this.set({ is: "failed", why: toFailure(error).kind === "storage" ? "full" : "unkept" });
        }
    }

    async signIn(credentials: Credentials): Promise<void> {
        await this.open(await signIn(credentials));
    }

    /** For whatever else ends with a session: registration, sign-in by another device. */
    async open(session: Session): Promise<void> {
        await this.#open(session, true);
    }

    /** Takes the session over from another tab. */
    async takeOver(): Promise<void> {
        this.set({ is: "starting" });
        const session = await keptSession();
        if (!session) this.set({ is: "signed-out", ended: false });
        else await this.#open(session, true);
    }

    async signOut(): Promise<void> {
        const state = this.getSnapshot();
        if (state.is !== "ready") return;
        this.#opening = null;
        this.set({ is: "starting" });
        await state.client.signOut();
        this.#tab?.release();
        router.go({ place: "chats" }, "replace");
        this.set({ is: "signed-out", ended: false });
    }

    async #open(session: Session, force: boolean): Promise<void> {
        // What the page holds in memory of who was here before must not be seen by who comes: it begins anew.
        if (session.fresh && this.#used) return location.replace("/");
        this.#used = true;
        this.#tab = await holdTab(force, () => void this.#lostTab());
        if (!this.#tab) return this.#otherTab();
        let client: AlphornClient | null = null;
        try {
            // Both are on their way at once.
            const shell = loaded(() => import("./shell/Shell.tsx")).catch(() => null);
            const { AlphornClient } = await loaded(() => import("../client/client.ts"));
            client = new AlphornClient(session, (forNow) => void this.#ended(forNow));
            this.#opening = client;
            if (session.fresh) {
                await client.clear();
                await keepBegun(session);
            }
            client.onRegained = reloadSoon;
            await client.open();
            // The list of the last visit is there before the rooms are read, which may take long.
            if (client.rooms.getSnapshot().length > 0) {
                await shell;
                this.set({ is: "ready", client });
                await drawn();
            }
            if (this.#opening !== client) return;
            await client.start();
            if (this.#opening === client && this.getSnapshot().is !== "ready") this.set({ is: "ready", client });
        } catch (error) {
            // Who signed out or went to another tab meanwhile misses nothing.
            if (client && this.#opening !== client) return;
            console.error("cannot open the session", error);
            if (toFailure(error).kind === "signed-out") return void (await this.#ended());
            const full = await noRoom();
            // Who has just come has nothing here yet that could be lost, and is not left with a device that is none.
            if (full && session.fresh) await client?.signOut().catch(() => undefined);
            this.#tab?.release();
            this.#tab = null;
            if (full && session.fresh) throw full;
            if (full) return this.set({ is: "failed", why: "full" });
            // What is kept is kept: a page that is loaded anew often can.
            if (!(await reloadOnce())) this.set({ is: "failed" });
        }
    }

    /** Another tab took over: this one lets go of the stores. */
    async #lostTab(): Promise<void> {
        const client = this.#opening;
        this.#opening = null;
        this.set({ is: "other-tab" });
        await client?.stop();
        this.#tab?.release();
        this.#tab = null;
        this.#otherTab();
    }

    /** Another tab has the session. When that one is closed, this one goes on by itself. */
    #otherTab(): void {
        this.set({ is: "other-tab" });
        const waiting = new AbortController();
        const stop = this.subscribe(() => {
            if (this.getSnapshot().is !== "other-tab") waiting.abort();
        });
        void tabFreed(waiting.signal).then((freed) => {
            stop();
            if (freed && this.getSnapshot().is === "other-tab") void this.start();
        });
    }

    /** The server no longer knows this device; `forNow` when what is kept here may be used after signing in again. */
    async #ended(forNow = false): Promise<void> {
        const state = this.getSnapshot();
        if (state.is === "signed-out") return;
        this.#opening = null;
        const again = forNow ? ((await keptSession().catch(() => null)) ?? undefined) : undefined;
        this.set({ is: "signed-out", ended: true, again });
        if (state.is === "ready") await (again ? state.client.stop() : state.client.forget());
        this.#tab?.release();
    }

    /** Removes what was kept for signing in again. */
    async forgetKept(): Promise<void> {
        const { AlphornClient } = await loaded(() => import("../client/client.ts"));
        const session = await keptSession().catch(() => null);
        if (session) await new AlphornClient(session, () => undefined).forget();
        this.set({ is: "signed-out", ended: false });
    }
}

/** What the device says when it takes nothing more; null where it does. */
function noRoom(): Promise<Failure | null> {
    return needRoom().then(() => null, (error: unknown) => (toFailure(error).kind === "storage" ? toFailure(error) : null));
}

const DRAWN_MS = 300;

/** What was set is on the screen, where there is one. */
function drawn(): Promise<void> {
    const frame = new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return Promise.race([frame, new Promise<void>((resolve) => setTimeout(resolve, DRAWN_MS))]);
}

export const app = new App();
