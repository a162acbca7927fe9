/** The address of a file once it is here. */
import { useEffect, useState } from "react";
import { toFailure } from "../../client/failures.ts";
import type { FileInfo } from "../../model/timeline.ts";
import { useClient } from "../ClientContext.ts";

export interface Shown {
    url: string | null;
    failed: boolean;
    /** The server has it no longer, or does not give it. */
    gone?: boolean;
}

const NOTHING: Shown = { url: null, failed: false };

/** `what`: the whole file, its small picture, or the small picture and else the whole. */
export function useFile(file: FileInfo, txnId: string | null, what: "file" | "small", wanted = true): Shown {
    const client = useClient();
    const [shown, setShown] = useState<Shown>(NOTHING);
    useEffect(() => {
        if (!wanted) return;
        let gone = false;
        const { files } = client;
        const load = async (): Promise<Blob> => (what === "small" ? ((await files.thumbnail(file, txnId)) ?? files.blob(file, txnId)) : files.blob(file, txnId));
        load().then(
            (blob) => !gone && setShown({ url: files.address(`${what} ${file.url ?? txnId}`, blob), failed: false }),
            (error) => !gone && setShown({ url: null, failed: true, gone: toFailure(error).kind === "not-found" }),
        );
        return () => void (gone = true);
    }, [client, file, txnId, what, wanted]);
    return shown;
}
