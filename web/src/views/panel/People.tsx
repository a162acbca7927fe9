/** People: whom one can write to. */
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { FoundPerson } from "../../client/roomActions.ts";
import { toFailure } from "../../client/failures.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";

const QUIET_MS = 250;

export default function People({ user }: { user?: string }) {
    const t = useWords();
    const client = useClient();
    const [words, setWords] = useState(user ?? "");
    const [found, setFound] = useState<readonly FoundPerson[]>([]);
    useEffect(() => {
        const timer = setTimeout(() => void client.actions.findPeople(words).then(setFound), QUIET_MS);
        return () => clearTimeout(timer);
    }, [client, words]);
    const talk = (id: string): void => {
        client.actions.openDirect(id).then(
            (room) => router.go({ place: "chats", room }),
            (error: unknown) => toasts.show({ title: t(failureWords(toFailure(error).kind)) }),
        );
    };
    return (
        <div className="page">
            <h1>{t("shell.people")}</h1>
            <label className="search people-search">
                <Search className="i s" aria-hidden="true" />
                <input className="grow" type="search" value={words} placeholder={t("rooms.person")} aria-label={t("rooms.person")} onChange={(event) => setWords(event.target.value)} />
            </label>
            <ul className="stack">
                {found.map((person) => (
                    <li key={person.id} className="row">
                        <Picture id={person.id} name={person.name} mxc={person.avatar} size="l" />
                        <span className="grow">
                            <Name of={person.name} className="b" />
                            <br />
                            <span className="sm dim">
                                <Name of={person.id} />
                            </span>
                        </span>
                        <Button onClick={() => talk(person.id)}>{t("rooms.newMessage")}</Button>
                    </li>
                ))}
            </ul>
        </div>
    );
}
