/** Acts on the server with their end told: what was done, or why not. */
import { useState } from "react";
import { toFailure } from "../../client/failures.ts";
import { toasts } from "../../design/Toasts.tsx";
import { failureWords } from "../failureWords.ts";
import { useWords } from "../useWords.ts";

export interface Acting {
    busy: boolean;
    /** The words for what went wrong last. */
    error: string | null;
    /** True when it was done. */
    run: (act: () => Promise<unknown>, done?: string) => Promise<boolean>;
    clear: () => void;
}

export function useAct(): Acting {
    const t = useWords();
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const run = async (act: () => Promise<unknown>, done?: string): Promise<boolean> => {
        setBusy(true);
        setError(null);
        try {
            await act();
            if (done) toasts.show({ title: done });
            return true;
        } catch (thrown) {
            setError(t(failureWords(toFailure(thrown).kind)));
            return false;
        } finally {
            setBusy(false);
        }
    };
    return { busy, error, run, clear: () => setError(null) };
}
