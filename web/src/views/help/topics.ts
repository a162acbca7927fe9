/** The shape of the help's pages; texts in `texts/<language>.ts`, pictures made from the client itself. */
import type { Language } from "../../i18n/i18n.ts";

export type TopicId = "start" | "talking" | "finding" | "nodes" | "keys" | "urgent";
export type PictureName = "list" | "room" | "search" | "waiting" | "devices";

export interface Section {
    heading: string;
    lines: readonly string[];
    picture?: { name: PictureName; shows: string };
}

export interface Topic {
    id: TopicId;
    title: string;
    intro: string;
    sections: readonly Section[];
}

const LOAD: Record<Language, () => Promise<{ topics: readonly Topic[] }>> = {
    en: () => import("./texts/en.ts"),
    de: () => import("./texts/de.ts"),
    fr: () => import("./texts/fr.ts"),
    it: () => import("./texts/it.ts"),
};

export async function topicsIn(language: Language): Promise<readonly Topic[]> {
    return (await LOAD[language]()).topics;
}
