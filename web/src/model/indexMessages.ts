/** What goes to and comes from the worker that holds the index. */
import type { SearchDoc, SearchFound, SearchQuery } from "./search.ts";

/** How far a room has been read into the index. */
export interface RoomProgress {
    /** Where older messages go on; null when the beginning was reached or nothing was read. */
    from: string | null;
    /** The oldest and newest message that was looked at. */
    oldest: number;
    newest: number;
    /** The beginning of the room was reached. */
    complete: boolean;
}

export type ToIndex =
    | { ask: number; what: "open"; key: CryptoKey }
    | { ask: number; what: "add"; docs: readonly SearchDoc[]; gone: readonly string[] }
    | { ask: number; what: "progress"; room: string; progress: RoomProgress }
    | { ask: number; what: "forget-room"; room: string }
    | { ask: number; what: "find"; query: SearchQuery };

export interface IndexState {
    size: number;
    rooms: Record<string, RoomProgress>;
}

export type FromIndex = { answer: number; state?: IndexState; found?: SearchFound; failed?: true };
