/** The spaces of whoever is signed in: one store for all views. */
import type { SpaceInfo } from "../../client/spaces.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";

export function useSpaces(): readonly SpaceInfo[] {
    return useStore(useClient().spaces);
}
