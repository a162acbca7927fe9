/** How the server does, in one finding: what is worst comes first. */

export interface ServerNode {
    node: number;
    url: string | null;
    /** Serves clients and can write. */
    ready: boolean;
    here: boolean;
    applied: number;
    behind: number;
    version: string;
    heard_ms_ago: number;
    /** The first site has no name. */
    site: string;
    /** Its site copies another one's log: how many records it lacks, and when that site was heard last. */
    standby: { lag: number; heard_s_ago: number | null } | null;
}

/** Nodes tell of themselves every two seconds; those not heard for so long are not recommended to clients either. */
const SILENT_MS = 5_000;
/** Fewer records than this are on their way, not behind. */
const BEHIND = 500;
/** A standby site that did not hear the other one for so long would lose what was written since. */
const STANDBY_SILENT_S = 60;
const DISK_TIGHT = 0.05;

export type Health = "good" | "behind" | "resting" | "silent";

export function health(node: ServerNode): Health {
    if (node.heard_ms_ago > SILENT_MS) return "silent";
    if (!node.ready) return node.standby ? "good" : "resting";
    return node.behind > BEHIND ? "behind" : "good";
}

export type NodesState =
    | { is: "alone" | "all" | "none" }
    | { is: "last" | "silent" | "resting" | "behind" | "versions" | "standby-late"; nodes: ServerNode[] };

export function nodesState(nodes: readonly ServerNode[]): NodesState {
    const serving = nodes.filter((node) => node.standby === null);
    const up = serving.filter((node) => health(node) === "good" || health(node) === "behind");
    const silent = serving.filter((node) => health(node) === "silent");
    const resting = serving.filter((node) => health(node) === "resting");
    const late = nodes.filter((node) => node.standby && (health(node) === "silent" || (node.standby.heard_s_ago ?? 0) > STANDBY_SILENT_S));
    const behind = up.filter((node) => health(node) === "behind");
    if (up.length === 0) return { is: "none" };
    if (up.length === 1 && serving.length > 1) return { is: "last", nodes: up };
    if (silent.length > 0) return { is: "silent", nodes: silent };
    if (resting.length > 0) return { is: "resting", nodes: resting };
    if (late.length > 0) return { is: "standby-late", nodes: late };
    if (behind.length > 0) return { is: "behind", nodes: behind };
    const newest = nodes.map((node) => node.version).sort().at(-1);
    const old = nodes.filter((node) => node.version !== newest);
    if (old.length > 0) return { is: "versions", nodes: old };
    return { is: serving.length === 1 ? "alone" : "all" };
}

export type Tone = "ok" | "urgent" | "critical" | "calm";

export function toneOf(state: NodesState["is"]): Tone {
    if (state === "none" || state === "last") return "critical";
    if (state === "all") return "ok";
    return state === "alone" ? "calm" : "urgent";
}

export interface Disk {
    free_bytes: number | null;
    total_bytes: number | null;
}

/** How full the disk is, from 0 to 1; null where it is not known. */
export function fullness({ free_bytes, total_bytes }: Disk): number | null {
    if (free_bytes === null || !total_bytes) return null;
    return Math.min(1, Math.max(0, 1 - free_bytes / total_bytes));
}

export function diskTight(disk: Disk): boolean {
    const full = fullness(disk);
    return full !== null && full > 1 - DISK_TIGHT;
}

export type NextStep = "nodes" | "storage" | "reports" | "phone" | "invite";

/** What an administrator does next: the worst first, then what was never set. */
export function nextStep(found: { nodes: NodesState["is"]; tight: boolean; reports: number; phone: boolean }): NextStep {
    const tone = toneOf(found.nodes);
    if (tone === "critical" || tone === "urgent") return "nodes";
    if (found.tight) return "storage";
    if (found.reports > 0) return "reports";
    return found.phone ? "invite" : "phone";
}

/** What `GET /_alphorn/v1/nodes` adds by the node's number: site and standby. */
export function withSites<T extends { node: number }>(nodes: readonly T[], told: unknown): (T & Pick<ServerNode, "site" | "standby">)[] {
    const list = (told as { nodes?: unknown } | null)?.nodes;
    const found = new Map<number, Record<string, unknown>>();
    if (Array.isArray(list)) for (const one of list) if (typeof one?.node === "number") found.set(one.node, one);
    return nodes.map((node) => {
        const more = found.get(node.node);
        const standby = more?.standby as { lag?: unknown; heard_s_ago?: unknown } | null | undefined;
        return {
            ...node,
            site: typeof more?.site === "string" ? more.site : "",
            standby:
                standby && typeof standby.lag === "number"
                    ? { lag: standby.lag, heard_s_ago: typeof standby.heard_s_ago === "number" ? standby.heard_s_ago : null }
                    : null,
        };
    });
}
