/** The one way to the server. `src/continuity` puts its fetch here, which goes to another node when one fails. */

type Fetch = typeof globalThis.fetch;

let current: Fetch = (input, init) => globalThis.fetch(input, init);

/** Called once, before anything is asked. */
export function useFetch(fetchFn: Fetch): void {
    current = fetchFn;
}

export const networkFetch: Fetch = (input, init) => current(input, init);

/** The server is where the page comes from. */
export function baseUrl(): string {
    return globalThis.location.origin;
}
