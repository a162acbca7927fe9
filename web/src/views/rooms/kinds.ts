/** What stands for a message that is no text. */
import type { Key } from "../../i18n/i18n.ts";
import type { Preview } from "../../model/room.ts";

export const KINDS: Record<Exclude<Preview["kind"], "text">, Key> = {
    image: "rooms.image",
    video: "rooms.video",
    voice: "rooms.voice",
    audio: "rooms.audio",
    file: "rooms.file",
    poll: "rooms.poll",
    location: "rooms.location",
    sticker: "rooms.sticker",
    locked: "rooms.locked",
    deleted: "rooms.deleted",
};
