/** The server's time, for whatever is compared with the times of messages: the device's clock may be wrong. */

let clock = (): number => Date.now();

/** Called once, before anything is compared. */
export function useClock(now: () => number): void {
    clock = now;
}

export const serverNow = (): number => clock();
