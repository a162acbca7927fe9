/** One calm line under a message whose sender is not certain. Nothing is said where all is in order. */
import { ShieldAlert } from "lucide-react";
import type { Shield } from "../../client/trust.ts";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";

const WORDS: Record<Shield, Key> = {
    "unconfirmed-device": "security.shieldDevice",
    changed: "security.shieldChanged",
    "not-theirs": "security.shieldNotTheirs",
    "in-clear": "security.shieldClear",
};

export function MessageShield({ roomId, eventId }: { roomId: string; eventId: string }) {
    const t = useWords();
    const shield = useStore(useClient().trust.message(roomId, eventId));
    if (!shield) return null;
    return (
        <p className="shield xs ct urgent">
            <ShieldAlert className="i s" aria-hidden="true" /> {t(WORDS[shield])}
        </p>
    );
}
