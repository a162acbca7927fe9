/** All words of this language in one file of the build; those of the administration and of rarer dialogs come with them. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.en.json", "!../admin*.en.json", "!../{governance,exporting,jump,help}.en.json", "!../{pictures,security,settings,notifications}.en.json", "!../audit.en.json"], { eager: true, import: "default" });
