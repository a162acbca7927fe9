/** Whether a media query holds now. Breakpoints are those of design.md section 3. */
import { useSyncExternalStore } from "react";

export const PHONE = "(max-width: 719px)";
export const TABLET = "(max-width: 999px)";
export const WIDE = "(min-width: 1680px)";

export function useMedia(query: string): boolean {
    return useSyncExternalStore(
        (changed) => {
            const list = matchMedia(query);
            list.addEventListener("change", changed);
            return () => list.removeEventListener("change", changed);
        },
        () => matchMedia(query).matches,
    );
}
