/** Words of keys, settings and notifications: fetched with them. */
export const words = import.meta.glob<Record<string, unknown>>("../../{pictures,security,settings,notifications}.en.json", { eager: true, import: "default" });
