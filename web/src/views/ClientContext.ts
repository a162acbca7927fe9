/** The client of who is signed in, for all views below the shell. */
import { createContext, use } from "react";
import type { AlphornClient } from "../client/client.ts";

export const ClientContext = createContext<AlphornClient | null>(null);

export function useClient(): AlphornClient {
    const client = use(ClientContext);
    if (!client) throw new Error("nobody is signed in");
    return client;
}
