/** What happened in the room, in grey; many in a row are folded into one line. */
import { Info, Lock } from "lucide-react";
import { useState } from "react";
import type { HappeningItem } from "../../model/timeline.ts";
import { Name } from "../../design/Name.tsx";
import type { Key } from "../../i18n/i18n.ts";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";

const SHOWN_MAX = 3;

const WORDS: Record<HappeningItem["happening"]["what"], Key> = {
    joined: "timeline.joined",
    knocked: "timeline.knocked",
    left: "timeline.left",
    rejected: "timeline.rejected",
    created: "timeline.created",
    encrypted: "timeline.encryptedNow",
    avatar: "timeline.avatarChanged",
    topic: "timeline.topicChanged",
    upgraded: "timeline.upgraded",
    pinned: "timeline.pinnedChanged",
    powers: "timeline.powersChanged",
    invited: "timeline.invitedOne",
    removed: "timeline.removed",
    banned: "timeline.banned",
    unbanned: "timeline.unbanned",
    renamed: "timeline.renamed",
    "called-themselves": "timeline.calledThemselves",
};

function Line({ item }: { item: HappeningItem }) {
    const { happening } = item;
    let name = item.sender.name;
    let other: string | null = null;
    if ("target" in happening) other = happening.target.name;
    if (happening.what === "renamed") other = happening.name;
    if (happening.what === "called-themselves") {
        name = happening.before;
        other = happening.after;
    }
    const Icon = happening.what === "encrypted" ? Lock : Info;
    return (
        <div className="sys">
            <Icon className="i s" aria-hidden="true" />
            <span>
                <Words of={WORDS[happening.what]} name={<Name of={name} />} other={other === null ? null : <Name of={other} />} />
            </span>
        </div>
    );
}

export function Happenings({ items }: { items: readonly HappeningItem[] }) {
    const t = useWords();
    const [open, setOpen] = useState(false);
    if (items.length > SHOWN_MAX && !open) {
        return (
            <div className="sys">
                <Info className="i s" aria-hidden="true" />
                <button type="button" className="unfold" onClick={() => setOpen(true)}>
                    {t("timeline.happenings", { count: items.length })}
                </button>
            </div>
        );
    }
    return (
        <div>
            {items.map((item) => (
                <Line key={item.key} item={item} />
            ))}
        </div>
    );
}
