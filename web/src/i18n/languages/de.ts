/** All words of this language in one file of the build; those of the administration come with that place. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.de.json", "!../admin*.de.json", "!../audit.de.json"], { eager: true, import: "default" });
