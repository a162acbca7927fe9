/** A text to be handed on, with a button that copies it. */
import { Copy } from "lucide-react";
import { Button } from "../../../design/Button.tsx";
import { toasts } from "../../../design/Toasts.tsx";
import { useWords } from "../../useWords.ts";

export function Copied({ text, label }: { text: string; label: string }) {
    const t = useWords();
    const copy = (): void => {
        navigator.clipboard?.writeText(text).then(
            () => toasts.show({ title: t("admin.copied") }),
            () => toasts.show({ title: t("admin.notCopied") }),
        );
    };
    return (
        <div className="row copied">
            <output className="mono grow" aria-label={label} tabIndex={0}>
                {text}
            </output>
            <Button size="small" onClick={copy}>
                <Copy className="i s" aria-hidden="true" />
                {t("admin.copy")}
            </Button>
        </div>
    );
}
