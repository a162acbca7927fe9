/** All words of this language in one file of the build; those of the administration come with that place. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.it.json", "!../admin*.it.json", "!../audit.it.json"], { eager: true, import: "default" });
