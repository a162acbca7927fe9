/** How we are connected, for the views. `src/continuity` sets it (main.tsx connects the two). */
import { UNKNOWN_LINK, type Link } from "../../model/link.ts";
import { Cell } from "../../model/store.ts";

export const link = new Cell<Link>(UNKNOWN_LINK);
