/** Whether one administers the server: null until it has said so. */
import { useEffect } from "react";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";

/** Not asked more often for who comes and goes. */
const PAUSE_MS = 5000;
const AGAIN_MS = 300_000;

export function useAdministrator(): boolean | null {
    const { actions } = useClient();
    return useStore(actions.administrator);
}

/** Asks at the beginning, and again when somebody comes back to the page: rights are given and taken meanwhile. */
export function useAskAdministrator(): void {
    const { actions, synced } = useClient();
    const ready = useStore(synced);
    useEffect(() => {
        let asked = -Infinity;
        const ask = (): void => {
            if (document.visibilityState === "hidden" || performance.now() - asked < PAUSE_MS) return;
            asked = performance.now();
            void actions.askAdministrator();
        };
        ask();
        const timer = setInterval(ask, AGAIN_MS);
        addEventListener("focus", ask);
        document.addEventListener("visibilitychange", ask);
        return () => {
            clearInterval(timer);
            removeEventListener("focus", ask);
            document.removeEventListener("visibilitychange", ask);
        };
    }, [actions, ready]);
}
