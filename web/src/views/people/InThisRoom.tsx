/** A person's role in one room, and what those above may do: change it, remove, ban, lift a ban. */
import { useMemo, useState } from "react";
import { Governance } from "../../client/governance.ts";
import { DetailsStore, MembersStore } from "../../client/roomDetails.ts";
import type { Member, RoomDetails } from "../../model/details.ts";
import { ADMINISTRATOR, governors, levelOf, MODERATOR, mayActOn, mayGive, roleAt } from "../../model/powers.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";
import { ErrorLine } from "./ErrorLine.tsx";
import { roleWords } from "./roles.ts";
import { RoleChoice } from "./RoleChoice.tsx";
import { useAct, type Acting } from "./useAct.ts";

export function InThisRoom({ roomId, userId, name }: { roomId: string; userId: string; name: string }) {
    const client = useClient();
    const room = useStore(useMemo(() => new DetailsStore(client.sdk, roomId), [client, roomId]));
    const { members } = useStore(useMemo(() => new MembersStore(client.sdk, roomId), [client, roomId]));
    const member = members.find((one) => one.id === userId);
    const acting = useAct();
    if (!room || !member) return null;
    return (
        <>
            {member.membership !== "ban" && <RoleOf room={room} member={member} acting={acting} />}
            <Moderating room={room} member={member} name={name} acting={acting} />
            <ErrorLine text={acting.error} />
        </>
    );
}

function RoleOf({ room, member, acting }: { room: RoomDetails; member: Member; acting: Acting }) {
    const t = useWords();
    const client = useClient();
    const me = client.session.userId;
    const levels = [ADMINISTRATOR, MODERATOR, room.powers.usersDefault, member.level];
    const mayAny = levels.some((level) => level !== member.level && mayGive(room.powers, me, member.id, level));
    const [wanted, setWanted] = useState<number | null>(null);
    const lastOne = wanted !== null && governors(room.powers, member.id, wanted) === 0;
    const lowersSelf = wanted !== null && member.id === me && wanted < member.level;
    const apply = (level: number): void => {
        void acting.run(() => new Governance(client.sdk, room.id).setLevel(room, member.id, level), t("people.roleChanged")).then(() => setWanted(null));
    };
    const choose = (level: number): void => {
        if (level === member.level) return setWanted(null);
        // Lowering oneself cannot be taken back: it is asked once more.
        if (member.id === me || governors(room.powers, member.id, level) === 0) setWanted(level);
        else apply(level);
    };
    if (member.role === "owner") return <p className="muted">{t("people.role")}: {t("details.owner")}</p>;
    return (
        <section className="stack">
            <RoleChoice
                label={t("people.role")}
                room={room}
                value={wanted ?? member.level}
                disabled={acting.busy || !mayAny}
                why={mayAny ? null : t("people.roleWhy")}
                allowed={(level) => level === member.level || mayGive(room.powers, me, member.id, level)}
                onChange={choose}
            />
            {lastOne && <p className="hint">{t("people.roleLast")}</p>}
            {lowersSelf && !lastOne && (
                <div className="row wrap">
                    <span className="grow sm">{t("people.roleSelf")}</span>
                    <Button size="small" onClick={() => setWanted(null)}>
                        {t("shell.cancel")}
                    </Button>
                    <Button size="small" look="primary" onClick={() => apply(wanted)}>
                        {roleWords(t, room.powers, roleAt(room.powers, wanted), wanted)}
                    </Button>
                </div>
            )}
        </section>
    );
}

function Moderating({ room, member, name, acting }: { room: RoomDetails; member: Member; name: string; acting: Acting }) {
    const t = useWords();
    const client = useClient();
    const me = client.session.userId;
    const governance = new Governance(client.sdk, room.id);
    const [reason, setReason] = useState("");
    const mayRemove = member.membership !== "ban" && mayActOn(room.powers, me, member.id, "remove");
    const mayBan = mayActOn(room.powers, me, member.id, "ban");
    const mayUnban = member.membership === "ban" && mayActOn(room.powers, me, member.id, "ban") && levelOf(room.powers, me) >= room.powers.kick;
    if (!mayRemove && !mayBan) return null;
    return (
        <section className="stack">
            <h4>{t("people.moderate")}</h4>
            {member.membership === "ban" ? (
                <>
                    {member.reason && <p className="sm muted">{t("people.bannedWhy", { reason: member.reason })}</p>}
                    <div>
                        <Button disabled={acting.busy || !mayUnban} onClick={() => void acting.run(() => governance.unban(member.id), t("people.unbanned", { name }))}>
                            {t("people.unban")}
                        </Button>
                    </div>
                </>
            ) : (
                <>
                    <Field label={t("people.reason")} hint={t("people.reasonHint")} value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
                    <div className="row wrap">
                        {mayRemove && (
                            <Button disabled={acting.busy} onClick={() => void acting.run(() => governance.remove(member.id, reason), t("people.removed", { name }))}>
                                {member.membership === "invite" ? t("people.withdraw") : t("people.remove")}
                            </Button>
                        )}
                        {mayBan && (
                            <Button look="outline-critical" className="critical" disabled={acting.busy} onClick={() => void acting.run(() => governance.ban(member.id, reason), t("people.bannedNow", { name }))}>
                                {t("people.ban")}
                            </Button>
                        )}
                    </div>
                </>
            )}
        </section>
    );
}
