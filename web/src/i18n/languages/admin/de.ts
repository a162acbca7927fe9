/** The words of the administration. */
export const words = import.meta.glob<Record<string, unknown>>(["../../admin*.de.json", "../../audit.de.json"], { eager: true, import: "default" });
