/** What the continuity layer takes from outside, so that tests can be its clock, its dice and its network. */

export interface World {
    /** The device's wall clock, in milliseconds. May jump; nothing is ordered by it. */
    now(): number;
    /** A clock that only goes forward, in milliseconds. */
    elapsed(): number;
    /** Between 0 and 1. */
    random(): number;
    fetch(input: string | URL, init?: RequestInit): Promise<Response>;
    setTimeout(work: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

/** The real one. */
export function browserWorld(): World {
    return {
        now: () => Date.now(),
        elapsed: () => performance.now(),
        random: () => Math.random(),
        fetch: (input, init) => globalThis.fetch(input, init),
        setTimeout: (work, ms) => globalThis.setTimeout(work, ms),
        clearTimeout: (timer) => globalThis.clearTimeout(timer as ReturnType<typeof setTimeout>),
    };
}

/** Waits, or rejects with the signal's reason. */
export function pause(world: World, ms: number, signal?: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const end = (): void => {
            world.clearTimeout(timer);
            reject(signal?.reason as Error);
        };
        const timer = world.setTimeout(() => {
            signal?.removeEventListener("abort", end);
            resolve();
        }, ms);
        signal?.addEventListener("abort", end, { once: true });
    });
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
    const all = [...items];
    for (let at = all.length - 1; at > 0; at -= 1) {
        const other = Math.floor(random() * (at + 1));
        [all[at], all[other]] = [all[other] as T, all[at] as T];
    }
    return all;
}
