/** What is on its way out and changes other messages: reactions, edits, deletions. */
import type { OutgoingItem } from "./outgoing.ts";

export interface Pending {
    reactions: ReadonlyMap<string, { key: string; txnId: string }[]>;
    edits: ReadonlyMap<string, OutgoingItem>;
    /** Ids of events that are being deleted. */
    gone: ReadonlySet<string>;
}

interface Relation {
    rel_type?: string;
    event_id?: string;
    key?: string;
}

export function relationOf(item: OutgoingItem): Relation {
    return (item.content["m.relates_to"] as Relation | undefined) ?? {};
}

export function pendingIn(items: readonly OutgoingItem[], roomId: string): Pending {
    const reactions = new Map<string, { key: string; txnId: string }[]>();
    const edits = new Map<string, OutgoingItem>();
    const gone = new Set<string>();
    for (const item of items) {
        if (item.roomId !== roomId || item.state === "refused") continue;
        const { rel_type, event_id, key } = relationOf(item);
        if (item.type === "m.room.redaction") gone.add(String(item.content.redacts));
        else if (!event_id) continue;
        else if (rel_type === "m.annotation" && key) reactions.set(event_id, [...(reactions.get(event_id) ?? []), { key, txnId: item.txnId }]);
        else if (rel_type === "m.replace") edits.set(event_id, item);
    }
    return { reactions, edits, gone };
}
