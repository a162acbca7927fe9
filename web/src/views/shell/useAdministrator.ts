/** Whether one administers the server: null until it has said so. */
import { useEffect, useState } from "react";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";

export function useAdministrator(): boolean | null {
    const client = useClient();
    const synced = useStore(client.synced);
    const [is, setIs] = useState<boolean | null>(null);
    useEffect(() => {
        let here = true;
        void client.actions.isAdministrator().then((answer) => here && answer !== null && setIs(answer));
        return () => void (here = false);
    }, [client, synced]);
    return is;
}
