/** What was found, room by room, each with its words marked; a press leads to the message. */
import { BarChart3, FileText, Image, Mic, type LucideIcon } from "lucide-react";
import { useMemo } from "react";
import { serverNow } from "../../client/now.ts";
import type { Hit } from "../../client/search/messageSearch.ts";
import { piecesOf, wordsOf, type HitKind } from "../../model/search.ts";
import { clockTime, exactTime, listTime, sameDay } from "../../model/time.ts";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { Picture } from "../Picture.tsx";
import { useLanguage, useWords } from "../useWords.ts";

const ICONS: Partial<Record<HitKind, LucideIcon>> = { file: FileText, picture: Image, voice: Mic, poll: BarChart3 };

export function Hits({ hits, words, heads }: { hits: readonly Hit[]; words: string; heads: boolean }) {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const groups = useMemo(() => {
        const found = new Map<string, Hit[]>();
        for (const hit of hits) found.set(hit.room, [...(found.get(hit.room) ?? []), hit]);
        return [...found];
    }, [hits]);
    const marked = useMemo(() => wordsOf(words), [words]);
    return (
        <>
            {groups.map(([id, inRoom]) => {
                const room = rooms.find((one) => one.id === id);
                return (
                    <section key={id} className="hit-group">
                        {heads && (
                            <h3 className="row sm">
                                <Picture id={room?.person ?? id} name={room?.name ?? id} mxc={room?.avatar ?? null} kind={room?.kind ?? "room"} size="x" />
                                <Name of={room?.name ?? id} className="ell" />
                                <span className="dim plain-weight nowrap">{t("search.foundRoom", { count: inRoom.length })}</span>
                            </h3>
                        )}
                        <ul>
                            {inRoom.map((hit) => (
                                <li key={hit.id}>
                                    <HitRow hit={hit} marked={marked} beside={!heads} />
                                </li>
                            ))}
                        </ul>
                    </section>
                );
            })}
        </>
    );
}

/** `beside`: the search stays open beside the room. */
function HitRow({ hit, marked, beside }: { hit: Hit; marked: readonly string[]; beside: boolean }) {
    const language = useLanguage();
    const now = serverNow();
    const Icon = ICONS[hit.kind];
    const day = sameDay(hit.at, now) ? "" : `${listTime(hit.at, now, language)}, `;
    return (
        <Link to={{ place: "chats", room: hit.room, panel: beside ? "search" : undefined, event: hit.id }} className="result">
            <Picture id={hit.sender.id} name={hit.sender.name} mxc={hit.sender.avatar} />
            <span className="grow">
                <span className="row">
                    <Name of={hit.sender.name} className="b ell" />
                    <time className="end sm dim nowrap" title={exactTime(hit.at, language)}>
                        {day}
                        {clockTime(hit.at, language)}
                    </time>
                </span>
                <span className="hit-text">
                    {Icon && <Icon className="i s dim" aria-hidden="true" />}{" "}
                    <bdi>
                        {piecesOf(hit.text, marked).map((piece, index) => (piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text))}
                    </bdi>
                </span>
            </span>
        </Link>
    );
}
