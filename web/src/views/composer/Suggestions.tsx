/** People after @ and emoji after a colon, while one writes. The arrows choose, Enter or Tab takes, Esc goes on. */
import { Users } from "lucide-react";
import { useEffect, useState } from "react";
import type { Mention } from "../../model/compose.ts";
import { Name } from "../../design/Name.tsx";
import { useClient } from "../ClientContext.ts";
import type { Emoji } from "../emoji/emoji.ts";
import { Picture } from "../Picture.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { asked } from "./writing.ts";

export type Suggestion = { kind: "person"; mention: Mention; avatar: string | null } | { kind: "emoji"; emoji: Emoji };

const PEOPLE_MAX = 6;
const EMOJI_MAX = 7;

/** What fits the word before the caret. */
export function useSuggestions(roomId: string, text: string, caret: number): { all: readonly Suggestion[]; from: number } {
    const t = useWords();
    const client = useClient();
    const language = useLanguage();
    const [emoji, setEmoji] = useState<readonly Suggestion[]>([]);
    const word = asked(text, caret);
    const wanted = word?.kind === ":" ? word.word : null;
    useEffect(() => {
        if (wanted === null) return setEmoji([]);
        let gone = false;
        void import("../emoji/emoji.ts")
            .then(async ({ findEmoji, loadEmoji }) => findEmoji(await loadEmoji(language), wanted, EMOJI_MAX))
            .then((found) => !gone && setEmoji(found.map((one) => ({ kind: "emoji", emoji: one }))));
        return () => void (gone = true);
    }, [wanted, language]);
    if (!word) return { all: [], from: 0 };
    if (word.kind === ":") return { all: emoji, from: word.from };
    const people: Suggestion[] = client.messages.people(roomId, word.word, PEOPLE_MAX).map(({ id, name, avatar }) => ({ kind: "person", mention: { id, name }, avatar }));
    if ("room".startsWith(word.word.toLowerCase()) && client.messages.mayNameAll(roomId)) {
        people.push({ kind: "person", mention: { id: "@room", name: t("composer.everybody") }, avatar: null });
    }
    return { all: people, from: word.from };
}

export function Suggestions({ id, all, at, onTake }: { id: string; all: readonly Suggestion[]; at: number; onTake: (one: Suggestion) => void }) {
    const t = useWords();
    if (all.length === 0) return null;
    return (
        <ul className="suggest" role="listbox" id={id} aria-label={t("composer.suggestions")}>
            {all.map((one, index) => (
                <li
                    key={one.kind === "emoji" ? one.emoji.text : one.mention.id}
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    onPointerDown={(event) => {
                        event.preventDefault();
                        onTake(one);
                    }}
                >
                    {one.kind === "emoji" ? (
                        <>
                            <span className="pic">{one.emoji.text}</span> {one.emoji.label} <span className="xs dim end">:{one.emoji.short}:</span>
                        </>
                    ) : one.mention.id === "@room" ? (
                        <>
                            <Users className="i" aria-hidden="true" /> {one.mention.name} <span className="xs dim end">@room</span>
                        </>
                    ) : (
                        <>
                            <Picture id={one.mention.id} name={one.mention.name} mxc={one.avatar} size="x" /> <Name of={one.mention.name} className="ell" />{" "}
                            <span className="xs dim end ell">{one.mention.id}</span>
                        </>
                    )}
                </li>
            ))}
        </ul>
    );
}
