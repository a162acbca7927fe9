/** The words of a shield. */
import { ShieldAlert } from "lucide-react";
import type { Shield } from "../../client/trust.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useWords } from "../useWords.ts";

const WORDS: Record<Shield, Key> = {
    "unconfirmed-device": "security.shieldDevice",
    changed: "security.shieldChanged",
    "not-theirs": "security.shieldNotTheirs",
    "in-clear": "security.shieldClear",
};

export default function ShieldLine({ shield }: { shield: Shield }) {
    const t = useWords();
    return (
        <p className="shield xs ct urgent">
            <ShieldAlert className="i s" aria-hidden="true" /> {t(WORDS[shield])}
        </p>
    );
}
