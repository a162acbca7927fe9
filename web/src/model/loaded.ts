/** A part of the program that is fetched when it is needed: once more when it did not come. */

const PAUSES_MS = [300, 1500];

/** What `load` brings. After the last failure its error. */
export async function loaded<T>(load: () => Promise<T>, pauses: readonly number[] = PAUSES_MS): Promise<T> {
    for (const pause of pauses) {
        try {
            return await load();
        } catch {
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }
    return load();
}
