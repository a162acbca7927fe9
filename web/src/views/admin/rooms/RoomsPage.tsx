/** All rooms of the server: search, one in the panel beside. */
import { useState } from "react";
import type { Query, Room } from "../../../client/admin/admin.ts";
import { count, dateOnly } from "../../../model/admin/figures.ts";
import type { Key } from "../../../i18n/i18n.ts";
import { Avatar } from "../../../design/Avatar.tsx";
import { Empty } from "../../../design/Empty.tsx";
import { Name } from "../../../design/Name.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { router } from "../../router.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page, SearchBox } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { Table } from "../parts/Table.tsx";
import { useCalm, useList } from "../parts/useList.ts";
import { RoomPanel } from "./RoomPanel.tsx";

type Kind = NonNullable<Query<"/rooms">["kind"]>;

export function RoomsPage({ item, hidden }: { item?: string; hidden: boolean }) {
    const t = useWords();
    const language = useLanguage();
    const [search, setSearch] = useState("");
    const [kind, setKind] = useState<Kind>("any");
    const wanted = useCalm(search.trim());
    const { of, list } = useList<Room>(`${kind} ${wanted}`, (admin, from) => admin.call("get", "/rooms", { query: { search: wanted, kind, from } }));
    const open = (room: Room): void => router.go({ place: "admin", section: "rooms", item: room.room_id === item ? undefined : room.room_id });
    const columns = [
        { head: t("adminRooms.name"), cell: (room: Room) => <RoomName room={room} /> },
        { head: t("adminRooms.state"), cell: (room: Room) => <RoomTags room={room} /> },
        { head: t("adminRooms.people"), named: true, figure: true, cell: (room: Room) => count(room.joined, language) },
        { head: t("adminRooms.since"), named: true, cell: (room: Room) => <span className="nowrap">{dateOnly(room.created_at_ms, language)}</span> },
    ];
    return (
        <>
            {!hidden && (
                <Page title={t("admin.rooms")} state={t("adminRooms.about")}>
                    <div className="row wrap adm-filters">
                        <SearchBox label={t("adminRooms.search")} value={search} onChange={setSearch} />
                        <Segmented
                            label={t("adminRooms.which")}
                            value={kind}
                            onChange={setKind}
                            options={[
                                { value: "any", label: t("admin.all") },
                                { value: "public", label: t("adminRooms.publicOnes") },
                                { value: "closed", label: t("adminRooms.closedOnes") },
                            ]}
                        />
                    </div>
                    <List list={list} of={of} empty={<Empty title={t("adminRooms.none")}>{t("adminRooms.noneText")}</Empty>}>
                        <Table label={t("admin.rooms")} rows={list.rows} columns={columns} keyOf={(room) => room.room_id} open={item} onOpen={open} />
                    </List>
                </Page>
            )}
            {item && <RoomPanel key={item} roomId={item} onChange={(room) => of.put(room, (one) => one.room_id === room.room_id)} />}
        </>
    );
}

function RoomName({ room }: { room: Room }) {
    const t = useWords();
    const shown = room.name?.trim() || room.canonical_alias || t("adminRooms.unnamed");
    return (
        <span className="row who">
            <Avatar id={room.room_id} name={shown} kind="room" size="s" />
            <span className="grow">
                <Name of={shown} className="b" />
                {room.name && room.canonical_alias && <bdi className="dim sub">{room.canonical_alias}</bdi>}
            </span>
        </span>
    );
}

const CLOSED: Record<Room["purge"], Key> = { none: "adminRooms.closed", under_way: "adminRooms.emptying", done: "adminRooms.emptied" };

/** Encrypted and by invitation is the rule: only the exceptions are marked. */
export function RoomTags({ room }: { room: Room }) {
    const t = useWords();
    if (!room.closed && !room.space && !room.public && room.encrypted) return null;
    return (
        <span className="row tags">
            {room.closed && <span className="tag offline">{t(CLOSED[room.purge])}</span>}
            {room.space && <span className="tag">{t("adminRooms.space")}</span>}
            {room.public && <span className="tag info">{t("adminRooms.public")}</span>}
            {!room.encrypted && !room.space && <span className="tag urgent">{t("adminRooms.notEncrypted")}</span>}
        </span>
    );
}
