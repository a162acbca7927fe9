/** What a message holds. Each kind has a component of its own in this folder. */
import { FileText } from "lucide-react";
import type { Timeline } from "../../client/timeline.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { Name } from "../../design/Name.tsx";
import { CannotOpen } from "../security/CannotOpen.tsx";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { MessageText } from "./Html.tsx";

export function Content({ item }: { item: MessageItem; timeline: Timeline }) {
    const t = useWords();
    const { content } = item;
    switch (content.type) {
        case "text":
            return content.style === "emote" ? (
                <div className="emote">
                    <Name of={item.sender.name} className="b" /> <MessageText body={content.body} html={content.html} />
                </div>
            ) : (
                <MessageText body={content.body} html={content.html} />
            );
        case "locked":
            return <CannotOpen reason={content.reason} />;
        case "deleted":
            return (
                <p className="dim">
                    {content.by ? <Words of="timeline.deletedBy" name={<Name of={content.by.name} />} /> : t("timeline.deleted")}
                </p>
            );
        case "image":
        case "video":
        case "audio":
        case "voice":
        case "file":
        case "sticker":
            return (
                <div className="file">
                    <span className="ic">
                        <FileText className="i l" aria-hidden="true" />
                    </span>
                    <span className="grow">
                        <b className="ell">
                            <Name of={content.file.name} />
                        </b>
                    </span>
                </div>
            );
        case "location":
            return <p className="plain">{content.body}</p>;
        default:
            return <p className="dim">{t("timeline.unknown")}</p>;
    }
}
