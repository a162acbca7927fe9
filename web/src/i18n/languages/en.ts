/** All words of this language in one file of the build; those of the administration come with that place. */
export const words = import.meta.glob<Record<string, unknown>>(["../*.en.json", "!../admin*.en.json", "!../audit.en.json"], { eager: true, import: "default" });
