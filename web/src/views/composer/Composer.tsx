/** The field in which one writes. Enter sends, Shift Enter breaks; the draft stays on the device. */
import { ArrowUp, Check, Mic, Plus } from "lucide-react";
import { Suspense, useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Timeline } from "../../client/timeline.ts";
import { loaded } from "../../model/loaded.ts";
import type { RoomSummary } from "../../model/room.ts";
import { shownMention } from "../../model/compose.ts";
import { IconButton } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { preferences } from "../preferences.ts";
import { link } from "../shell/linkStore.ts";
import { useWords } from "../useWords.ts";
import { addTiles, tilesOf } from "./attachments.ts";
import { About, Marked } from "./About.tsx";
import { Suggestions, useSuggestions, type Suggestion } from "./Suggestions.tsx";
import { applyStyle, Tools } from "./Tools.tsx";
import { useWriting } from "./useWriting.ts";
import { put } from "./writing.ts";
import { lazy } from "../lazy.tsx";
import "./composer.css";

const Voice = lazy(() => import("./Voice.tsx"));
const Tiles = lazy(() => import("./Tiles.tsx"));

const LINES_PX_MAX = 260;

export function Composer({ room, timeline }: { room: RoomSummary; timeline: Timeline }) {
    const t = useWords();
    const client = useClient();
    const { mayWrite } = useStore(timeline);
    const { state } = useStore(link);
    const field = useRef<HTMLTextAreaElement>(null);
    const writing = useWriting(timeline, field);
    const { text, about } = writing;
    const picker = useRef<HTMLInputElement>(null);
    const tiles = tilesOf(room.id, timeline.threadId);
    const attached = useStore(tiles);
    const [recording, setRecording] = useState(false);
    const suggestions = useSuggestions(room.id, text, writing.caret);
    const [at, setAt] = useState(0);
    const goTo = useRef<number | null>(null);
    const [closedAt, setClosedAt] = useState<number | null>(null);
    const id = useId();
    const offered = closedAt === suggestions.from ? [] : suggestions.all;
    const chosen = Math.min(at, offered.length - 1);

    useEffect(() => void client.media.askMost(), [client]);
    useEffect(() => {
        if (matchMedia("(pointer: fine)").matches) field.current?.focus({ preventScroll: true });
    }, []);
    useLayoutEffect(() => {
        const area = field.current;
        if (!area) return;
        area.style.height = "auto";
        // A long name of a room in the empty field does not make it taller.
        if (text === "") return;
        area.style.height = `${Math.min(area.scrollHeight, LINES_PX_MAX)}px`;
    }, [text]);

    // With the text and not a moment later: who types on would be thrown back.
    useLayoutEffect(() => {
        if (goTo.current === null) return;
        field.current?.setSelectionRange(goTo.current, goTo.current);
        goTo.current = null;
    });

    const take = (one: Suggestion): void => {
        const insert = one.kind === "emoji" ? one.emoji.text : `${shownMention(one.mention)} `;
        if (one.kind === "person") writing.mention(one.mention);
        const done = put(text, suggestions.from, writing.caret, insert);
        writing.change(done.text, done.caret);
        setAt(0);
        goTo.current = done.caret;
    };
    const choosing = (event: KeyboardEvent): boolean => {
        if (offered.length === 0) return false;
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step !== 0) setAt((chosen + step + offered.length) % offered.length);
        else if (event.key === "Enter" || event.key === "Tab") take(offered[chosen]!);
        else if (event.key === "Escape") setClosedAt(suggestions.from);
        else return false;
        return true;
    };
    const attach = (anchor: Element): void =>
        void loaded(() => import("./attachMenu.tsx")).then(({ attachMenu }) => attachMenu(anchor, client, timeline, () => picker.current?.click()));
    const press = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
        // Enter also ends the choice of a character in many languages.
        if (event.nativeEvent.isComposing) return;
        const ctrl = event.ctrlKey || event.metaKey;
        const style = ctrl ? ({ b: "bold", i: "italic", e: "code" } as const)[event.key.toLowerCase()] : undefined;
        if (choosing(event)) event.preventDefault();
        else if (event.key === "Enter" && !event.shiftKey && (ctrl || preferences.getSnapshot().sendKey === "enter")) {
            event.preventDefault();
            writing.send();
        } else if (event.key === "Escape" && about) {
            event.preventDefault();
            writing.cancel();
        } else if (event.key === "ArrowUp" && text === "" && !event.altKey && writing.editLast()) event.preventDefault();
        else if (style) {
            event.preventDefault();
            applyStyle(event.currentTarget, writing, style);
        }
    };
    if (!mayWrite) return <p className="cmp closed">{t("composer.notAllowed")}</p>;
    if (recording) {
        return (
            <div className="cmp" data-region="composer">
                <Suspense fallback={<div className="recording" />}>
                    <Voice timeline={timeline} onDone={() => setRecording(false)} />
                </Suspense>
            </div>
        );
    }
    const label = timeline.threadId ? t("composer.inThread") : t("composer.to", { name: room.name });
    const editing = about?.mode === "edit";
    return (
        <form
            className={editing ? "cmp editing" : "cmp"}
            data-region="composer"
            aria-label={t("composer.send")}
            onSubmit={(event) => {
                event.preventDefault();
                writing.send();
            }}
        >
            <Suggestions id={id} all={offered} at={chosen} onTake={take} />
            {attached.length > 0 && (
                <Suspense fallback={null}>
                    <Tiles tiles={tiles} />
                </Suspense>
            )}
            {about && <About about={about} onCancel={writing.cancel} />}
            {writing.urgency && !editing && <Marked urgency={writing.urgency} onDrop={() => writing.setUrgency(null)} />}
            <textarea
                ref={field}
                className="tx"
                rows={1}
                data-first
                dir="auto"
                value={text}
                aria-label={editing ? t("composer.editing") : label}
                aria-autocomplete="list"
                aria-controls={offered.length > 0 ? id : undefined}
                aria-activedescendant={offered.length > 0 ? `${id}-${chosen}` : undefined}
                placeholder={state === "offline" ? t("composer.offline") : state === "site" ? t("composer.site") : label}
                maxLength={40_000}
                onChange={(event) => {
                    setClosedAt(null);
                    writing.change(event.target.value, event.target.selectionStart);
                }}
                onSelect={(event) => writing.move(event.currentTarget.selectionStart)}
                onKeyDown={press}
                onPaste={(event) => {
                    // A pasted picture becomes an attachment; words that come with a copy of it stay words.
                    if (event.clipboardData.files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
                    event.preventDefault();
                    addTiles(tiles, event.clipboardData.files, client.media.mostBytes);
                }}
            />
            <div className="tools">
                <Tools writing={writing} field={field}>
                    <IconButton label={t("composer.attach")} aria-haspopup="menu" disabled={editing} onClick={(event) => attach(event.currentTarget)}>
                        <Plus className="i" aria-hidden="true" />
                    </IconButton>
                </Tools>
                <input ref={picker} type="file" multiple hidden aria-label={t("composer.attachFile")} onChange={(event) => (addTiles(tiles, event.target.files ?? [], client.media.mostBytes), (event.target.value = ""), field.current?.focus())} />
                <span className="end row">
                    {text.trim() === "" && attached.length === 0 && !editing && (
                        <IconButton label={t("composer.voice")} onClick={() => setRecording(true)}>
                            <Mic className="i" aria-hidden="true" />
                        </IconButton>
                    )}
                    <IconButton label={editing ? t("composer.save") : t("composer.send")} className="send" type="submit" disabled={text.trim() === "" && (editing ? !("file" in about.item.content) : attached.length === 0)}>
                        {editing ? <Check className="i" aria-hidden="true" /> : <ArrowUp className="i" aria-hidden="true" />}
                    </IconButton>
                </span>
            </div>
        </form>
    );
}
