/** What stands below the field: format, mention, emoji. */
import { AtSign, Bold, Code, Italic, List, Smile, Strikethrough, TextQuote, Type } from "lucide-react";
import { useState, type RefObject } from "react";
import { IconButton } from "../../design/Button.tsx";
import type { Key } from "../../i18n/i18n.ts";
import { overlay, placeOf } from "../timeline/overlays.ts";
import { useWords } from "../useWords.ts";
import type { Writing } from "./useWriting.ts";
import { put, style, type Style } from "./writing.ts";

const STYLES: readonly [Style, Key, typeof Bold][] = [
    ["bold", "composer.bold", Bold],
    ["italic", "composer.italic", Italic],
    ["strike", "composer.strike", Strikethrough],
    ["code", "composer.code", Code],
    ["quote", "composer.quote", TextQuote],
    ["list", "composer.list", List],
];

/** Sets the text and then the caret, once the field shows it. */
function place(field: HTMLTextAreaElement, from: number, to = from): void {
    field.focus();
    requestAnimationFrame(() => field.setSelectionRange(from, to));
}

export function applyStyle(field: HTMLTextAreaElement, writing: Writing, how: Style): void {
    const done = style({ text: writing.text, from: field.selectionStart, to: field.selectionEnd }, how);
    writing.change(done.text, done.to);
    place(field, done.from, done.to);
}

export function insert(field: HTMLTextAreaElement, writing: Writing, text: string): void {
    const done = put(writing.text, field.selectionStart, field.selectionEnd, text);
    writing.change(done.text, done.caret);
    place(field, done.caret);
}

export function Tools({ writing, field, children }: { writing: Writing; field: RefObject<HTMLTextAreaElement | null>; children?: React.ReactNode }) {
    const t = useWords();
    const [formats, setFormats] = useState(false);
    return (
        <div className="row tight" role="toolbar" aria-label={t("composer.tools")}>
            {children}
            <IconButton label={t("composer.format")} className="wide-only" on={formats} aria-expanded={formats} onClick={() => setFormats(!formats)}>
                <Type className="i" aria-hidden="true" />
            </IconButton>
            {formats &&
                STYLES.map(([how, label, Icon]) => (
                    <IconButton key={how} label={t(label)} onMouseDown={(event) => event.preventDefault()} onClick={() => field.current && applyStyle(field.current, writing, how)}>
                        <Icon className="i s" aria-hidden="true" />
                    </IconButton>
                ))}
            <IconButton label={t("composer.mention")} className="wide-only" onClick={() => field.current && insert(field.current, writing, /(^|\s)$/.test(writing.text.slice(0, field.current.selectionStart)) ? "@" : " @")}>
                <AtSign className="i" aria-hidden="true" />
            </IconButton>
            <IconButton
                label={t("composer.emoji")}
                className="wide-only"
                aria-haspopup="dialog"
                onClick={(event) => overlay.set({ kind: "emoji", anchor: placeOf(event.currentTarget), align: "start", pick: (emoji) => field.current && insert(field.current, writing, emoji) })}
            >
                <Smile className="i" aria-hidden="true" />
            </IconButton>
        </div>
    );
}
