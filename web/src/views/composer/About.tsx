/** Above the field: which message is answered, or that one is being changed. */
import { Pencil, Reply, X } from "lucide-react";
import { IconButton } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import type { Composing } from "../timeline/composing.ts";
import { LineOf } from "../timeline/LineOf.tsx";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";

export function About({ about, onCancel }: { about: NonNullable<Composing>; onCancel: () => void }) {
    const t = useWords();
    const { mode, item } = about;
    return (
        <div className="about">
            {mode === "edit" ? <Pencil className="i s" aria-hidden="true" /> : <Reply className="i s" aria-hidden="true" />}
            <span className="grow ell">
                <b>{mode === "edit" ? t("composer.editing") : <Words of="composer.replyTo" name={item.own ? t("timeline.you") : <Name of={item.sender.name} />} />}</b>{" "}
                <span className="dim">
                    <LineOf item={item} />
                </span>
            </span>
            <IconButton label={t("composer.cancel")} onClick={onCancel}>
                <X className="i s" aria-hidden="true" />
            </IconButton>
        </div>
    );
}
