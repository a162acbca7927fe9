/** One sentence on the state, what it means, and one button with the next step. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "../../../model/admin/operation.ts";

const ICONS = { ok: CircleCheck, calm: Info, urgent: TriangleAlert, critical: CircleAlert };

export function State({ tone, title, text, step }: { tone: Tone; title: string; text: string; step?: ReactNode }) {
    const Icon = ICONS[tone];
    const loud = tone === "urgent" || tone === "critical";
    return (
        <div className={loud ? `card adm-card tone ${tone}` : "card adm-card"} role="status">
            <Icon className={`i l ct ${tone}`} aria-hidden="true" />
            <div className="grow">
                <b>{title}</b>
                <div className="sm muted">{text}</div>
            </div>
            {step}
        </div>
    );
}
