/** Several people chosen by name or address. */
import { useEffect, useState } from "react";
import type { AlphornClient } from "../../client/client.ts";
import { People } from "../../client/people.ts";
import type { FoundPerson } from "../../client/roomActions.ts";
import { Field } from "../../design/Field.tsx";
import { Name } from "../../design/Name.tsx";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";
import "./people.css";

const QUIET_MS = 250;
const SHOWN = 8;

export function useFound(words: string): { found: readonly FoundPerson[]; asked: string } {
    const client = useClient();
    const [state, setState] = useState<{ found: readonly FoundPerson[]; asked: string }>({ found: [], asked: "" });
    useEffect(() => {
        let here = true;
        const timer = setTimeout(() => void find(client, words).then((found) => here && setState({ found, asked: words })), QUIET_MS);
        return () => {
            here = false;
            clearTimeout(timer);
        };
    }, [client, words]);
    return state;
}

/** By name among those one shares a room with; anybody by address, also by its first part alone. */
async function find(client: AlphornClient, words: string): Promise<readonly FoundPerson[]> {
    const address = client.actions.fullAddress(words.toLowerCase());
    const [found, exact] = await Promise.all([client.actions.findPeople(words), address ? new People(client.sdk).profile(address).catch(() => null) : null]);
    const others = found.filter((one) => one.id !== address);
    return exact && exact.id !== client.session.userId ? [{ id: exact.id, name: exact.name, avatar: exact.avatar }, ...others] : others;
}

interface Props {
    label: string;
    hint?: string;
    chosen: readonly FoundPerson[];
    onChange: (chosen: readonly FoundPerson[]) => void;
    words: string;
    onWords: (words: string) => void;
    without?: readonly string[];
}

export function PeoplePicker({ label, hint, chosen, onChange, words, onWords, without = [] }: Props) {
    const t = useWords();
    const { found } = useFound(words);
    const shown = found.filter((one) => !chosen.some((other) => other.id === one.id) && !without.includes(one.id)).slice(0, SHOWN);
    const choose = (person: FoundPerson): void => {
        onChange([...chosen, person]);
        onWords("");
    };
    return (
        <>
            <Field
                label={label}
                hint={hint ?? t("rooms.personHint")}
                name="person"
                autoCapitalize="none"
                spellCheck={false}
                value={words}
                onChange={(event) => onWords(event.target.value)}
                onKeyDown={(event) => {
                    if (event.key === "Enter" && shown[0]) choose(shown[0]);
                    if (event.key === "Backspace" && words === "" && chosen.length > 0) onChange(chosen.slice(0, -1));
                }}
            />
            {chosen.length > 0 && (
                <div className="picked">
                    {chosen.map((person) => (
                        <button key={person.id} type="button" className="chip on" onClick={() => onChange(chosen.filter((one) => one.id !== person.id))}>
                            <Name of={person.name} className="ell" /> ×
                        </button>
                    ))}
                </div>
            )}
            {words.trim() !== "" && (
                <ul className="found">
                    {shown.map((person) => (
                        <li key={person.id}>
                            <button type="button" className="prow" onClick={() => choose(person)}>
                                <Picture id={person.id} name={person.name} mxc={person.avatar} size="s" />
                                <span className="grow">
                                    <Name of={person.name} className="nm ell" />
                                    <span className="xs dim ell">{person.id}</span>
                                </span>
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </>
    );
}
