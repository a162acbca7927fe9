/** A list that comes in pages: what has come, and whether there is more. */
import { Store } from "../../model/store.ts";
import { toFailure, type FailureKind } from "../failures.ts";
import type { PageOf } from "./admin.ts";

/** A page of a search may be empty and go on all the same: so many are asked for in one go. */
const PAGES_AT_ONCE = 8;
/** As many rows are wanted from one go. */
const ROWS_WANTED = 20;

export interface Listed<T> {
    rows: readonly T[];
    /** There is another page. */
    more: boolean;
    state: "loading" | "ready" | "failed";
    failure: FailureKind | null;
}

export class Paged<T> extends Store<Listed<T>> {
    #next: string | null = null;
    #turn = 0;

    constructor(private readonly ask: (from: string | undefined) => Promise<PageOf<T>>) {
        super({ rows: [], more: false, state: "loading", failure: null });
    }

    /** From the beginning; what was there stays until the answer has come. */
    async load(): Promise<void> {
        this.#next = null;
        await this.#go([]);
    }

    async more(): Promise<void> {
        if (this.getSnapshot().state === "loading" || this.#next === null) return;
        await this.#go(this.getSnapshot().rows);
    }

    /** What is known better now. */
    put(row: T, same: (other: T) => boolean): void {
        const before = this.getSnapshot();
        this.set({ ...before, rows: before.rows.map((other) => (same(other) ? row : other)) });
    }

    async #go(before: readonly T[]): Promise<void> {
        const turn = ++this.#turn;
        this.set({ ...this.getSnapshot(), state: "loading", failure: null });
        const rows = [...before];
        try {
            for (let page = 0; page < PAGES_AT_ONCE; page++) {
                const answer = await this.ask(this.#next ?? undefined);
                if (turn !== this.#turn) return;
                rows.push(...answer.entries);
                this.#next = answer.next;
                if (this.#next === null || rows.length - before.length >= ROWS_WANTED) break;
            }
            this.set({ rows, more: this.#next !== null, state: "ready", failure: null });
        } catch (error) {
            if (turn === this.#turn) this.set({ ...this.getSnapshot(), state: "failed", failure: toFailure(error).kind });
        }
    }
}
