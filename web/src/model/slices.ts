/** In which order, and how many at a time, the rooms of a large answer are worked through. */

export interface JoinedPart {
    timeline?: { events?: readonly { origin_server_ts?: unknown }[] };
}

/** So long a slice may keep the browser from everything else. */
const SLICE_MS = 24;
const SIZE_MAX = 64;

/** Rooms where something was said last come first: they stand at the top of the list. */
export function orderOf<T extends JoinedPart>(rooms: readonly (readonly [string, T])[]): [string, T][] {
    const at = ({ timeline }: T): number => Number(timeline?.events?.at(-1)?.origin_server_ts) || 0;
    return rooms
        .map(([id, part]) => ({ id, part, at: at(part) }))
        .sort((a, b) => b.at - a.at)
        .map(({ id, part }) => [id, part]);
}

/** Takes the next rooms out of `left`: those in `first`, then as they come. */
export function sliceOf<T>(left: Map<string, T>, size: number, first: ReadonlySet<string>): Record<string, T> {
    const taken: [string, T][] = [];
    const take = (id: string): void => {
        const part = left.get(id);
        if (part === undefined || taken.length >= size) return;
        taken.push([id, part]);
        left.delete(id);
    };
    first.forEach(take);
    for (const id of left.keys()) {
        if (taken.length >= size) break;
        take(id);
    }
    return Object.fromEntries(taken);
}

/** How many rooms the next slice has, after `size` rooms took so long. */
export function nextSize(size: number, tookMs: number): number {
    const wanted = Math.floor((size * SLICE_MS) / Math.max(1, tookMs));
    // Half as many or twice as many at most: a single slow room says little of the others.
    return Math.min(SIZE_MAX, size * 2, Math.max(1, Math.ceil(size / 2), wanted));
}
