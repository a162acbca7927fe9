/** Whether the jump dialog is open, and what other layers may ask of the shell. */
import { Cell } from "../../model/store.ts";

export const jumpOpen = new Cell(false);
/** The map of keys is open. */
export const keysOpen = new Cell(false);
/** The dialog for a new conversation is asked for. */
export const newConversation = new Cell(false);
/** What is looked for in the place of search. */
export const searchWords = new Cell("");
