/** Rooms and spaces that anybody of the organisation finds. */
import { ChevronLeft, Search } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Directory, OwnKnocks } from "../../client/directory.ts";
import { toFailure } from "../../client/failures.ts";
import type { SeenRoom } from "../../client/spaces.ts";
import { Button } from "../../design/Button.tsx";
import { Empty } from "../../design/Empty.tsx";
import { Name } from "../../design/Name.tsx";
import { Segmented } from "../../design/Segmented.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { Link } from "../Link.tsx";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";
import { openSeen, SeenRoomRow } from "./SeenRoomRow.tsx";
import "../people/people.css";
import "./spaces.css";
import "../panel/panel.css";

const QUIET_MS = 250;
const ADDRESS = /^#[^:\s]+:\S+$/;

interface Found {
    rooms: readonly SeenRoom[];
    next: string | null;
    asked: string | null;
    error: string | null;
}

export default function Explore() {
    const t = useWords();
    const client = useClient();
    const phone = useMedia(PHONE);
    const directory = useMemo(() => new Directory(client.sdk), [client]);
    const knocks = useStore(useMemo(() => new OwnKnocks(client.sdk), [client]));
    const acting = useAct();
    const [words, setWords] = useState("");
    const [kind, setKind] = useState<"rooms" | "spaces">("rooms");
    const [found, setFound] = useState<Found>({ rooms: [], next: null, asked: null, error: null });
    useEffect(() => {
        let here = true;
        const ask = (): void => {
            directory.find(words.trim(), kind === "spaces").then(
                ({ rooms, next }) => here && setFound({ rooms, next, asked: words, error: null }),
                (error: unknown) => here && setFound({ rooms: [], next: null, asked: words, error: toFailure(error).kind }),
            );
        };
        const timer = setTimeout(ask, QUIET_MS);
        return () => {
            here = false;
            clearTimeout(timer);
        };
    }, [directory, words, kind]);
    const more = async (): Promise<void> => {
        if (!found.next) return;
        const page = await directory.find(words.trim(), kind === "spaces", found.next).catch(() => null);
        if (page) setFound({ ...found, rooms: [...found.rooms, ...page.rooms.filter((one) => !found.rooms.some((other) => other.id === one.id))], next: page.next });
    };
    const byAddress = async (): Promise<void> => {
        const address = words.trim();
        if (!ADDRESS.test(address)) return;
        let id = "";
        const joined = await acting.run(async () => {
            const room = await directory.byAddress(address);
            if (room) id = await directory.join(address, room.via);
        });
        if (joined && id) openSeen({ id, isSpace: false });
        else if (joined) setFound({ rooms: [], next: null, asked: words, error: "address" });
    };
    const others = knocks.filter((one) => !found.rooms.some((room) => room.id === one.id));
    return (
        <main className="main" data-region="room">
            <header>
                {phone && (
                    <Link to={{ place: "chats" }} className="ib" aria-label={t("shell.back")}>
                        <ChevronLeft className="i" aria-hidden="true" />
                    </Link>
                )}
                <h2 className="grow">{t("spaces.explore")}</h2>
            </header>
            <div className="page explore">
                <div className="stack">
                    <label className="search people-search">
                        <Search className="i s" aria-hidden="true" />
                        <input
                            className="grow"
                            type="search"
                            name="explore"
                            data-first
                            value={words}
                            placeholder={t("spaces.find")}
                            aria-label={t("spaces.find")}
                            onChange={(event) => setWords(event.target.value)}
                            onKeyDown={(event) => event.key === "Enter" && void byAddress()}
                        />
                    </label>
                    <p className="hint">{t("spaces.findHint")}</p>
                </div>
                <Segmented
                    label={t("spaces.explore")}
                    value={kind}
                    onChange={setKind}
                    options={[
                        { value: "rooms", label: t("spaces.rooms") },
                        { value: "spaces", label: t("spaces.spaces") },
                    ]}
                />
                {ADDRESS.test(words.trim()) && (
                    <div>
                        <Button look="primary" disabled={acting.busy} onClick={() => void byAddress()}>
                            {t("spaces.join")}
                        </Button>
                    </div>
                )}
                <ErrorLine text={acting.error} />
                {others.length > 0 && (
                    <section className="stack">
                        <h3>{t("spaces.requests")}</h3>
                        {others.map((one) => (
                            <div key={one.id} className="seen">
                                <Picture id={one.id} name={one.name} mxc={one.avatar} kind="room" size="l" />
                                <Name of={one.name} className="b" />
                                <Button onClick={() => void acting.run(() => directory.withdraw(one.id))}>{t("spaces.withdraw")}</Button>
                            </div>
                        ))}
                    </section>
                )}
                {found.error && <p className="muted">{found.error === "address" ? t("spaces.unknownAddress") : t(failureWords(found.error))}</p>}
                {found.asked !== null && !found.error && found.rooms.length === 0 && <Empty title={t("spaces.noneTitle")}>{t("spaces.noneText")}</Empty>}
                <ul className="seen-list">
                    {found.rooms.map((room) => (
                        <li key={room.id}>
                            <SeenRoomRow room={room} knocked={knocks.some((one) => one.id === room.id)} />
                        </li>
                    ))}
                </ul>
                {found.next && (
                    <div>
                        <Button onClick={() => void more()}>{t("spaces.more")}</Button>
                    </div>
                )}
            </div>
        </main>
    );
}
