/** A message in one line: for quotes, pins and the composer. */
import { plainLine, type MessageContent, type MessageItem } from "../../model/timeline.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useWords } from "../useWords.ts";

const KINDS: Partial<Record<MessageContent["type"], Key>> = {
    image: "rooms.image",
    video: "rooms.video",
    audio: "rooms.audio",
    voice: "rooms.voice",
    sticker: "rooms.sticker",
    location: "rooms.location",
    poll: "rooms.poll",
    locked: "rooms.locked",
    deleted: "rooms.deleted",
};
const TEXT_MAX = 200;

export function LineOf({ item }: { item: MessageItem }) {
    const t = useWords();
    const { content } = item;
    if (content.type === "text") return <bdi>{plainLine(content.body, content.html).slice(0, TEXT_MAX).replace(/\s+/g, " ")}</bdi>;
    if (content.type === "file") return <bdi>{content.file.name}</bdi>;
    const kind = KINDS[content.type];
    return <span>{kind ? t(kind) : t("timeline.unknown")}</span>;
}
