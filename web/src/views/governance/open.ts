/** Which room's settings or export are open. */
import { Cell } from "../../model/store.ts";

export const openGovernance = new Cell<{ roomId: string; what: "settings" | "export" } | null>(null);
