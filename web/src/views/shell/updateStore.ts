/** A newer version of the client is on the device, and the next load gets it. `main.tsx` sets it. */
import { Cell } from "../../model/store.ts";

export const updateWaits = new Cell(false);
