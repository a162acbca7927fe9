/** What the organisation tells everybody today. Quiet: it stands where one looks anyway, and goes when it was read. */
import { Info, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useWords } from "../useWords.ts";
import { organisation } from "./organisationStore.ts";
import "./announcement.css";

const HIDDEN = "alphorn.announcement";
/** Longer ones are folded: the list below is what people come for. */
const FOLDED_FROM = 180;
const ASKED_EVERY_MS = 10 * 60 * 1000;

/** `closable`: whoever has read it may put this text away on this device; another text is shown again. */
export function Announcement({ closable = false }: { closable?: boolean }) {
    const t = useWords();
    const { message, name } = useStore(organisation);
    const [hidden, setHidden] = useState(readHidden);
    const [whole, setWhole] = useState(false);
    useEffect(() => {
        const ask = (): void => void (document.visibilityState === "visible" && organisation.load());
        // Who is signed in has asked already, when a node answered.
        if (!closable) ask();
        const timer = setInterval(ask, ASKED_EVERY_MS);
        return () => clearInterval(timer);
    }, [closable]);
    if (!message || (closable && hidden === message)) return null;
    const long = message.length > FOLDED_FROM || message.split("\n").length > 4;
    const title = name ? t("shell.noticeOf", { name }) : t("shell.notice");
    return (
        <section className="announcement" aria-label={title}>
            <Info className="i s" aria-hidden="true" />
            <div className="grow">
                <p className={long && !whole ? "folded" : undefined} dir="auto">
                    {message}
                </p>
                {long && !whole && (
                    <Button look="plain" size="small" onClick={() => setWhole(true)}>
                        {t("shell.wholeNotice")}
                    </Button>
                )}
            </div>
            {closable && (
                <IconButton
                    label={t("shell.hideNotice")}
                    onClick={() => {
                        keepHidden(message);
                        setHidden(message);
                    }}
                >
                    <X className="i s" aria-hidden="true" />
                </IconButton>
            )}
        </section>
    );
}

function readHidden(): string | null {
    try {
        return localStorage.getItem(HIDDEN);
    } catch {
        return null;
    }
}

function keepHidden(text: string): void {
    try {
        localStorage.setItem(HIDDEN, text);
    } catch {
        // Where nothing is kept, it is hidden as long as the page is open.
    }
}
