/** The words of the administration. */
export const words = import.meta.glob<Record<string, unknown>>(["../../admin*.en.json", "../../audit.en.json"], { eager: true, import: "default" });
