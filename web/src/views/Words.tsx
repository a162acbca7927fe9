/** Words with something other than text in their gaps, such as names: `<Words of="rooms.invites" name={<Name …/>} />`. */
import { Fragment, type ReactNode } from "react";
import { language, pieces, type Key } from "../i18n/i18n.ts";
import { useStore } from "../design/useStore.ts";

export function Words({ of, count, ...gaps }: { of: Key; count?: number } & Record<string, ReactNode>) {
    useStore(language);
    const filled: Record<string, ReactNode> = count === undefined ? gaps : { count, ...gaps };
    return (
        <>
            {pieces(of, count).map((piece, index) => (
                <Fragment key={index}>{"text" in piece ? piece.text : (filled[piece.gap] ?? "")}</Fragment>
            ))}
        </>
    );
}
