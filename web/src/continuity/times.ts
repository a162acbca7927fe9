/** How long is long. Two seconds to be somewhere else; nothing said for what is over before. */

import type { MoodTimes } from "./mood.ts";

export interface PilotTimes extends MoodTimes {
    /** Between two looks at the node in use while somebody looks at the page. */
    beatMs: number;
    /** The same where there is no other node. */
    aloneBeatMs: number;
    /** The same while nobody does. */
    hiddenBeatMs: number;
    /** Without an answer for this long a node is silent; more where the line is slow. */
    silentMs: number;
    /** A node that failed is not taken for this long while another is ready. */
    shunnedMs: number;
}

export const TIMES: PilotTimes = {
    beatMs: 700,
    aloneBeatMs: 5_000,
    hiddenBeatMs: 10_000,
    silentMs: 800,
    changingMs: 1_000,
    offlineMs: 3_000,
    pausedMs: 1_500,
    shunnedMs: 10_000,
};
