/** The name of a person, as far as this client knows one. */
import { cleanName, localpart } from "../../model/names.ts";
import type { AlphornClient } from "../client.ts";

export function knownName(client: AlphornClient, userId: string): string {
    const known = client.sdk.getUser(userId)?.displayName;
    return cleanName(known === userId ? null : known, localpart(userId));
}
