/** The pages of this place, in three groups. */
import { Activity, Files, Flag, HardDrive, KeyRound, MessagesSquare, ScrollText, Server, SlidersHorizontal, Users, type LucideIcon } from "lucide-react";
import type { Key } from "../../i18n/i18n.ts";
import { Link } from "../Link.tsx";
import { useWords } from "../useWords.ts";

interface Entry {
    section: string;
    words: Key;
    icon: LucideIcon;
}

const GROUPS: readonly { words: Key; entries: readonly Entry[] }[] = [
    {
        words: "admin.operation",
        entries: [
            { section: "overview", words: "admin.overview", icon: Activity },
            { section: "nodes", words: "admin.nodes", icon: Server },
            { section: "storage", words: "admin.storage", icon: HardDrive },
            { section: "media", words: "admin.media", icon: Files },
        ],
    },
    {
        words: "admin.organisation",
        entries: [
            { section: "people", words: "admin.people", icon: Users },
            { section: "rooms", words: "admin.rooms", icon: MessagesSquare },
            { section: "tokens", words: "admin.tokens", icon: KeyRound },
            { section: "settings", words: "admin.settings", icon: SlidersHorizontal },
        ],
    },
    {
        words: "admin.proof",
        entries: [
            { section: "audit", words: "admin.audit", icon: ScrollText },
            { section: "reports", words: "admin.reports", icon: Flag },
        ],
    },
];

export const firstSection = "overview";

export function AdminNav({ current }: { current?: string }) {
    const t = useWords();
    return (
        <nav className="side adm-nav" aria-label={t("admin.title")} tabIndex={-1} data-region="list">
            <header>
                <h2>{t("admin.title")}</h2>
            </header>
            {GROUPS.map((group) => (
                <div key={group.words}>
                    <h3 className="sec">{t(group.words)}</h3>
                    <div className="nav">
                        {group.entries.map(({ section, words, icon: Icon }) => (
                            <Link key={section} to={{ place: "admin", section }} aria-current={section === current ? "page" : undefined}>
                                <Icon className="i" aria-hidden="true" />
                                {t(words)}
                            </Link>
                        ))}
                    </div>
                </div>
            ))}
        </nav>
    );
}
