/** What can be done with a message: the same list for the bar, the menu, the sheet and the keys. */
import { Copy, Eye, Flag, Forward, Link2, MessageSquareText, Pencil, Pin, PinOff, Reply, SmilePlus, Trash2, User } from "lucide-react";
import type { ReactNode } from "react";
import type { AlphornClient } from "../../client/client.ts";
import { toFailure } from "../../client/failures.ts";
import type { Timeline } from "../../client/timeline.ts";
import { formatRoute } from "../../model/route.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { toasts } from "../../design/Toasts.tsx";
import { t, type Key } from "../../i18n/i18n.ts";
import { failureWords } from "../failureWords.ts";
import { report, showPerson } from "../people/card.ts";
import { router } from "../router.ts";
import { composing } from "./composing.ts";
import { overlay, type Anchor } from "./overlays.ts";

export interface Action {
    id: "react" | "reply" | "thread" | "edit" | "copy" | "link" | "forward" | "pin" | "read" | "delete" | "person" | "report" | "file" | "poll" | "location" | "end" | "urgent" | "critical";
    label: Key;
    icon: ReactNode;
    /** The key that does it while the message has the focus. */
    key?: string;
    danger?: boolean;
    run: (anchor: Anchor) => void;
}

const UNDO_MS = 6000;

export async function copy(text: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
        toasts.show({ title: t("timeline.copied") });
    } catch {
        toasts.show({ title: t("errors.unknown") });
    }
}

function plainText(item: MessageItem): string {
    const { content } = item;
    if (content.type === "text" || content.type === "location") return content.body;
    if ("file" in content) return ("caption" in content && content.caption) || content.file.name;
    return "";
}

const icon = (Icon: typeof Copy): ReactNode => <Icon className="i" aria-hidden="true" />;

export function actionsFor(client: AlphornClient, timeline: Timeline, item: MessageItem): Action[] {
    const { roomId, threadId } = timeline;
    const rights = client.messages.rights(roomId, item);
    const id = item.eventId;
    const deleted = item.content.type === "deleted";
    if (id === null || deleted) return [];
    const pinned = client.messages.pinned(roomId).includes(id);
    const locked = item.content.type === "locked";
    const about = composing(roomId, threadId);
    const failed = (error: unknown): void => toasts.show({ title: t(failureWords(toFailure(error).kind)) });
    const all: (Action | false)[] = [
        rights.react && { id: "react", label: "timeline.react", icon: icon(SmilePlus), key: "e", run: (anchor) => overlay.set({ kind: "emoji", anchor, pick: (key) => client.messages.react(roomId, item, key) }) },
        rights.write && !locked && { id: "reply", label: "timeline.reply", icon: icon(Reply), key: "r", run: () => about.set({ mode: "reply", item }) },
        rights.write && !threadId && !locked && { id: "thread", label: "timeline.thread", icon: icon(MessageSquareText), key: "t", run: () => router.go({ place: "chats", room: roomId, panel: "thread", thread: item.threadRoot ?? id }) },
        rights.edit && { id: "edit", label: "timeline.edit", icon: icon(Pencil), run: () => about.set({ mode: "edit", item }) },
        plainText(item) !== "" && { id: "copy", label: "timeline.copyText", icon: icon(Copy), key: "c", run: () => void copy(plainText(item)) },
        { id: "link", label: "timeline.copyLink", icon: icon(Link2), run: () => void copy(linkTo(roomId, id)) },
        !locked && item.content.type !== "poll" && { id: "forward", label: "timeline.forward", icon: icon(Forward), run: () => overlay.set({ kind: "forward", roomId, item }) },
        rights.pin && { id: "pin", label: pinned ? "timeline.unpin" : "timeline.pin", icon: icon(pinned ? PinOff : Pin), run: () => void client.messages.pin(roomId, id, !pinned).catch(failed) },
        item.own && { id: "read", label: "timeline.seenBy", icon: icon(Eye), run: () => overlay.set({ kind: "read", roomId, eventId: id }) },
        !item.own && { id: "person", label: "people.show", icon: icon(User), run: () => showPerson(item.sender.id, roomId) },
        !item.own && { id: "report", label: "people.reportMessage", icon: icon(Flag), run: () => report({ what: "message", roomId, eventId: id }) },
        rights.remove && { id: "delete", label: "timeline.delete", icon: icon(Trash2), key: "Delete", danger: true, run: () => remove(client, roomId, id) },
    ];
    return all.filter((one): one is Action => one !== false);
}

/** An address of this client, as that of a room: nobody is asked outside what it leads to. */
function linkTo(room: string, event: string): string {
    return new URL(formatRoute({ place: "chats", room, event }), location.origin).href;
}

/** Gone at once here, and after six seconds for all: until then it can be taken back. */
function remove(client: AlphornClient, roomId: string, eventId: string): void {
    const undo = client.messages.redactSoon(roomId, eventId, UNDO_MS);
    toasts.show({ title: t("timeline.messageDeleted"), action: { label: t("timeline.undo"), run: undo } });
}
