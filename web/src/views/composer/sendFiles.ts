/** Sends files: each is a message of its own; one file alone takes the words with it. */
import type { AlphornClient } from "../../client/client.ts";
import { markOf, messageOf, relationOf, type Mention, type ReplyTo, type Urgency } from "../../model/compose.ts";
import { write } from "../../model/markdown.ts";
import { fileContent, safeFileName, type Prepared } from "../../model/files.ts";

export interface Bundle {
    roomId: string;
    threadId: string | null;
    text: string;
    mentions: readonly Mention[];
    reply: ReplyTo | null;
    urgency: Urgency | null;
}

export async function sendFiles(client: AlphornClient, files: readonly { file: File; original: boolean }[], { roomId, threadId, text, mentions, reply, urgency }: Bundle): Promise<void> {
    const { prepare } = await import("./prepare.ts");
    const captioned = files.length === 1 && text !== "";
    for (const [index, { file, original }] of files.entries()) {
        const ready = await prepare(file, original);
        const caption = captioned ? messageOf({ text, mentions, me: client.session.userId }, write) : null;
        await sendOne(client, { roomId, threadId, reply: index === 0 ? reply : null, urgency: index === 0 ? urgency : null }, ready.blob, file.name, ready, ready.thumbnail, caption);
    }
    if (text !== "" && !captioned) await client.messages.say(roomId, { text, mentions, reply: null, thread: threadId });
}

export async function sendOne(
    client: AlphornClient,
    place: { roomId: string; threadId: string | null; reply: ReplyTo | null; urgency: Urgency | null },
    blob: Blob,
    name: string,
    prepared: Prepared,
    thumbnail: Blob | null,
    caption: Record<string, unknown> | null,
): Promise<void> {
    const safe = safeFileName(name);
    const content = { ...fileContent(safe, prepared, caption), ...markOf(place.urgency), ...relationOf(place.reply, client.messages.placeIn(place.roomId, place.threadId)) };
    await client.messages.sendFile(place.roomId, content, { name: safe, blob, thumbnail });
}
