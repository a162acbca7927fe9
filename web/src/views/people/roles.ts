/** The words for roles and presence. */
import type { Member } from "../../model/details.ts";
import { isCustom, type Powers, type Role } from "../../model/powers.ts";
import type { Key } from "../../i18n/i18n.ts";
import type { useWords } from "../useWords.ts";

export const ROLE_WORDS: Record<Role, Key> = {
    owner: "details.owner",
    administrator: "details.administrator",
    moderator: "details.moderator",
    member: "details.member",
    reader: "details.reader",
};

/** The role with its level where that is not one of the usual ones. */
export function roleWords(t: ReturnType<typeof useWords>, powers: Powers, role: Role, level: number): string {
    return isCustom(powers, level) ? t("details.custom", { role: t(ROLE_WORDS[role]), level }) : t(ROLE_WORDS[role]);
}

/** Shown only where it says more than "member". */
export function tellsRole(powers: Powers, member: Member): boolean {
    return member.role !== "member" || isCustom(powers, member.level);
}
