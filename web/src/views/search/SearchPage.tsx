/** Search everywhere: messages and files, rooms, people; parted by who, what kind and when. */
import { useDeferredValue, useMemo, useState } from "react";
import type { Hit } from "../../client/search/messageSearch.ts";
import { rankRooms } from "../../model/jump.ts";
import type { HitKind } from "../../model/search.ts";
import { Button } from "../../design/Button.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { searchWords } from "../jump/jumpStore.ts";
import { Link } from "../Link.tsx";
import { showPerson } from "../people/card.ts";
import { useFound } from "../people/PeoplePicker.tsx";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { Hits } from "./Hits.tsx";
import { Reach } from "./Reach.tsx";
import { SearchField } from "./SearchField.tsx";
import { useSearch } from "./useSearch.ts";
import "../people/people.css";
import "../panel/panel.css";
import "./search.css";

const DAY_MS = 24 * 3600 * 1000;
type When = "today" | "week" | "month" | "any";
const WHEN: readonly (readonly [When, Key])[] = [
    ["today", "search.today"],
    ["week", "search.week"],
    ["month", "search.month"],
    ["any", "search.anyTime"],
];
const KIND_WORDS: Record<HitKind, Key> = { text: "search.text", file: "search.file", picture: "search.picture", voice: "search.voice", poll: "search.poll" };
type Tab = "messages" | "files" | "rooms" | "people";
const ROOMS_MAX = 30;

function sinceOf(when: When): number {
    if (when === "any") return 0;
    if (when === "today") return new Date(new Date().toDateString()).getTime();
    // The same for the whole day, so that one search stays one search.
    return new Date(new Date().toDateString()).getTime() - (when === "week" ? 7 : 30) * DAY_MS;
}

export default function SearchPage() {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const words = useStore(searchWords);
    const deferred = useDeferredValue(words);
    const [tab, setTab] = useState<Tab>("messages");
    const [when, setWhen] = useState<When>("any");
    const [senders, setSenders] = useState<readonly string[]>([]);
    const [kinds, setKinds] = useState<readonly HitKind[]>([]);
    const found = useSearch({ words: deferred, room: null, since: sinceOf(when) });
    const { found: people } = useFound(deferred);
    const foundRooms = useMemo(() => (deferred.trim() ? rankRooms(rooms, deferred, ROOMS_MAX) : []), [rooms, deferred]);
    const files = found.hits.filter((hit) => hit.kind !== "text" && hit.kind !== "poll");
    const inTab = tab === "files" ? files : found.hits;
    const shown = inTab.filter((hit) => (senders.length === 0 || senders.includes(hit.sender.id)) && (kinds.length === 0 || kinds.includes(hit.kind)));
    const tabs: [Tab, Key, number][] = [
        ["messages", "search.messages", found.total],
        ["files", "search.files", files.length],
        ["rooms", "search.rooms", foundRooms.length],
        ["people", "search.people", people.length],
    ];
    return (
        <main className="main" data-region="room">
            <header className="search-head">
                <h2 className="sr">{t("search.title")}</h2>
                <SearchField label={t("search.title")} words={words} onWords={(value) => searchWords.set(value)} />
                <Button look="plain" onClick={() => router.go({ place: "chats" })}>
                    {t("search.close")}
                </Button>
            </header>
            <div className="search-body">
                <section className="search-results" aria-label={t("search.results")}>
                    {words.trim() === "" ? (
                        <Empty title={t("search.startTitle")}>{t("search.startText")}</Empty>
                    ) : (
                        <>
                            <div className="row wrap">
                                <span className="segm" role="radiogroup" aria-label={t("search.results")}>
                                    {tabs.map(([value, key, count]) => (
                                        <button key={value} type="button" role="radio" aria-checked={tab === value} className={tab === value ? "on" : ""} onClick={() => setTab(value)}>
                                            {t(key)} {count}
                                        </button>
                                    ))}
                                </span>
                                <span className="end sm dim" role="status">
                                    {found.asked === words && (tab === "messages" || tab === "files") && t("search.found", { count: tab === "files" ? files.length : found.total, ms: found.tookMs })}
                                </span>
                            </div>
                            {found.partial && <p className="sm muted">{t("search.partial")}</p>}
                            {(tab === "messages" || tab === "files") && <Hits hits={shown} words={deferred} heads />}
                            {tab === "rooms" && (
                                <ul>
                                    {foundRooms.map((room) => (
                                        <li key={room.id}>
                                            <Link to={{ place: "chats", room: room.id }} className="prow plain-link">
                                                <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} />
                                                <Name of={room.name} className="b ell" />
                                            </Link>
                                        </li>
                                    ))}
                                </ul>
                            )}
                            {tab === "people" && (
                                <ul>
                                    {people.map((person) => (
                                        <li key={person.id}>
                                            <button type="button" className="prow" onClick={() => showPerson(person.id)}>
                                                <Picture id={person.id} name={person.name} mxc={person.avatar} />
                                                <span className="grow">
                                                    <Name of={person.name} className="nm ell" />
                                                    <span className="xs dim">{person.id}</span>
                                                </span>
                                            </button>
                                        </li>
                                    ))}
                                </ul>
                            )}
                            {found.asked === words && isEmpty(tab, shown.length, foundRooms.length, people.length) && <Empty title={t("search.noneTitle")}>{t("search.noneText")}</Empty>}
                        </>
                    )}
                    <div className="only-small">
                        <Reach />
                    </div>
                </section>
                <aside className="search-filters" aria-label={t("search.kind")}>
                    <Facets hits={inTab} senders={senders} kinds={kinds} onSenders={setSenders} onKinds={setKinds} />
                    <fieldset>
                        <legend>{t("search.when")}</legend>
                        {WHEN.map(([value, key]) => (
                            <label key={value}>
                                <input type="radio" name="when" checked={when === value} onChange={() => setWhen(value)} />
                                {t(key)}
                            </label>
                        ))}
                    </fieldset>
                    <Reach />
                </aside>
            </div>
        </main>
    );
}

function isEmpty(tab: Tab, hits: number, rooms: number, people: number): boolean {
    return (tab === "rooms" ? rooms : tab === "people" ? people : hits) === 0;
}

interface FacetsProps {
    hits: readonly Hit[];
    senders: readonly string[];
    kinds: readonly HitKind[];
    onSenders: (senders: readonly string[]) => void;
    onKinds: (kinds: readonly HitKind[]) => void;
}

const SENDERS_SHOWN = 8;

function Facets({ hits, senders, kinds, onSenders, onKinds }: FacetsProps) {
    const t = useWords();
    const bySender = new Map<string, { name: string; count: number }>();
    const byKind = new Map<HitKind, number>();
    for (const hit of hits) {
        bySender.set(hit.sender.id, { name: hit.sender.name, count: (bySender.get(hit.sender.id)?.count ?? 0) + 1 });
        byKind.set(hit.kind, (byKind.get(hit.kind) ?? 0) + 1);
    }
    const toggled = <T,>(all: readonly T[], one: T): readonly T[] => (all.includes(one) ? all.filter((other) => other !== one) : [...all, one]);
    const most = [...bySender].sort((a, b) => b[1].count - a[1].count).slice(0, SENDERS_SHOWN);
    return (
        <>
            {most.length > 0 && (
                <fieldset>
                    <legend>{t("search.from")}</legend>
                    {most.map(([id, { name, count }]) => (
                        <label key={id}>
                            <input type="checkbox" checked={senders.includes(id)} onChange={() => onSenders(toggled(senders, id))} />
                            <Name of={name} className="ell" />
                            <span className="end dim">{count}</span>
                        </label>
                    ))}
                </fieldset>
            )}
            {byKind.size > 0 && (
                <fieldset>
                    <legend>{t("search.kind")}</legend>
                    {[...byKind].map(([kind, count]) => (
                        <label key={kind}>
                            <input type="checkbox" checked={kinds.includes(kind)} onChange={() => onKinds(toggled(kinds, kind))} />
                            {t(KIND_WORDS[kind])}
                            <span className="end dim">{count}</span>
                        </label>
                    ))}
                </fieldset>
            )}
        </>
    );
}
