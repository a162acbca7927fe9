/** All accounts: search, filters, one in the panel beside. */
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { Person, Query } from "../../../client/admin/admin.ts";
import { dateOnly } from "../../../model/admin/figures.ts";
import { Button } from "../../../design/Button.tsx";
import { Empty } from "../../../design/Empty.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { router } from "../../router.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page, SearchBox } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { Table } from "../parts/Table.tsx";
import { useCalm, useList } from "../parts/useList.ts";
import { Who } from "../parts/Who.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { Marks } from "./marks.tsx";
import { PersonPanel } from "./PersonPanel.tsx";

type Kind = NonNullable<Query<"/people">["kind"]>;

export function PeoplePage({ item, hidden }: { item?: string; hidden: boolean }) {
    const t = useWords();
    const language = useLanguage();
    const [search, setSearch] = useState("");
    const [kind, setKind] = useState<Kind>("any");
    const [inviting, setInviting] = useState(false);
    const wanted = useCalm(search.trim());
    const { of, list } = useList<Person>(`${kind} ${wanted}`, (admin, from) => admin.call("get", "/people", { query: { search: wanted, kind, from } }));
    const open = (person: Person): void => router.go({ place: "admin", section: "people", item: person.user_id === item ? undefined : person.user_id });
    const columns = [
        { head: t("adminPeople.name"), cell: (one: Person) => <Who id={one.user_id} name={one.display_name} mxc={one.avatar_url} /> },
        { head: t("adminPeople.state"), cell: (one: Person) => <Marks person={one} /> },
        { head: t("adminPeople.since"), named: true, cell: (one: Person) => <span className="nowrap">{dateOnly(one.created_at_ms, language)}</span> },
    ];
    return (
        <>
            {!hidden && (
                <Page
                    title={t("admin.people")}
                    state={t("adminPeople.about")}
                    step={
                        <Button look="primary" onClick={() => setInviting(true)}>
                            <UserPlus className="i" aria-hidden="true" />
                            {t("adminPeople.invite")}
                        </Button>
                    }
                >
                    <div className="row wrap adm-filters">
                        <SearchBox label={t("adminPeople.search")} value={search} onChange={setSearch} />
                        <Segmented
                            label={t("adminPeople.which")}
                            value={kind}
                            onChange={setKind}
                            options={[
                                { value: "any", label: t("admin.all") },
                                { value: "administrators", label: t("adminPeople.administrators") },
                                { value: "kept_out", label: t("adminPeople.keptOut") },
                                { value: "deactivated", label: t("adminPeople.closedOnes") },
                                { value: "guests", label: t("adminPeople.guests") },
                            ]}
                        />
                    </div>
                    <List list={list} of={of} empty={<Empty title={t("adminPeople.nobody")}>{t("adminPeople.nobodyText")}</Empty>}>
                        <Table label={t("admin.people")} rows={list.rows} columns={columns} keyOf={(one) => one.user_id} open={item} onOpen={open} />
                    </List>
                </Page>
            )}
            {item && <PersonPanel key={item} userId={item} onChange={(person) => of.put(person, (one) => one.user_id === person.user_id)} onRenew={() => void of.load()} />}
            {inviting && <InviteDialog onClose={() => setInviting(false)} onInvited={() => void of.load()} />}
        </>
    );
}
