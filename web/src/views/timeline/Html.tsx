/** The text of a message: safe HTML, or plain text with its links. The only place where HTML of others is shown. */
import { memo, useMemo, useState, type MouseEvent } from "react";
import { Button } from "../../design/Button.tsx";
import { useClient } from "../ClientContext.ts";
import { insideOf } from "../../model/permalink.ts";
import { showPerson } from "../people/card.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { useRoomId } from "./RoomId.ts";
import { sanitise } from "./sanitise.ts";

const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const LONG_CHARACTERS = 3500;
const LONG_LINES = 50;

export const MessageText = memo(function MessageText({ body, html }: { body: string; html: string | null }) {
    const t = useWords();
    const client = useClient();
    const roomId = useRoomId();
    const safe = useMemo(() => (html === null ? null : sanitise(html, (id) => client.messages.memberName(roomId, id))), [html, client, roomId]);
    const [open, setOpen] = useState(false);
    const long = (html ?? body).length > LONG_CHARACTERS || (body.match(/\n/g)?.length ?? 0) > LONG_LINES;
    const folded = long && !open ? " folded" : "";
    const rich = safe !== null && safe.trim() !== "";
    return (
        <>
            {rich ? (
                <div className={`html${folded}`} dir="auto" onClick={(event) => follow(event, roomId)} dangerouslySetInnerHTML={{ __html: safe }} />
            ) : (
                <p className={`plain${folded}`} dir="auto" onClick={(event) => follow(event, roomId)}>
                    {withLinks(folded ? body.slice(0, LONG_CHARACTERS) : body)}
                </p>
            )}
            {folded && (
                <Button look="plain" size="small" onClick={() => setOpen(true)}>
                    {t("timeline.showAll")}
                </Button>
            )}
        </>
    );
});

/** What a link leads to inside this client is opened inside. */
function follow(event: MouseEvent<HTMLElement>, roomId: string): void {
    const link = (event.target as HTMLElement).closest("a");
    const { person, room, event: message } = link?.dataset ?? {};
    if (person) showPerson(person, roomId);
    else if (room?.startsWith("!")) router.go({ place: "chats", room, event: message });
    else return;
    event.preventDefault();
}

function withLinks(body: string): React.ReactNode[] {
    const parts: React.ReactNode[] = [];
    let at = 0;
    for (const found of body.matchAll(LINK)) {
        // A full stop or bracket at the end belongs to the sentence.
        const address = found[0].replace(/[.,;:!?)\]}]+$/, "");
        parts.push(body.slice(at, found.index));
        parts.push(
            <a key={found.index} href={address} {...inside(address)} rel="noreferrer noopener nofollow" target="_blank">
                {address}
                {strangeHost(address)}
            </a>,
        );
        at = found.index + address.length;
    }
    parts.push(body.slice(at));
    return parts;
}

function inside(address: string): Record<string, string | undefined> {
    const { person, room, event } = insideOf(address) ?? {};
    return { "data-person": person, "data-room": room, "data-event": event };
}

/** "https://bank.example@evil.example": says where it leads. */
function strangeHost(address: string): string {
    try {
        const { username, host } = new URL(address);
        return username === "" ? "" : ` (${host})`;
    } catch {
        return "";
    }
}
