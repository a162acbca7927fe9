/** How the client is connected, in the words of design.md section 5. Filled by `src/continuity`. */

export type LinkState = "ok" | "changing" | "offline" | "site" | "paused";

export interface NodeView {
    name: string;
    /** "me": we are connected through it. */
    state: "me" | "up" | "down";
    site?: string;
    /** It answers, and takes nothing new: it leaves, or catches up. */
    leaving?: boolean;
    /** It was never asked. */
    unknown?: boolean;
    /** Of its last answer. */
    delayMs?: number | null;
    /** Since when its state holds. */
    since?: number;
}

export interface Link {
    state: LinkState;
    nodes: readonly NodeView[];
    /** Name of the node in use, where it is known. */
    through: string | null;
    /** Since when the state holds. */
    since: number;
    /** Only of "site": the site itself is cut off from headquarters, not only this device. */
    cut?: boolean;
}

export const UNKNOWN_LINK: Link = { state: "ok", nodes: [], through: null, since: 0 };
