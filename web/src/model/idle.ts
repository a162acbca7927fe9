/** When nothing else is to be done, at the latest after so many milliseconds. */
export function idle(latestMs: number): Promise<void> {
    return new Promise((resolve) => {
        if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: latestMs });
        else setTimeout(resolve, Math.min(latestMs, 50));
    });
}
