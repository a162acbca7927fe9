/** All words of this language in one file of the build. */
export const words = import.meta.glob<Record<string, unknown>>("../*.fr.json", { eager: true, import: "default" });
