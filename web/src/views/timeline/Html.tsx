/** The text of a message: safe HTML, or plain text with its links. The only place where HTML of others is shown. */
import { memo, useMemo, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { useClient } from "../ClientContext.ts";
import { linksIn } from "../../model/permalink.ts";
import { useWords } from "../useWords.ts";
import { useRoomId } from "./RoomId.ts";
import { anchorOf, followLink, uncover } from "./links.ts";
import { sanitise } from "./sanitise.ts";

const LONG_CHARACTERS = 3500;
const LONG_LINES = 50;

export const MessageText = memo(function MessageText({ body, html }: { body: string; html: string | null }) {
    const t = useWords();
    const client = useClient();
    const roomId = useRoomId();
    const safe = useMemo(() => (html === null ? null : sanitise(html, (id) => client.messages.memberName(roomId, id), t("timeline.hiddenText"))), [html, client, roomId, t]);
    const [open, setOpen] = useState(false);
    const long = (html ?? body).length > LONG_CHARACTERS || (body.match(/\n/g)?.length ?? 0) > LONG_LINES;
    const folded = long && !open ? " folded" : "";
    const rich = safe !== null && safe.trim() !== "";
    return (
        <>
            {rich ? (
                <div className={`html${folded}`} dir="auto" onClick={(event) => uncover(event) || followLink(event, roomId, client.rooms)} onKeyDown={(event) => event.key === "Enter" && uncover(event)} dangerouslySetInnerHTML={{ __html: safe }} />
            ) : (
                <p className={`plain${folded}`} dir="auto" onClick={(event) => followLink(event, roomId, client.rooms)}>
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

function withLinks(body: string): React.ReactNode[] {
    const parts: React.ReactNode[] = [];
    let at = 0;
    for (const { from, to, text, href } of linksIn(body)) {
        parts.push(body.slice(at, from));
        parts.push(
            <a key={from} {...anchorOf(href)}>
                {text}
                {strangeHost(text)}
            </a>,
        );
        at = to;
    }
    parts.push(body.slice(at));
    return parts;
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
