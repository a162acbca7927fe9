/** Room on the device: asked to be kept, watched, and made when it runs out. */

import { Store } from "../model/store.ts";

/** What is given up when room is needed: the oldest first. */
export interface Spare {
    size(): Promise<number>;
    /** Down to so many bytes. True if something went. */
    shrink(bytes: number): Promise<boolean>;
}

export interface StorageView {
    /** The browser promised not to throw it away by itself. */
    persisted: boolean;
    usedBytes: number;
    quotaBytes: number;
    /** Nearly full: what is new may not be kept. */
    tight: boolean;
}

/** What of `navigator.storage` is needed. */
export type DeviceStorage = Pick<StorageManager, "persist" | "persisted" | "estimate">;

/** Below this it is said. */
const TIGHT_BYTES = 20 * 1024 * 1024;

export class DeviceRoom extends Store<StorageView> {
    readonly #device: DeviceStorage | null;

    constructor(device: DeviceStorage | null) {
        super({ persisted: false, usedBytes: 0, quotaBytes: 0, tight: false });
        this.#device = device;
    }

    /** Asks for what lies here to be kept, and looks how much room there is. Refusal is harmless. */
    async open(): Promise<void> {
        try {
            if (!(await this.#device?.persisted())) await this.#device?.persist();
        } catch {
            // Some browsers refuse in private windows.
        }
        await this.look();
    }

    async look(): Promise<void> {
        try {
            const { usage = 0, quota = 0 } = (await this.#device?.estimate()) ?? {};
            const persisted = (await this.#device?.persisted()) ?? false;
            const tight = quota > 0 && quota - usage < TIGHT_BYTES;
            const old = this.getSnapshot();
            const same = old.persisted === persisted && old.usedBytes === usage && old.quotaBytes === quota;
            if (!same) this.set({ persisted, usedBytes: usage, quotaBytes: quota, tight });
        } catch {
            // Then nothing is known of it.
        }
    }

    /** A write found the device full. The older half of what can be fetched again goes; true if something went. */
    async makeRoom(...spares: (Spare | null)[]): Promise<boolean> {
        this.set({ ...this.getSnapshot(), tight: true });
        let gone = false;
        for (const spare of spares) {
            if (spare) gone = (await spare.shrink(Math.floor((await spare.size()) / 2)).catch(() => false)) || gone;
        }
        await this.look();
        return gone;
    }
}
