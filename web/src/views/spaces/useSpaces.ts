/** The spaces of whoever is signed in: one store for all views. */
import type { AlphornClient } from "../../client/client.ts";
import { SpacesStore, type SpaceInfo } from "../../client/spaces.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";

const stores = new WeakMap<AlphornClient, SpacesStore>();

export function useSpaces(): readonly SpaceInfo[] {
    const client = useClient();
    let store = stores.get(client);
    if (!store) stores.set(client, (store = new SpacesStore(client.sdk)));
    return useStore(store);
}
