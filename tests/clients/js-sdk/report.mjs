// Numbered test steps: each is printed the moment it ends, a slow one fails, and the totals come last.

const ARRIVAL_MS = 30_000;
const STEP_MS = 90_000;

/** A step that later ones need has failed. */
export class Stopped extends Error {}

/** Something was not as it must be. */
export class Failure extends Error {}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fails the step with `text` unless `condition` holds. */
export function ensure(condition, text) {
    if (!condition) throw new Failure(text);
}

/** Asks `probe` until it answers something else than `undefined`, `null` or `false`. */
export async function until(what, probe) {
    const deadline = Date.now() + ARRIVAL_MS;
    for (;;) {
        const value = await probe();
        if (value !== undefined && value !== null && value !== false) return value;
        if (Date.now() > deadline) throw new Failure(`waited ${ARRIVAL_MS / 1000} s for ${what}`);
        await sleep(30);
    }
}

/** Runs `work`, which must be refused with this status and error code. */
export async function refused(what, status, errcode, work) {
    try {
        await work();
    } catch (error) {
        const seen = `${error.httpStatus} ${error.errcode ?? error.message}`;
        ensure(error.httpStatus === status && error.errcode === errcode, `${what} was refused with ${seen}`);
        return;
    }
    throw new Failure(`${what} was allowed`);
}

/** Counts steps and prints one line for each. */
export class Report {
    #passed = 0;
    #failed = 0;

    /** Runs one step that later steps build upon; returns what it returns. */
    async need(name, work) {
        const started = Date.now();
        let timer;
        const late = new Promise((_, reject) => {
            const error = new Failure(`the step took longer than ${STEP_MS / 1000} s`);
            timer = setTimeout(() => reject(error), STEP_MS);
        });
        try {
            const result = await Promise.race([work(), late]);
            this.#passed += 1;
            console.log(`ok ${this.#passed + this.#failed} - ${name} (${Date.now() - started} ms)`);
            return result;
        } catch (error) {
            this.#failed += 1;
            console.log(`not ok ${this.#passed + this.#failed} - ${name}`);
            const why = error instanceof Failure ? error.message : (error.stack ?? String(error));
            for (const line of why.split("\n")) console.log(`#   ${line}`);
            throw new Stopped(name);
        } finally {
            clearTimeout(timer);
        }
    }

    /** Runs one step that no later step depends on; a failure is counted and the scenario goes on. */
    async check(name, work) {
        try {
            await this.need(name, work);
        } catch (error) {
            if (!(error instanceof Stopped)) throw error;
        }
    }

    /** Prints the totals; true when nothing failed and something passed. */
    finish() {
        console.log(`${this.#passed} passed, ${this.#failed} failed`);
        return this.#failed === 0 && this.#passed > 0;
    }
}
