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
    /** What was done last. */
    done: string | null;
    /** True when it was done. */
    run: (act: () => Promise<unknown>, done?: string) => Promise<boolean>;
    clear: () => void;
}

/** `quiet`: what was done is said where it was done, in `done`, and not beside the room. */
export function useAct({ quiet = false } = {}): Acting {
    const t = useWords();
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const [done, setDone] = useState<string | null>(null);
    const run = async (act: () => Promise<unknown>, said?: string): Promise<boolean> => {
        setBusy(true);
        setError(null);
        setDone(null);
        try {
            await act();
            if (said && quiet) setDone(said);
            else if (said) toasts.show({ title: said });
            return true;
        } catch (thrown) {
            setError(t(failureWords(toFailure(thrown).kind)));
            return false;
        } finally {
            setBusy(false);
        }
    };
    return { busy, error, done, run, clear: () => (setError(null), setDone(null)) };
}
