/** An act that takes a while and may fail: `const act = useAct()`, `act.run(() => …)`. */
import { useState } from "react";
import { toFailure } from "../client/failures.ts";
import type { Key } from "../i18n/i18n.ts";
import { failureWords } from "./failureWords.ts";

export interface Act {
    busy: boolean;
    error: Key | null;
    /** True when it worked. */
    run(work: () => Promise<unknown>): Promise<boolean>;
    fail(error: Key | null): void;
}

export function useAct(): Act {
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<Key | null>(null);
    return {
        busy,
        error,
        fail: setError,
        run: async (work) => {
            setBusy(true);
            setError(null);
            try {
                await work();
                return true;
            } catch (thrown) {
                const { kind } = toFailure(thrown);
                if (kind === "unknown") console.error(thrown);
                if (kind !== "given-up") setError(failureWords(kind));
                return false;
            } finally {
                setBusy(false);
            }
        },
    };
}
