/** The text being written: a draft that is kept, or the other words of a message that is changed. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Timeline } from "../../client/timeline.ts";
import type { Mention, Urgency } from "../../model/compose.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { composing, urgency as urgencyOf, type Composing } from "../timeline/composing.ts";
import { clearTiles, tilesOf } from "./attachments.ts";
import { useTyping } from "./useTyping.ts";

export interface Writing {
    text: string;
    caret: number;
    about: Composing;
    urgency: Urgency | null;
    setUrgency(urgency: Urgency | null): void;
    change(text: string, caret: number): void;
    move(caret: number): void;
    mention(mention: Mention): void;
    /** Neither answering nor changing any more. */
    cancel(): void;
    /** The last own message is changed. */
    editLast(): boolean;
    /** Sends what is written. False if there was nothing. */
    send(): boolean;
}

/** What of a message can be changed: its text, or the words below its file. */
function wordsOf({ content }: MessageItem): string {
    return content.type === "text" ? content.body : "caption" in content ? (content.caption ?? "") : "";
}

export function useWriting(timeline: Timeline, field: RefObject<HTMLTextAreaElement | null>): Writing {
    const client = useClient();
    const { roomId, threadId } = timeline;
    const draftKey = threadId ? `${roomId} ${threadId}` : roomId;
    const cell = composing(roomId, threadId);
    const about = useStore(cell);
    const urgencyCell = urgencyOf(roomId, threadId);
    const urgency = useStore(urgencyCell);
    const kept = useStore(client.drafts).get(draftKey) ?? "";
    const [state, setState] = useState({ text: kept, caret: kept.length });
    const mentions = useRef(new Map<string, Mention>());
    const editing = about?.mode === "edit" ? about.item : null;
    const was = useRef<string | null>(null);
    const tell = useTyping(roomId);

    // A message that is changed takes the place of the draft, which comes back afterwards.
    useEffect(() => {
        const id = editing?.eventId ?? null;
        if (id === was.current) return;
        was.current = id;
        const text = editing ? wordsOf(editing) : client.drafts.get(draftKey);
        for (const one of editing?.mentions ?? []) mentions.current.set(one, { id: one, name: client.messages.nameOf(roomId, one) });
        setState({ text, caret: text.length });
    }, [editing, client, draftKey, roomId]);
    useEffect(() => {
        if (about) field.current?.focus();
    }, [about, field]);
    // A message that was taken back to be changed comes as a draft.
    useEffect(() => {
        if (kept !== "" && state.text === "" && !editing) {
            setState({ text: kept, caret: kept.length });
            field.current?.focus();
        }
    }, [kept, state.text, editing, field]);

    const change = (text: string, caret: number): void => {
        setState({ text, caret });
        if (editing) return;
        client.drafts.put(draftKey, text);
        tell(text);
    };
    return {
        ...state,
        about,
        urgency,
        setUrgency: (how) => urgencyCell.set(how),
        change,
        move: (caret) => caret !== state.caret && setState({ text: state.text, caret }),
        mention: (one) => void mentions.current.set(one.id, one),
        cancel: () => cell.set(null),
        editLast: () => {
            const last = timeline.getSnapshot().items.findLast((item) => item.kind === "message" && item.own && client.messages.rights(roomId, item).edit);
            if (last?.kind !== "message") return false;
            cell.set({ mode: "edit", item: last });
            return true;
        },
        send: () => {
            const text = state.text.trim();
            const tiles = tilesOf(roomId, threadId);
            if (text === "" && (editing ? !("file" in editing.content) : tiles.getSnapshot().length === 0)) return false;
            const named = [...mentions.current.values()];
            if (editing) {
                if (text !== wordsOf(editing)) void client.messages.edit(roomId, editing, text, named);
                cell.set(null);
                return true;
            }
            const reply = about ? { eventId: about.item.eventId!, sender: about.item.sender.id } : null;
            if (tiles.getSnapshot().length > 0) {
                const files = clearTiles(tiles);
                void import("./sendFiles.ts").then(({ sendFiles }) => sendFiles(client, files, { roomId, threadId, text, mentions: named, reply, urgency }));
            } else void client.messages.say(roomId, { text, mentions: named, reply, thread: threadId, urgency });
            mentions.current.clear();
            change("", 0);
            cell.set(null);
            urgencyCell.set(null);
            timeline.toEnd();
            return true;
        },
    };
}
