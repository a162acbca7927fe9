/** All words of this language in one file of the build; those of the administration and of rarer dialogs come with them. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.fr.json", "!../admin*.fr.json", "!../{governance,exporting,jump,help}.fr.json", "!../{pictures,security,settings,notifications}.fr.json", "!../audit.fr.json"], { eager: true, import: "default" });
