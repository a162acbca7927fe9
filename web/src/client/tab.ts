/** One tab holds the session: keys in the browser's store bear no two writers. The others offer to take over. */

const LOCK = "alphorn-session";
const CHANNEL = "alphorn-tabs";

export interface TabHold {
    release(): void;
}

/**
 * Holds the session for this tab. Null when another tab has it and `force` is false; with `force` the other tab is
 * asked to let go, which calls its `onAsked`.
 */
export async function holdTab(force: boolean, onAsked: () => void): Promise<TabHold | null> {
    if (!navigator.locks) return { release: () => undefined };
    const channel = new BroadcastChannel(CHANNEL);
    if (force) channel.postMessage("let go");
    const held = await new Promise<(() => void) | null>((resolve) => {
        const options: LockOptions = force ? { mode: "exclusive" } : { mode: "exclusive", ifAvailable: true };
        void navigator.locks.request(LOCK, options, (lock) => {
            if (!lock) {
                resolve(null);
                return undefined;
            }
            return new Promise<void>((done) => resolve(done));
        });
    });
    if (!held) {
        channel.close();
        return null;
    }
    channel.onmessage = () => onAsked();
    return {
        release: () => {
            channel.close();
            held();
        },
    };
}

/** Resolves when no tab holds the session any more: the one that did was closed. Never where it cannot be known. */
export async function tabFreed(signal: AbortSignal): Promise<boolean> {
    if (!navigator.locks) return false;
    return navigator.locks.request(LOCK, { signal }, () => true).catch(() => false);
}
