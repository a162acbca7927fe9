/** What was typed and not sent, per room, sealed on this device. */
import { Store } from "../model/store.ts";
import type { Vault } from "./vault.ts";

const PREFIX = "draft/";
const QUIET_MS = 400;

export class Drafts extends Store<ReadonlyMap<string, string>> {
    readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

    private constructor(
        private readonly vault: Vault,
        kept: Map<string, string>,
    ) {
        super(kept);
    }

    static async open(vault: Vault): Promise<Drafts> {
        const kept = new Map<string, string>();
        for (const name of await vault.names()) {
            if (!name.startsWith(PREFIX)) continue;
            const text = await vault.get<string>(name);
            if (text) kept.set(name.slice(PREFIX.length), text);
        }
        return new Drafts(vault, kept);
    }

    get(roomId: string): string {
        return this.getSnapshot().get(roomId) ?? "";
    }

    put(roomId: string, text: string): void {
        if (this.get(roomId) === text) return;
        const all = new Map(this.getSnapshot());
        if (text.trim() === "") all.delete(roomId);
        else all.set(roomId, text);
        this.set(all);
        clearTimeout(this.#timers.get(roomId));
        this.#timers.set(
            roomId,
            setTimeout(() => void this.#keep(roomId), QUIET_MS),
        );
    }

    /** Writes at once what waits to be written. */
    async flush(): Promise<void> {
        await Promise.all([...this.#timers.keys()].map((roomId) => this.#keep(roomId)));
    }

    async #keep(roomId: string): Promise<void> {
        clearTimeout(this.#timers.get(roomId));
        this.#timers.delete(roomId);
        const text = this.get(roomId);
        try {
            if (text === "") await this.vault.remove(PREFIX + roomId);
            else await this.vault.put(PREFIX + roomId, text);
        } catch {
            // A full device keeps the draft in memory only.
        }
    }
}
