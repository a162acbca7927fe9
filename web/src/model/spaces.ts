/** Spaces: groups of rooms that may hold further spaces. What others wrote may go in circles. */

const DEPTH_MAX = 8;

/** All that lies below `root`, at any depth, each once. */
export function below(children: ReadonlyMap<string, readonly string[]>, root: string): Set<string> {
    const found = new Set<string>();
    let level: readonly string[] = [root];
    for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth++) {
        const next: string[] = [];
        for (const space of level) {
            for (const child of children.get(space) ?? []) {
                if (child === root || found.has(child)) continue;
                found.add(child);
                if (children.has(child)) next.push(child);
            }
        }
        level = next;
    }
    return found;
}

/** Spaces that lie in no other; where all go in circles, all of them. */
export function tops(children: ReadonlyMap<string, readonly string[]>): string[] {
    const inside = new Set<string>();
    for (const [space, rooms] of children) for (const room of rooms) if (room !== space) inside.add(room);
    const found = [...children.keys()].filter((space) => !inside.has(space));
    return found.length > 0 ? found : [...children.keys()];
}

/** An order of the space first, then older entries, then by name: as the specification sorts children. */
export function compareChildren(a: { order: string | null; at: number; id: string }, b: { order: string | null; at: number; id: string }): number {
    if (a.order !== b.order) {
        if (a.order === null) return 1;
        if (b.order === null) return -1;
        return a.order < b.order ? -1 : 1;
    }
    return a.at - b.at || (a.id < b.id ? -1 : 1);
}

/** Valid orders are short and plain; all others count as none. */
export function orderOf(value: unknown): string | null {
    return typeof value === "string" && /^[\x20-\x7e]{1,50}$/.test(value) ? value : null;
}
