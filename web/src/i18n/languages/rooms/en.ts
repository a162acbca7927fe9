/** Words of room settings, export, jumping and help: fetched with them. */
export const words = import.meta.glob<Record<string, unknown>>("../../{governance,exporting,jump,help}.en.json", { eager: true, import: "default" });
