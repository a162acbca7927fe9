/** Who may change what one may not. */
import { Lock } from "lucide-react";

export function Why({ id, text }: { id?: string; text: string | null }) {
    if (!text) return null;
    return (
        <p className="hint" id={id}>
            <Lock className="i s" aria-hidden="true" /> {text}
        </p>
    );
}
