/** What went wrong, below what was tried. */
import { CircleAlert } from "lucide-react";

export function ErrorLine({ text }: { text: string | null }) {
    if (!text) return null;
    return (
        <p className="field-error critical ct" role="alert">
            <CircleAlert className="i s" aria-hidden="true" /> {text}
        </p>
    );
}
