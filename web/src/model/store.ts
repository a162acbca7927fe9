/** What views look at: a value that says when it changed. No DOM, no React, no SDK. */

export interface Readable<T> {
    /** Calls `listener` after each change until the returned function is called. */
    subscribe(listener: () => void): () => void;
    /** The value now; the same object as long as nothing changed. */
    getSnapshot(): T;
}

/** Base class of all stores. Values are replaced, never changed in place. */
export class Store<T> implements Readable<T> {
    #value: T;
    readonly #listeners = new Set<() => void>();

    constructor(initial: T) {
        this.#value = initial;
    }

    // Arrow functions: both are handed to React as they are.
    readonly subscribe = (listener: () => void): (() => void) => {
        const first = this.#listeners.size === 0;
        this.#listeners.add(listener);
        if (first) this.onWatched();
        return () => {
            if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.onUnwatched();
        };
    };

    readonly getSnapshot = (): T => this.#value;

    protected set(value: T): void {
        if (Object.is(value, this.#value)) return;
        this.#value = value;
        for (const listener of [...this.#listeners]) listener();
    }

    /** Called when the first listener came; a place to begin expensive work. */
    protected onWatched(): void {}

    /** Called when the last listener left. */
    protected onUnwatched(): void {}
}

/** A store that its owner sets from outside. */
export class Cell<T> extends Store<T> {
    override set(value: T): void {
        super.set(value);
    }
}

/** Runs `work` once soon, however often it is asked for before: bursts of events become one change. */
export function coalesce(work: () => void, delayMs = 0): () => void {
    let planned = false;
    return () => {
        if (planned) return;
        planned = true;
        setTimeout(() => {
            planned = false;
            work();
        }, delayMs);
    };
}

/** Like `coalesce` with no delay, but not more often than `everyMs`: the first change shows at once, a stream of them in steps. */
export function paced(work: () => void, everyMs: number): () => void {
    let planned = false;
    let last = -Infinity;
    return () => {
        if (planned) return;
        planned = true;
        setTimeout(
            () => {
                planned = false;
                last = performance.now();
                work();
            },
            Math.max(0, last + everyMs - performance.now()),
        );
    };
}
