/** Reactions by the message they are on. Small records, kept when the messages themselves are let go of. */
import type { MatrixEvent } from "matrix-js-sdk";
import { shownKey } from "../model/reactions.ts";
import type { Reaction } from "../model/timeline.ts";

interface Kept {
    id: string;
    sender: string;
    key: string;
    at: number;
}

const PER_MESSAGE_MAX = 2000;
const SHOWN_MAX = 60;

export class RelationIndex {
    readonly #byTarget = new Map<string, Map<string, Kept>>();
    readonly #targetOf = new Map<string, string>();
    readonly #gone = new Set<string>();

    /** Takes an event in; the id of the message whose line changes by it. */
    add(event: MatrixEvent): string | null {
        if (event.getType() !== "m.reaction" || event.isRedacted() || event.isState()) return null;
        const relation = event.getRelation() as { rel_type?: unknown; event_id?: unknown; key?: unknown } | null;
        const [id, sender] = [event.getId(), event.getSender()];
        if (!id || !sender || relation?.rel_type !== "m.annotation") return null;
        const { event_id: target, key } = relation;
        if (typeof target !== "string" || typeof key !== "string" || key === "") return null;
        if (this.#gone.has(id) || this.#targetOf.has(id)) return null;
        let all = this.#byTarget.get(target);
        if (!all) this.#byTarget.set(target, (all = new Map()));
        if (all.size >= PER_MESSAGE_MAX) return null;
        all.set(id, { id, sender, key: key.slice(0, 200), at: event.getTs() });
        this.#targetOf.set(id, target);
        return target;
    }

    /** A reaction was taken back; the id of the message it was on. */
    remove(eventId: string): string | null {
        this.#gone.add(eventId);
        const target = this.#targetOf.get(eventId);
        if (target === undefined) return null;
        this.#targetOf.delete(eventId);
        this.#byTarget.get(target)?.delete(eventId);
        return target;
    }

    /** The pills of a message, in the order in which they first came. `hidden` are being taken back, `waiting` are on their way, `unheard` are ignored. */
    of(target: string, me: string, hidden: ReadonlySet<string>, waiting: readonly { key: string; txnId: string }[], unheard: readonly string[] = []): Reaction[] {
        const found = new Map<string, { people: Set<string>; mine: string | null; first: number }>();
        const entry = (key: string, at: number) => {
            let one = found.get(key);
            if (!one) found.set(key, (one = { people: new Set(), mine: null, first: at }));
            one.first = Math.min(one.first, at);
            return one;
        };
        for (const { id, sender, key, at } of this.#byTarget.get(target)?.values() ?? []) {
            if (hidden.has(id) || unheard.includes(sender)) continue;
            const one = entry(key, at);
            one.people.add(sender);
            if (sender === me) one.mine = id;
        }
        for (const { key, txnId } of waiting) {
            const one = entry(key, Infinity);
            one.people.add(me);
            one.mine ??= `~${txnId}`;
        }
        return [...found]
            .sort(([, a], [, b]) => a.first - b.first || 0)
            .slice(0, SHOWN_MAX)
            .map(([key, { people, mine }]) => ({ key, shown: shownKey(key), count: people.size, mine, people: [...people] }));
    }
}
