/** What a message holds. Each kind has a component of its own in this folder. */
import { Suspense } from "react";
import type { Timeline } from "../../client/timeline.ts";
import type { MessageContent, MessageItem } from "../../model/timeline.ts";
import { Name } from "../../design/Name.tsx";
import { language } from "../../i18n/i18n.ts";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { FileCard } from "./Files.tsx";
import { MessageText } from "./Html.tsx";
import { ImageContent, VideoContent } from "./Pictures.tsx";
import { SoundContent } from "./Sound.tsx";
import { lazy } from "../lazy.tsx";

const CannotOpen = lazy(() => language.need("keys").then(() => import("../security/CannotOpen.tsx")));
const PollCard = lazy(() => import("./PollCard.tsx"));
const PlaceCard = lazy(() => import("./PlaceCard.tsx"));

export function Content({ item, timeline }: { item: MessageItem; timeline: Timeline }) {
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
            return (
                <Suspense fallback={<p className="locked">{t("timeline.locked")}</p>}>
                    <CannotOpen reason={content.reason} />
                </Suspense>
            );
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
            return (
                <>
                    <FileContent content={content} item={item} threadId={timeline.threadId} />
                    {content.caption && <MessageText body={content.caption} html={content.captionHtml} />}
                </>
            );
        case "sticker":
            return <ImageContent file={content.file} item={item} threadId={timeline.threadId} />;
        case "location":
            return (
                <Suspense fallback={<div className="place" />}>
                    <PlaceCard uri={content.uri} body={content.body} />
                </Suspense>
            );
        case "poll":
            return (
                <Suspense fallback={<div className="poll" />}>
                    <PollCard raw={content.raw} item={item} />
                </Suspense>
            );
        default:
            return <p className="dim">{t("timeline.unknown")}</p>;
    }
}

function FileContent({ content, item, threadId }: { content: Extract<MessageContent, { caption: string | null }>; item: MessageItem; threadId: string | null }) {
    switch (content.type) {
        case "image":
            return <ImageContent file={content.file} item={item} threadId={threadId} />;
        case "video":
            return <VideoContent file={content.file} item={item} threadId={threadId} />;
        case "file":
            return <FileCard file={content.file} item={item} />;
        default:
            return <SoundContent file={content.file} item={item} voice={content.type === "voice"} />;
    }
}
