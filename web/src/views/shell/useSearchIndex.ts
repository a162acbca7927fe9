/** The index of messages begins to be read when everything else is there. */
import { useEffect } from "react";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";

const QUIET_MS = 8000;

export function useSearchIndex(): void {
    const client = useClient();
    const synced = useStore(client.synced);
    useEffect(() => {
        if (!synced) return;
        const timer = setTimeout(() => void import("../../client/search/messageSearch.ts").then(({ searchOf }) => searchOf(client)), QUIET_MS);
        return () => clearTimeout(timer);
    }, [client, synced]);
}
