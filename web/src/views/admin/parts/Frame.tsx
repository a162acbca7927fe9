/** What all pages of this place share: head with a sentence on the state and the next step, search, side panel. */
import { ChevronLeft, Search, X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../../design/Button.tsx";
import { PHONE, useMedia } from "../../../design/useMedia.ts";
import { router } from "../../router.ts";
import { useWords } from "../../useWords.ts";

interface PageProps {
    title: string;
    /** One sentence on the state. */
    state: ReactNode;
    /** The next step. */
    step?: ReactNode;
    children: ReactNode;
}

export function Page({ title, state, step, children }: PageProps) {
    const t = useWords();
    const phone = useMedia(PHONE);
    return (
        <section className="adm-main" aria-label={title}>
            <header>
                {phone && (
                    <IconButton label={t("shell.back")} onClick={() => router.go({ place: "admin" })}>
                        <ChevronLeft className="i" aria-hidden="true" />
                    </IconButton>
                )}
                <div className="grow">
                    <h1>{title}</h1>
                    <p className="sm muted adm-state">{state}</p>
                </div>
                {step}
            </header>
            <div className="page adm-page" tabIndex={-1} data-region="room">
                {children}
            </div>
        </section>
    );
}

export function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
    return (
        <label className="search adm-search">
            <Search className="i s" aria-hidden="true" />
            <input className="bare" type="search" aria-label={label} placeholder={label} value={value} maxLength={200} onChange={(event) => onChange(event.target.value)} />
        </label>
    );
}

/** Beside the table; on phones instead of it. */
export function SidePanel({ title, section, children }: { title: string; section: string; children: ReactNode }) {
    const t = useWords();
    const close = (): void => router.go({ place: "admin", section });
    return (
        <aside
            className="pane flat"
            aria-label={title}
            data-region="panel"
            onKeyDown={(event) => {
                if (event.key === "Escape" && !event.defaultPrevented) close();
            }}
        >
            <header>
                <h2 className="grow ell">{title}</h2>
                <IconButton label={t("shell.close")} data-first onClick={close}>
                    <X className="i" aria-hidden="true" />
                </IconButton>
            </header>
            <div className="body">{children}</div>
        </aside>
    );
}
