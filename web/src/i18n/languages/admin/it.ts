/** The words of the administration. */
export const words = import.meta.glob<Record<string, unknown>>(["../../admin*.it.json", "../../audit.it.json"], { eager: true, import: "default" });
