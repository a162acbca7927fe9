/** The text of a message: safe HTML, or plain text with its links. The only place where HTML of others is shown. */
import { memo, useMemo } from "react";
import { sanitise } from "./sanitise.ts";

const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;

export const MessageText = memo(function MessageText({ body, html }: { body: string; html: string | null }) {
    const safe = useMemo(() => (html === null ? null : sanitise(html)), [html]);
    if (safe !== null && safe.trim() !== "") return <div className="html" dir="auto" dangerouslySetInnerHTML={{ __html: safe }} />;
    return (
        <p className="plain" dir="auto">
            {withLinks(body)}
        </p>
    );
});

function withLinks(body: string): React.ReactNode[] {
    const parts: React.ReactNode[] = [];
    let at = 0;
    for (const found of body.matchAll(LINK)) {
        // A full stop or bracket at the end belongs to the sentence.
        const address = found[0].replace(/[.,;:!?)\]}]+$/, "");
        parts.push(body.slice(at, found.index));
        parts.push(
            <a key={found.index} href={address} rel="noreferrer noopener nofollow" target="_blank">
                {address}
            </a>,
        );
        at = found.index + address.length;
    }
    parts.push(body.slice(at));
    return parts;
}
