/** All emoji, by group, with a search. A grid that arrows move in. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { Key } from "../../i18n/i18n.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { findEmoji, loadEmoji, recentEmoji, usedEmoji, type Emoji } from "./emoji.ts";
import "./emoji.css";

const GROUPS: readonly [number, Key, string][] = [
    [0, "timeline.emojiFaces", "😀"],
    [1, "timeline.emojiPeople", "👋"],
    [3, "timeline.emojiNature", "🌿"],
    [4, "timeline.emojiFood", "🍎"],
    [5, "timeline.emojiTravel", "🚑"],
    [6, "timeline.emojiActivities", "⚽"],
    [7, "timeline.emojiObjects", "💡"],
    [8, "timeline.emojiSymbols", "❤️"],
    [9, "timeline.emojiFlags", "🏁"],
];
const COLUMNS = 9;
const RECENT = -1;

export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
    const t = useWords();
    const language = useLanguage();
    const [all, setAll] = useState<readonly Emoji[]>([]);
    const [words, setWords] = useState("");
    const [group, setGroup] = useState(RECENT);
    const grid = useRef<HTMLDivElement>(null);
    useEffect(() => {
        let gone = false;
        void loadEmoji(language).then((emoji) => !gone && setAll(emoji));
        return () => void (gone = true);
    }, [language]);
    const recent = useMemo(recentEmoji, []);
    const shown = useMemo(() => {
        if (words.trim() !== "") return findEmoji(all, words, 120);
        if (group !== RECENT) return all.filter((one) => one.group === group);
        return recent.map((text) => all.find((one) => one.text === text) ?? { text, label: text });
    }, [all, words, group, recent]);
    const pick = (emoji: string): void => {
        usedEmoji(emoji);
        onPick(emoji);
    };
    const move = (event: KeyboardEvent): void => {
        const buttons = [...(grid.current?.querySelectorAll("button") ?? [])];
        const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
        const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
        if (step === undefined || at < 0) return;
        event.preventDefault();
        buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
    };
    return (
        <div className="emoji">
            <input
                className="in"
                type="search"
                autoFocus
                value={words}
                placeholder={t("timeline.emojiFind")}
                aria-label={t("timeline.emojiFind")}
                onChange={(event) => setWords(event.target.value)}
                onKeyDown={(event) => {
                    if (event.key === "Enter" && shown[0]) pick(shown[0].text);
                    if (event.key === "ArrowDown") (event.preventDefault(), grid.current?.querySelector("button")?.focus());
                }}
            />
            <div className="groups" role="tablist">
                <button type="button" role="tab" aria-selected={group === RECENT && !words} title={t("timeline.emojiRecent")} aria-label={t("timeline.emojiRecent")} onClick={() => (setGroup(RECENT), setWords(""))}>
                    🕘
                </button>
                {GROUPS.map(([number, label, picture]) => (
                    <button key={number} type="button" role="tab" aria-selected={group === number && !words} title={t(label)} aria-label={t(label)} onClick={() => (setGroup(number), setWords(""))}>
                        {picture}
                    </button>
                ))}
            </div>
            <div className="all" ref={grid} onKeyDown={move}>
                {shown.map((one, index) => (
                    <button key={one.text} type="button" tabIndex={index === 0 ? 0 : -1} title={one.label} aria-label={one.label} onClick={() => pick(one.text)}>
                        {one.text}
                    </button>
                ))}
                {shown.length === 0 && all.length > 0 && <p className="dim sm">{t("timeline.emojiNone")}</p>}
            </div>
        </div>
    );
}
