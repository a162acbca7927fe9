/** When a node last answered: a page that is opened without a server says since when there is none. */

export interface LastContact {
    read(): number | null;
    write(at: number): void;
}

const WRITTEN_EVERY_MS = 5_000;

export class Contact {
    readonly #kept: LastContact | null;
    #writtenAt: number | null = null;

    constructor(kept: LastContact | null) {
        this.#kept = kept;
    }

    /** A node has answered. `elapsed` goes forward only, `wall` is what is kept. */
    met(elapsed: number, wall: number): void {
        if (this.#writtenAt !== null && elapsed - this.#writtenAt < WRITTEN_EVERY_MS) return;
        this.#writtenAt = elapsed;
        this.#kept?.write(wall);
    }

    /** The last contact of an earlier page, as long as this one had none. */
    before(): number | undefined {
        return this.#writtenAt === null ? (this.#kept?.read() ?? undefined) : undefined;
    }
}
