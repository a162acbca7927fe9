/** All words of this language in one file of the build; those of the administration and of rarer dialogs come with them. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.de.json", "!../admin*.de.json", "!../{governance,exporting,jump,help}.de.json", "!../{pictures,security,settings,notifications}.de.json", "!../audit.de.json"], { eager: true, import: "default" });
