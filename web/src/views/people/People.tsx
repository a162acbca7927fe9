/** People: whom one talks with, and whom one can write to. */
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Empty } from "../../design/Empty.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { showPerson } from "./card.ts";
import { useFound } from "./PeoplePicker.tsx";
import "./people.css";

export default function People({ user }: { user?: string }) {
    const t = useWords();
    const client = useClient();
    const me = useStore(client.me);
    const rooms = useStore(client.rooms);
    const [words, setWords] = useState("");
    const { found, asked } = useFound(words);
    // An address of a person opens the card.
    useEffect(() => {
        if (!user) return;
        showPerson(user);
        router.go({ place: "people" }, "replace");
    }, [user]);
    const directs = rooms.filter((room) => room.kind === "person" && room.person && room.membership === "join");
    const searching = words.trim() !== "";
    return (
        <div className="page" data-region="room">
            <header>
                <h1>{t("shell.people")}</h1>
            </header>
            <p className="muted">{t("people.intro")}</p>
            <label className="search people-search">
                <Search className="i s" aria-hidden="true" />
                <input className="grow" type="search" data-first value={words} placeholder={t("people.find")} aria-label={t("people.find")} onChange={(event) => setWords(event.target.value)} />
            </label>
            {searching ? (
                <section className="stack" aria-live="polite">
                    <h2 className="sm dim">{t("people.found")}</h2>
                    <ul className="people-list">
                        {found.map((person) => (
                            <li key={person.id}>
                                <PersonRow id={person.id} name={person.name} avatar={person.avatar} />
                            </li>
                        ))}
                    </ul>
                    {found.length === 0 && asked === words && <Empty title={t("people.nobody")}>{t("people.nobodyText")}</Empty>}
                </section>
            ) : (
                <>
                    <section className="stack">
                        <h2 className="sm dim">{t("people.direct")}</h2>
                        {directs.length === 0 && <p className="muted">{t("people.none")}</p>}
                        <ul className="people-list">
                            {directs.map((room) => (
                                <li key={room.id}>
                                    <PersonRow id={room.person!} name={room.name} avatar={room.avatar} />
                                </li>
                            ))}
                        </ul>
                    </section>
                    <section className="stack">
                        <h2 className="sm dim">{t("people.you")}</h2>
                        <div className="people-list">
                            <PersonRow id={me.id} name={me.name} avatar={me.avatar} />
                        </div>
                    </section>
                </>
            )}
        </div>
    );
}

function PersonRow({ id, name, avatar }: { id: string; name: string; avatar: string | null }) {
    return (
        <button type="button" className="prow" onClick={() => showPerson(id)}>
            <Picture id={id} name={name} mxc={avatar} />
            <span className="grow">
                <Name of={name} className="nm ell" />
                <span className="xs dim ell">{id}</span>
            </span>
        </button>
    );
}
