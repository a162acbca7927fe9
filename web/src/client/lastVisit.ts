/**
 * The list of rooms as it was last seen, sealed on this device: it stands there at once when the page is opened, while
 * the rooms themselves are read. What was said in them is part of it, so it never lies here unsealed.
 */
import type { RoomSummary } from "../model/room.ts";
import type { Readable } from "../model/store.ts";
import type { SpaceInfo } from "./spaces.ts";
import type { Vault } from "./vault.ts";

const NAME = "last-visit";
/** The file this lies in has a name of its own in each version: what another one wrote may look otherwise, and is not read. */
const FORM = import.meta.url;
/** A list that changes all the time is written this often. */
const EVERY_MS = 5_000;

type KeptSpace = Omit<SpaceInfo, "inside"> & { inside: readonly string[] };

interface Kept {
    form: string;
    /** Whose list it is. */
    user: string;
    rooms: readonly RoomSummary[];
    spaces: readonly KeptSpace[];
}

export interface Seen {
    rooms: readonly RoomSummary[];
    spaces: readonly SpaceInfo[];
}

/** Nothing where nothing was kept. */
export async function seenLast(vault: Vault, user: string): Promise<Seen> {
    const kept = await vault.get<Kept>(NAME).catch(() => null);
    if (kept?.form !== FORM || kept.user !== user) return { rooms: [], spaces: [] };
    return { rooms: kept.rooms, spaces: kept.spaces.map((space) => ({ ...space, inside: new Set(space.inside) })) };
}

export async function forgetLastVisit(vault: Vault): Promise<void> {
    await vault.remove(NAME);
}

/** As it may be kept: who writes is soon over, and what disappears for people must not stay here. */
export function keepable(rooms: readonly RoomSummary[]): RoomSummary[] {
    return rooms.map((room) => ({ ...room, typing: [], preview: room.fleeting ? null : room.preview }));
}

/** Writes the list when it has changed, and at once when nobody looks any more. */
export class LastVisit {
    #timer: ReturnType<typeof setTimeout> | undefined;
    #changed = false;
    readonly #stop: () => void;
    readonly #hidden = (): void => void (document.visibilityState === "hidden" && this.flush());

    constructor(
        private readonly vault: Vault,
        private readonly user: string,
        private readonly rooms: Readable<readonly RoomSummary[]>,
        private readonly spaces: Readable<readonly SpaceInfo[]>,
        /** False as long as the list is not whole. */
        private readonly whole: () => boolean,
    ) {
        this.#stop = rooms.subscribe(() => this.#note());
        globalThis.document?.addEventListener("visibilitychange", this.#hidden);
    }

    /** Writes now what was not written. */
    async flush(): Promise<void> {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        if (!this.#changed || !this.whole()) return;
        this.#changed = false;
        const spaces = this.spaces.getSnapshot().map((space) => ({ ...space, inside: [...space.inside] }));
        const kept: Kept = { form: FORM, user: this.user, rooms: keepable(this.rooms.getSnapshot()), spaces };
        // A full device goes without.
        await this.vault.put(NAME, kept).catch(() => undefined);
    }

    /** Writes nothing any more. */
    stop(): void {
        this.#stop();
        this.#changed = false;
        clearTimeout(this.#timer);
        globalThis.document?.removeEventListener("visibilitychange", this.#hidden);
    }

    #note(): void {
        this.#changed = true;
        this.#timer ??= setTimeout(() => void this.flush(), EVERY_MS);
    }
}
