/** Everybody in a room: searched, with roles and presence. Long lists draw only what is seen. */
import { Search, UserPlus } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import type { MembersStore } from "../../client/roomDetails.ts";
import type { Member, RoomDetails } from "../../model/details.ts";
import { fold } from "../../model/room.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { Segmented } from "../../design/Segmented.tsx";
import { useStore } from "../../design/useStore.ts";
import { showPerson } from "../people/card.ts";
import { roleWords, tellsRole } from "../people/roles.ts";
import { Picture } from "../Picture.tsx";
import { link } from "../shell/linkStore.ts";
import { useWords } from "../useWords.ts";
import { Knocks } from "./Knocks.tsx";
import "../people/people.css";

export function MemberRow({ room, member, onOpen }: { room: RoomDetails; member: Member; onOpen: () => void }) {
    const t = useWords();
    // An old presence is a lie.
    const offline = useStore(link).state === "offline";
    const presence = offline ? null : member.presence;
    return (
        <button type="button" className="prow" onClick={onOpen}>
            <Picture id={member.id} name={member.name} mxc={member.avatar} size="s" presence={presence} />
            <span className="grow">
                <Name of={member.name} className="nm ell" />
                <span className="xs dim ell">
                    {member.id}
                    {presence && <span className="sr">, {t(presence === "here" ? "details.here" : "details.away")}</span>}
                </span>
            </span>
            {tellsRole(room.powers, member) && <span className="tag">{roleWords(t, room.powers, member.role, member.level)}</span>}
        </button>
    );
}

type Shown = "join" | "invite" | "ban";

export function MembersPage({ room, store, onInvite }: { room: RoomDetails; store: MembersStore; onInvite: () => void }) {
    const t = useWords();
    const { members, loaded } = useStore(store);
    const [words, setWords] = useState("");
    const [shown, setShown] = useState<Shown>("join");
    const deferred = useDeferredValue(words);
    const scroller = useRef<HTMLDivElement>(null);
    const counts = useMemo(() => ({ invite: members.filter((one) => one.membership === "invite").length, ban: members.filter((one) => one.membership === "ban").length }), [members]);
    const found = useMemo(() => {
        const wanted = fold(deferred).split(/\s+/).filter(Boolean);
        return members.filter((one) => one.membership === shown && wanted.every((word) => fold(`${one.name} ${one.id}`).includes(word)));
    }, [members, deferred, shown]);
    return (
        <div className="members">
            <div className="members-head">
                <label className="search">
                    <Search className="i s" aria-hidden="true" />
                    <input className="grow" type="search" value={words} placeholder={t("details.find")} aria-label={t("details.find")} onChange={(event) => setWords(event.target.value)} />
                </label>
                {(counts.invite > 0 || counts.ban > 0) && (
                    <Segmented
                        label={t("details.people")}
                        value={shown}
                        onChange={setShown}
                        options={[
                            { value: "join" as Shown, label: t("details.inRoom") },
                            { value: "invite" as Shown, label: `${t("details.invited")} ${counts.invite}` },
                            { value: "ban" as Shown, label: `${t("details.banned")} ${counts.ban}` },
                        ]}
                    />
                )}
                <Knocks room={room} />
                <Button onClick={onInvite}>
                    <UserPlus className="i" aria-hidden="true" />
                    {t("details.invite")}
                </Button>
            </div>
            <div className="members-list" ref={scroller} aria-busy={!loaded}>
                {found.length === 0 && loaded && <p className="muted pad">{t("details.nobody")}</p>}
                <Virtualizer as="ul" item="li" scrollRef={scroller} itemSize={44}>
                    {found.map((member) => (
                        <MemberRow key={member.id} room={room} member={member} onOpen={() => showPerson(member.id, room.id)} />
                    ))}
                </Virtualizer>
            </div>
        </div>
    );
}
