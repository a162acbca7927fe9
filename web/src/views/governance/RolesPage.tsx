/** Who may do what, in roles; levels that no role has are kept. */
import { ADMINISTRATOR, levelOf, MODERATOR, needed, SETTABLE, SETTABLE_IN_SPACE, type Act } from "../../model/powers.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import type { PageProps } from "./RoomSettings.tsx";
import { Why } from "./Why.tsx";

const ACTS: Partial<Record<Act, Key>> = {
    write: "governance.actWrite",
    invite: "governance.actInvite",
    remove: "governance.actRemove",
    ban: "governance.actBan",
    delete: "governance.actDelete",
    notifyAll: "governance.actNotify",
    pin: "governance.actPin",
    name: "governance.actName",
    topic: "governance.actTopic",
    avatar: "governance.actAvatar",
    aliases: "governance.actAliases",
    access: "governance.actAccess",
    history: "governance.actHistory",
    lifetime: "governance.actLifetime",
    encryption: "governance.actEncryption",
    roles: "governance.actRoles",
    children: "governance.actChildren",
};

export function RolesPage({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const client = useClient();
    const own = levelOf(room.powers, client.session.userId);
    const whyNot = why("roles");
    const words = (level: number): string => {
        if (level === ADMINISTRATOR) return t("details.administrator");
        if (level === MODERATOR) return t("details.moderator");
        if (level <= room.powers.usersDefault) return t("governance.everybody");
        return t("details.custom", { role: t(level > ADMINISTRATOR ? "details.owner" : level > MODERATOR ? "details.moderator" : "details.member"), level });
    };
    return (
        <div className="gov-page">
            <p className="muted sm">{t("governance.rolesIntro")}</p>
            <Why text={whyNot} />
            <div className="gov-roles">
                {(room.isSpace ? SETTABLE_IN_SPACE : SETTABLE).map((act) => {
                    const now = needed(room.powers, act);
                    const levels = [...new Set([ADMINISTRATOR, MODERATOR, room.powers.usersDefault, now])].sort((a, b) => b - a);
                    return (
                        <label key={act} className="gov-role">
                            <span>{t(ACTS[act]!)}</span>
                            <select
                                className="in"
                                value={now}
                                data-act={act}
                                disabled={!!whyNot || acting.busy || now > own}
                                onChange={(event) => void acting.run(() => governance.setNeeded(room, act, Number(event.target.value)), t("governance.saved"))}
                            >
                                {levels.map((level) => (
                                    <option key={level} value={level} disabled={level > own}>
                                        {words(level)}
                                    </option>
                                ))}
                            </select>
                        </label>
                    );
                })}
            </div>
        </div>
    );
}
