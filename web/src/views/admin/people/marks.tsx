/** The tags of an account in words. */
import { serverNow } from "../../../client/now.ts";
import type { Person } from "../../../client/admin/admin.ts";
import { marks, type Mark } from "../../../model/admin/people.ts";
import type { Key } from "../../../i18n/i18n.ts";
import { useWords } from "../../useWords.ts";

const WORDS: Record<Mark, { words: Key; tone: string }> = {
    closed: { words: "adminPeople.closed", tone: "offline" },
    locked: { words: "adminPeople.locked", tone: "urgent" },
    suspended: { words: "adminPeople.suspended", tone: "urgent" },
    invited: { words: "adminPeople.invited", tone: "info" },
    shut: { words: "adminPeople.shut", tone: "urgent" },
    administrator: { words: "adminPeople.administrator", tone: "" },
    guest: { words: "adminPeople.guest", tone: "info" },
    program: { words: "adminPeople.program", tone: "" },
};

export function Marks({ person }: { person: Person }) {
    const t = useWords();
    const found = marks(person, serverNow());
    if (found.length === 0) return null;
    return (
        <span className="row tags">
            {found.map((mark) => (
                <span key={mark} className={`tag ${WORDS[mark].tone}`}>
                    {t(WORDS[mark].words)}
                </span>
            ))}
        </span>
    );
}
