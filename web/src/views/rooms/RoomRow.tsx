/** One conversation in the list: who, what was said last, when, and what is unread. */
import { AtSign, BellOff, Flag, OctagonAlert, TriangleAlert, UserPlus } from "lucide-react";
import { memo } from "react";
import { toFailure } from "../../client/failures.ts";
import { isUnread, type RoomSummary } from "../../model/room.ts";
import { listTime } from "../../model/time.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { Link } from "../Link.tsx";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { KINDS } from "./kinds.ts";

export const RoomRow = memo(function RoomRow({ room, current, now }: { room: RoomSummary; current: boolean; now: number }) {
    const t = useWords();
    const language = useLanguage();
    const unread = isUnread(room);
    const picture = <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} />;
    if (room.membership === "invite") return <Invitation room={room} picture={picture} />;
    return (
        <Link
            to={{ place: "chats", room: room.id }}
            className={unread && !current ? "rrow un" : "rrow"}
            data-room={room.id}
            aria-current={current ? "page" : undefined}
        >
            {picture}
            <span className="mid">
                <span className="nm">
                    <Mark room={room} />
                    <Name of={room.name} className="ell" />
                    {room.muted && <BellOff className="i s dim" aria-label={t("rooms.muted")} />}
                </span>
                <span className="pv ell">
                    <Line room={room} current={current} />
                </span>
            </span>
            <span className="meta">
                {room.lastAt > 0 && <time>{listTime(room.lastAt, now, language)}</time>}
                <Badges room={room} />
            </span>
        </Link>
    );
});

/** What waits here and breaks through quiet: a shape and a word, not a colour alone. */
function Mark({ room }: { room: RoomSummary }) {
    const t = useWords();
    if (room.priority === "critical") return <OctagonAlert className="i s critical ct" role="img" aria-label={t("timeline.critical")} />;
    if (room.priority === "urgent") return <TriangleAlert className="i s urgent ct" role="img" aria-label={t("timeline.urgent")} />;
    return room.priority && <Flag className="i s urgent ct" role="img" aria-label={t("rooms.priority")} />;
}

function Badges({ room }: { room: RoomSummary }) {
    const t = useWords();
    if (room.knocks > 0 && room.mentions === 0) {
        return (
            <span className="badge knocks" title={t("rooms.knocks", { count: room.knocks })} aria-label={t("rooms.knocks", { count: room.knocks })}>
                <UserPlus className="i badge-icon" aria-hidden="true" /> {room.knocks}
            </span>
        );
    }
    if (room.mentions > 0) {
        return (
            <span className="badge" aria-label={t("rooms.mentionCount", { count: room.mentions })}>
                <AtSign className="i badge-icon" aria-hidden="true" /> {room.mentions}
            </span>
        );
    }
    if (room.unread > 0 && !room.muted) {
        return (
            <span className="badge quiet" aria-label={t("rooms.unreadCount", { count: room.unread })}>
                {room.unread > 999 ? "999+" : room.unread}
            </span>
        );
    }
    return room.marked ? <span className="dot" role="img" aria-label={t("rooms.unread")} /> : null;
}

/** The second line: who writes, a draft, or what was said last. */
function Line({ room, current }: { room: RoomSummary; current: boolean }) {
    const t = useWords();
    const client = useClient();
    const draft = useStore(client.drafts).get(room.id);
    if (room.typing.length > 0) return <>{typingWords(t, room.typing)}</>;
    if (draft && !current) {
        return (
            <>
                <span className="draft">{t("rooms.draft")}</span> <bdi>{draft.slice(0, 120)}</bdi>
            </>
        );
    }
    const { preview } = room;
    if (!preview) return null;
    const text = <bdi>{preview.kind === "text" ? preview.text : t(KINDS[preview.kind])}</bdi>;
    if (preview.own) return <Words of="rooms.own" text={text} />;
    if (room.kind === "person") return text;
    return <Words of="rooms.other" name={<Name of={preview.sender} />} text={text} />;
}

export function typingWords(t: ReturnType<typeof useWords>, names: readonly string[]): string {
    // First strong isolates keep names of other scripts from turning the sentence.
    const isolated = names.map((name) => `\u2068${name}\u2069`);
    if (isolated.length === 1) return t("rooms.typing", { name: isolated[0]! });
    if (isolated.length === 2) return t("rooms.typingTwo", { name: isolated[0]!, other: isolated[1]! });
    return t("rooms.typingMany");
}

function Invitation({ room, picture }: { room: RoomSummary; picture: React.ReactNode }) {
    const t = useWords();
    const client = useClient();
    const answer = (act: Promise<void>, then: () => void): void => {
        act.then(then, (error: unknown) => toasts.show({ title: t(failureWords(toFailure(error).kind)) }));
    };
    return (
        <div className="rrow un invitation">
            {picture}
            <span className="mid">
                <span className="nm">
                    <Name of={room.name} className="ell" />
                </span>
                <span className="pv ell">{room.inviter ? <Words of="rooms.invites" name={<Name of={room.inviter.name} />} /> : t("rooms.invited")}</span>
            </span>
            <span className="row answers">
                <Button
                    look="primary"
                    size="small"
                    disabled={room.early}
                    onClick={() => answer(client.actions.accept(room.id), () => router.go(room.isSpace ? { place: "chats", view: "space", space: room.id } : { place: "chats", room: room.id }))}
                >
                    {t("rooms.accept")}
                </Button>
                <Button size="small" disabled={room.early} onClick={() => answer(client.actions.decline(room.id), () => toasts.show({ title: t("rooms.declined") }))}>
                    {t("rooms.decline")}
                </Button>
            </span>
        </div>
    );
}
