/** What is written, as the content of an event: text with mentions, replies, edits, threads. Pure. */
import type { Written as Marked } from "./markdown.ts";

export type Content = Record<string, unknown>;
/** Reads Markdown: `write` of `markdown.ts`, which is fetched after everything else. */
export type Write = (text: string) => Marked;

/** What is written as it stands, where Markdown could not be fetched. */
export const plainly: Write = (text) => ({ body: text, html: null });

/** The mark of a message that breaks through quiet hours. */
export const PRIORITY = "io.alphorn.priority";
export type Urgency = "urgent" | "critical";

export function urgencyOf(content: Content): Urgency | null {
    const mark = content[PRIORITY];
    return mark === "urgent" || mark === "critical" ? mark : null;
}

export function markOf(urgency: Urgency | null | undefined): Content {
    return urgency ? { [PRIORITY]: urgency } : {};
}

export interface Mention {
    /** A person's id, or "@room" for everybody. */
    id: string;
    name: string;
}

export interface ReplyTo {
    eventId: string;
    sender: string;
}

export interface ThreadPlace {
    root: string;
    /** The newest message of the thread: what clients without threads see as answered. */
    last: string;
}

const ROOM = "@room";

/** Characters that mean something in Markdown, made to mean nothing. */
function literal(text: string): string {
    return text.replace(/[\\`*_{}[\]()<>#+\-.!|~&:]/g, "\\$&");
}

const address = (id: string): string => `https://matrix.to/#/${encodeURIComponent(id).replace(/%40/g, "@").replace(/%3A/g, ":")}`;

/** Only those that are still in the text; longer names first, so that "Anna" does not take from "Anna Meier". */
function used(text: string, mentions: readonly Mention[]): Mention[] {
    const all = new Map(mentions.map((one) => [one.id, one]));
    return [...all.values()].filter((one) => text.includes(shownMention(one))).sort((a, b) => b.name.length - a.name.length);
}

export function shownMention(mention: Mention): string {
    return mention.id === ROOM ? ROOM : `@${mention.name}`;
}

function withLinks(text: string, mentions: readonly Mention[]): string {
    let marked = text;
    const links: string[] = [];
    for (const one of mentions) {
        if (one.id === ROOM) continue;
        links.push(`[@${literal(one.name)}](${address(one.id)})`);
        // A character of the private area stands in until all names are found: no name is looked for inside a link.
        marked = marked.split(shownMention(one)).join(`\ue000${links.length - 1}\ue001`);
    }
    return marked.replace(/\ue000(\d+)\ue001/g, (_all, index: string) => links[Number(index)] ?? "");
}

/** `m.mentions` of these, and of whoever is answered. */
function mentionsOf(mentions: readonly Mention[], also: readonly string[] = []): Content {
    const ids = [...new Set([...mentions.filter((one) => one.id !== ROOM).map((one) => one.id), ...also])];
    return {
        ...(ids.length > 0 ? { user_ids: ids } : {}),
        ...(mentions.some((one) => one.id === ROOM) ? { room: true } : {}),
    };
}

export interface Written {
    text: string;
    mentions: readonly Mention[];
    reply?: ReplyTo | null;
    thread?: ThreadPlace | null;
    urgency?: Urgency | null;
    me: string;
}

/** A message of text. `/me` makes it an act. */
export function messageOf({ text, mentions, reply, thread, urgency, me }: Written, write: Write): Content {
    const emote = /^\/me\s/.test(text);
    const own = emote ? text.slice(4) : text;
    const named = used(own, mentions);
    const { html } = write(withLinks(own, named));
    return {
        msgtype: emote ? "m.emote" : "m.text",
        body: own.slice(0, 40_000),
        ...(html === null ? {} : { format: "org.matrix.custom.html", formatted_body: html }),
        "m.mentions": mentionsOf(named, reply && reply.sender !== me ? [reply.sender] : []),
        ...markOf(urgency),
        ...relationOf(reply, thread),
    };
}

/** Where a message belongs: in a thread, to another message, or neither. */
export function relationOf(reply?: ReplyTo | null, thread?: ThreadPlace | null): Content {
    if (thread) {
        return {
            "m.relates_to": {
                rel_type: "m.thread",
                event_id: thread.root,
                is_falling_back: !reply,
                "m.in_reply_to": { event_id: reply?.eventId ?? thread.last },
            },
        };
    }
    return reply ? { "m.relates_to": { "m.in_reply_to": { event_id: reply.eventId } } } : {};
}

/** Other words for a message that is there already, and may answer another one. Only who is newly named is told. `old` is what it holds now. */
export function editOf(eventId: string, { text, mentions, reply, me }: Written, before: readonly string[], old: Content, write: Write): Content {
    const { "m.relates_to": _relation, ...now } = messageOf({ text, mentions, reply, me, urgency: urgencyOf(old) }, write);
    const content = "url" in old || "file" in old ? captioned(old, now) : now;
    const added = used(text, mentions).filter((one) => !before.includes(one.id));
    // It is news only once.
    const { [PRIORITY]: _mark, ...told } = content;
    return {
        ...told,
        body: `* ${String(content.body)}`,
        ...(content.formatted_body ? { formatted_body: `* ${String(content.formatted_body)}` } : {}),
        "m.mentions": mentionsOf(added),
        "m.new_content": content,
        "m.relates_to": { rel_type: "m.replace", event_id: eventId },
    };
}

/** Of a file only the words below it change; without any, its name stands in their place. */
function captioned(old: Content, words: Content): Content {
    const { "m.relates_to": _relation, format: _format, formatted_body: _html, ...rest } = old;
    const filename = typeof old.filename === "string" ? old.filename : old.body;
    if (words.body === "") return { ...rest, filename, body: filename };
    return { ...rest, filename, body: words.body, ...(words.formatted_body ? { format: words.format, formatted_body: words.formatted_body } : {}) };
}

export function reactionOf(eventId: string, key: string): Content {
    return { "m.relates_to": { rel_type: "m.annotation", event_id: eventId, key } };
}

/** A copy of a message for another room: without its relations, and without naming or waking anybody again. */
export function forwardOf(content: Content): Content {
    const { "m.relates_to": _relation, "m.new_content": _edit, "m.mentions": _mentions, [PRIORITY]: _mark, ...rest } = content;
    return { ...rest, "m.mentions": {} };
}
