/** The field in which one writes. Enter sends, Shift Enter breaks; the draft stays on the device. */
import { ArrowUp } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Timeline } from "../../client/timeline.ts";
import { write } from "../../model/markdown.ts";
import type { RoomSummary } from "../../model/room.ts";
import { IconButton } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { link } from "../shell/linkStore.ts";
import { useWords } from "../useWords.ts";
import "./composer.css";

const LINES_PX_MAX = 260;
const TYPING_EVERY_MS = 10_000;

/** Tells the others that one writes, at most every ten seconds, and when one stopped. */
function useTyping(roomId: string): (text: string) => void {
    const client = useClient();
    const told = useRef(0);
    useEffect(
        () => () => {
            if (told.current > 0) client.actions.typing(roomId, false);
        },
        [client, roomId],
    );
    return (text) => {
        const now = Date.now();
        if (text === "") {
            if (told.current > 0) client.actions.typing(roomId, false);
            told.current = 0;
        } else if (now - told.current > TYPING_EVERY_MS) {
            told.current = now;
            client.actions.typing(roomId, true);
        }
    };
}

export function Composer({ room, timeline }: { room: RoomSummary; timeline: Timeline }) {
    const t = useWords();
    const client = useClient();
    const { mayWrite } = useStore(timeline);
    const { state } = useStore(link);
    const kept = useStore(client.drafts).get(room.id) ?? "";
    const [text, setText] = useState(kept);
    const field = useRef<HTMLTextAreaElement>(null);
    const tell = useTyping(room.id);

    // A message that was taken back to be changed comes as a draft.
    useEffect(() => {
        if (kept !== "" && text === "") {
            setText(kept);
            field.current?.focus();
        }
    }, [kept, text]);
    useEffect(() => {
        if (matchMedia("(pointer: fine)").matches) field.current?.focus();
    }, []);
    useLayoutEffect(() => {
        const area = field.current;
        if (!area) return;
        area.style.height = "auto";
        area.style.height = `${Math.min(area.scrollHeight, LINES_PX_MAX)}px`;
    }, [text]);

    const change = (value: string): void => {
        setText(value);
        client.drafts.put(room.id, value);
        tell(value);
    };
    const send = (): void => {
        if (text.trim() === "" || !mayWrite) return;
        const { body, html } = write(text.trim());
        const formatted = html === null ? {} : { format: "org.matrix.custom.html", formatted_body: html };
        void client.outgoing.submit(room.id, "m.room.message", { msgtype: "m.text", body, ...formatted });
        change("");
    };
    const press = (event: KeyboardEvent): void => {
        // Enter also ends the choice of a character in many languages.
        if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
        }
    };
    if (!mayWrite) return <p className="cmp closed">{t("composer.notAllowed")}</p>;
    const label = t("composer.to", { name: room.name });
    return (
        <form
            className="cmp"
            data-region="composer"
            aria-label={t("composer.send")}
            onSubmit={(event) => {
                event.preventDefault();
                send();
            }}
        >
            <textarea
                ref={field}
                className="tx"
                rows={1}
                data-first
                dir="auto"
                value={text}
                aria-label={label}
                placeholder={state === "offline" ? t("composer.offline") : label}
                maxLength={40_000}
                onChange={(event) => change(event.target.value)}
                onKeyDown={press}
            />
            <div className="tools">
                <div className="row tight" role="toolbar" aria-label={t("composer.tools")} />
                <span className="end row">
                    <IconButton label={t("composer.send")} className="send" type="submit" disabled={text.trim() === ""}>
                        <ArrowUp className="i" aria-hidden="true" />
                    </IconButton>
                </span>
            </div>
        </form>
    );
}
