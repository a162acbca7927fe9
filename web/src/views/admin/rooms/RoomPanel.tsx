/** A room beside the table: what is known without reading it, who is in it, and what can be done. */
import { useEffect, useState } from "react";
import type { Room, RoomDetails, RoomMember } from "../../../client/admin/admin.ts";
import { count, dateAndTime } from "../../../model/admin/figures.ts";
import type { Key } from "../../../i18n/i18n.ts";
import { Avatar } from "../../../design/Avatar.tsx";
import { Button } from "../../../design/Button.tsx";
import { Name } from "../../../design/Name.tsx";
import { failureWords } from "../../failureWords.ts";
import { Link } from "../../Link.tsx";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { SidePanel } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { useList, useLoaded } from "../parts/useList.ts";
import { Who } from "../parts/Who.tsx";
import { RoomActs, type RoomAct } from "./RoomActs.tsx";
import { RoomTags } from "./RoomsPage.tsx";

const JOIN_RULES: Record<string, Key> = {
    public: "adminRooms.joinPublic",
    invite: "adminRooms.joinInvite",
    knock: "adminRooms.joinKnock",
    restricted: "adminRooms.joinRestricted",
    knock_restricted: "adminRooms.joinRestricted",
    private: "adminRooms.joinInvite",
};
const EVENTS_COUNTED_MAX = 10_000;
const EMPTYING_EVERY_MS = 3_000;

export function RoomPanel({ roomId, onChange }: { roomId: string; onChange: (room: Room) => void }) {
    const t = useWords();
    const { value, failure, load, set } = useLoaded<RoomDetails>(roomId, (admin) => admin.call("get", "/rooms/{room_id}", { path: { room_id: roomId } }));
    const [act, setAct] = useState<RoomAct | null>(null);
    const purge = value?.room.purge;
    useEffect(() => {
        if (purge === "done") onChange(value!.room);
        if (purge !== "under_way") return;
        const timer = setInterval(() => void load(), EMPTYING_EVERY_MS);
        return () => clearInterval(timer);
    }, [purge]);
    const changed = (room: Room): void => {
        if (value) set({ ...value, room });
        onChange(room);
        void load();
    };
    return (
        <SidePanel title={t(value?.room.space ? "adminRooms.space" : "adminRooms.room")} section="rooms">
            {!value && failure && <ErrorLine text={t(failureWords(failure))} />}
            {value && (
                <>
                    <Head details={value} />
                    <Facts details={value} />
                    <Members roomId={roomId} onAct={setAct} />
                    <div className="row wrap">
                        {value.room.purge === "none" && (
                            <>
                                <Button onClick={() => setAct({ is: "purge" })}>{t("adminRooms.purge")}</Button>
                                <Button look={value.room.closed ? "default" : "outline-critical"} onClick={() => setAct({ is: value.room.closed ? "reopen" : "close" })}>
                                    {t(value.room.closed ? "adminRooms.reopen" : "adminRooms.close")}
                                </Button>
                                <Button look="outline-critical" onClick={() => setAct({ is: "empty" })}>
                                    {t("adminRooms.empty")}
                                </Button>
                            </>
                        )}
                    </div>
                    {act && <RoomActs act={act} room={value.room} onChanged={changed} onClose={() => setAct(null)} />}
                </>
            )}
        </SidePanel>
    );
}

export function roomName(room: Room, unnamed: string): string {
    return room.name?.trim() || room.canonical_alias || unnamed;
}

function Head({ details: { room, topic } }: { details: RoomDetails }) {
    const t = useWords();
    const shown = roomName(room, t("adminRooms.unnamed"));
    return (
        <div className="person-head">
            <Avatar id={room.room_id} name={shown} kind="room" size="xl" />
            <div className="grow">
                <h3>
                    <Name of={shown} />
                </h3>
                {room.canonical_alias && <div className="sm dim person-address">{room.canonical_alias}</div>}
                <RoomTags room={room} />
                {topic && (
                    <p className="sm muted room-topic">
                        <bdi>{topic.slice(0, 500)}</bdi>
                    </p>
                )}
            </div>
        </div>
    );
}

function Facts({ details }: { details: RoomDetails }) {
    const t = useWords();
    const language = useLanguage();
    const { room, creator, join_rule, events, purge_left, aliases } = details;
    const rule = JOIN_RULES[join_rule ?? ""];
    return (
        <dl className="kv">
            <dt>{t("adminRooms.since")}</dt>
            <dd>{dateAndTime(room.created_at_ms, language)}</dd>
            {creator && (
                <>
                    <dt>{t("adminRooms.madeBy")}</dt>
                    <dd>
                        <Link to={{ place: "admin", section: "people", item: creator }}>
                            <bdi>{creator}</bdi>
                        </Link>
                    </dd>
                </>
            )}
            {rule && (
                <>
                    <dt>{t("adminRooms.entry")}</dt>
                    <dd>{t(rule)}</dd>
                </>
            )}
            <dt>{t("adminRooms.events")}</dt>
            <dd>{events >= EVENTS_COUNTED_MAX ? t("adminRooms.moreThan", { number: count(EVENTS_COUNTED_MAX, language) }) : count(events, language)}</dd>
            {purge_left !== null && (
                <>
                    <dt>{t("adminRooms.emptyLeft")}</dt>
                    <dd>{purge_left >= EVENTS_COUNTED_MAX ? t("adminRooms.moreThan", { number: count(EVENTS_COUNTED_MAX, language) }) : count(purge_left, language)}</dd>
                </>
            )}
            {room.invited > 0 && (
                <>
                    <dt>{t("adminRooms.invited")}</dt>
                    <dd>{count(room.invited, language)}</dd>
                </>
            )}
            {aliases.length > 0 && (
                <>
                    <dt>{t("adminRooms.addresses")}</dt>
                    <dd>
                        {aliases.slice(0, 10).map((alias) => (
                            <bdi key={alias} className="line-each">
                                {alias}
                            </bdi>
                        ))}
                    </dd>
                </>
            )}
            <dt>{t("adminRooms.address")}</dt>
            <dd className="mono xs">{room.room_id}</dd>
        </dl>
    );
}

function Members({ roomId, onAct }: { roomId: string; onAct: (act: RoomAct) => void }) {
    const t = useWords();
    const { of, list } = useList<RoomMember>(roomId, (admin, from) => admin.call("get", "/rooms/{room_id}/members", { path: { room_id: roomId }, query: { from } as never }));
    return (
        <div className="stack">
            <h4>{t("adminRooms.members")}</h4>
            <List list={list} of={of} empty={<p className="sm muted">{t("adminRooms.noMembers")}</p>}>
                <ul className="stack">
                    {list.rows.map((member) => {
                        const leads = member.power_level === null || member.power_level >= 100;
                        return (
                            <li key={member.user_id} className="row">
                                <Link to={{ place: "admin", section: "people", item: member.user_id }} className="plain-link grow">
                                    <Who id={member.user_id} name={member.display_name} />
                                </Link>
                                {leads ? (
                                    <span className="tag">{t("adminRooms.leads")}</span>
                                ) : (
                                    <Button size="small" look="plain" onClick={() => onAct({ is: "promote", user: member.user_id })}>
                                        {t("adminRooms.promote")}
                                    </Button>
                                )}
                            </li>
                        );
                    })}
                </ul>
            </List>
        </div>
    );
}
