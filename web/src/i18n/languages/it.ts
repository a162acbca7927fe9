/** All words of this language in one file of the build; those of the administration and of rarer dialogs come with them. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.it.json", "!../admin*.it.json", "!../{governance,exporting,jump,help}.it.json", "!../{pictures,security,settings,notifications}.it.json", "!../audit.it.json"], { eager: true, import: "default" });
