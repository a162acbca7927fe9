/** Above the field: which message is answered, or that one is being changed; and how urgent it is. */
import { OctagonAlert, Pencil, Reply, TriangleAlert, X } from "lucide-react";
import { IconButton } from "../../design/Button.tsx";
import type { Urgency } from "../../model/compose.ts";
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

/** How a marked message reads: the shape and the word of its severity. */
export function UrgencyMark({ urgency }: { urgency: Urgency }) {
    const t = useWords();
    const Icon = urgency === "critical" ? OctagonAlert : TriangleAlert;
    return (
        <b className={`row ${urgency} ct`}>
            <Icon className="i s" aria-hidden="true" />
            {t(urgency === "critical" ? "timeline.critical" : "timeline.urgent")}
        </b>
    );
}

export function Marked({ urgency, onDrop }: { urgency: Urgency; onDrop: () => void }) {
    const t = useWords();
    return (
        <div className="about">
            <UrgencyMark urgency={urgency} />
            <span className="grow dim">{t("composer.breaksThrough")}</span>
            <IconButton label={t("composer.unmark")} onClick={onDrop}>
                <X className="i s" aria-hidden="true" />
            </IconButton>
        </div>
    );
}
