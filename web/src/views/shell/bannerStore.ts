/** What stands in the banner slot: one thing at a time, the worst first; who shows it decides. */
import type { ReactNode } from "react";
import { Cell } from "../../model/store.ts";

export interface Banner {
    look: "offline" | "soft urgent" | "calm" | "soft ok";
    text: ReactNode;
    icon?: ReactNode;
    action?: ReactNode;
    loud?: boolean;
}

export const banner = new Cell<Banner | null>(null);
