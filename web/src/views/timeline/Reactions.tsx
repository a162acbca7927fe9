/** The reactions under a message: at most six, then how many more. */
import { SmilePlus } from "lucide-react";
import { useState } from "react";
import type { Timeline } from "../../client/timeline.ts";
import { folded } from "../../model/reactions.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import { overlay, placeOf } from "./overlays.ts";

const NAMES_MAX = 12;

export function Reactions({ item, timeline }: { item: MessageItem; timeline: Timeline }) {
    const t = useWords();
    const client = useClient();
    const [open, setOpen] = useState(false);
    if (item.reactions.length === 0) return null;
    const { shown, more } = folded(item.reactions, open);
    const may = client.messages.rights(timeline.roomId, item).react;
    return (
        <div className="reacts">
            {shown.map((one) => {
                const people = client.messages.reactedBy(timeline.roomId, one).slice(0, NAMES_MAX);
                const names = people.map((person) => (person.id === client.session.userId ? t("timeline.you") : person.name)).join(", ");
                const words = t("timeline.reactedWith", { names: one.count > NAMES_MAX ? `${names} + ${one.count - NAMES_MAX}` : names, key: one.shown });
                return (
                    <button
                        key={one.key}
                        type="button"
                        className="react"
                        aria-pressed={one.mine !== null}
                        aria-label={`${words}, ${one.count}`}
                        title={words}
                        disabled={!may}
                        onClick={() => client.messages.react(timeline.roomId, item, one.key)}
                    >
                        <bdi>{one.shown}</bdi> {one.count}
                    </button>
                );
            })}
            {more > 0 && (
                <button type="button" className="react" onClick={() => setOpen(true)}>
                    {t("timeline.moreReactions", { count: more })}
                </button>
            )}
            {may && (
                <button
                    type="button"
                    className="react add"
                    aria-label={t("timeline.addReaction")}
                    title={t("timeline.addReaction")}
                    onClick={(event) => overlay.set({ kind: "emoji", anchor: placeOf(event.currentTarget), align: "start", pick: (key) => client.messages.react(timeline.roomId, item, key) })}
                >
                    <SmilePlus className="i s" aria-hidden="true" />
                </button>
            )}
        </div>
    );
}
