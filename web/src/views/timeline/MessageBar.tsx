/** The bar over a message that the pointer or the focus is on. */
import { Ellipsis } from "lucide-react";
import { IconButton } from "../../design/Button.tsx";
import { useWords } from "../useWords.ts";
import type { Action } from "./actions.tsx";
import { overlay, placeOf } from "./overlays.ts";

const DIRECT: readonly Action["id"][] = ["react", "reply", "thread"];

export function MessageBar({ actions }: { actions: readonly Action[] }) {
    const t = useWords();
    if (actions.length === 0) return null;
    const rest = actions.filter((one) => !DIRECT.includes(one.id));
    return (
        <div className="hoverbar" role="toolbar" aria-label={t("timeline.actions")}>
            {actions
                .filter((one) => DIRECT.includes(one.id))
                .map((one) => (
                    <IconButton key={one.id} label={t(one.label)} tabIndex={-1} onClick={(event) => one.run(placeOf(event.currentTarget))}>
                        {one.icon}
                    </IconButton>
                ))}
            {rest.length > 0 && (
                <IconButton label={t("timeline.more")} tabIndex={-1} aria-haspopup="menu" onClick={(event) => overlay.set({ kind: "menu", anchor: placeOf(event.currentTarget), actions: rest })}>
                    <Ellipsis className="i" aria-hidden="true" />
                </IconButton>
            )}
        </div>
    );
}
