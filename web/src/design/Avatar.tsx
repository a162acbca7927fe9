/** The picture of a person (round) or room (square); initials on one of twelve hues where there is none. */
import type { CSSProperties } from "react";
import { hue, initials } from "../model/names.ts";

export interface AvatarProps {
    /** Decides the hue: a user's or room's id. */
    id: string;
    name: string;
    /** An address that may be shown (blob: or own origin). */
    src?: string | null;
    kind?: "person" | "room";
    size?: "x" | "s" | "m" | "l" | "xl";
    presence?: "here" | "away" | "dnd" | null;
}

export function Avatar({ id, name, src, kind = "person", size = "m", presence }: AvatarProps) {
    const classes = ["av", kind === "room" ? "room" : "", size === "m" ? "" : size].filter(Boolean).join(" ");
    const mark = presence === "here" ? "pres" : presence ? `pres ${presence}` : null;
    return (
        <span className={classes} style={{ "--h": hue(id) } as CSSProperties} aria-hidden="true" data-initials={src ? undefined : initials(name)}>
            {src && <img src={src} alt="" draggable={false} />}
            {mark && <i className={mark} />}
        </span>
    );
}
