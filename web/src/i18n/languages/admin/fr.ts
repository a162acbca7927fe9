/** The words of the administration. */
export const words = import.meta.glob<Record<string, unknown>>(["../../admin*.fr.json", "../../audit.fr.json"], { eager: true, import: "default" });
