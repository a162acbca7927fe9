/** The pages of this place, in three groups. */
import { KeyRound, ScrollText, Users, type LucideIcon } from "lucide-react";
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
        words: "admin.organisation",
        entries: [
            { section: "people", words: "admin.people", icon: Users },
            { section: "tokens", words: "admin.tokens", icon: KeyRound },
        ],
    },
    { words: "admin.proof", entries: [{ section: "audit", words: "admin.audit", icon: ScrollText }] },
];

export const firstSection = "people";

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
