/** All words of this language in one file of the build. */
export const words = import.meta.glob<Record<string, unknown>>("../*.it.json", { eager: true, import: "default" });
