/** A new conversation: with one person, or a room for several. Encrypted by default. */
import { Lock } from "lucide-react";
import { useState } from "react";
import { toFailure } from "../../client/failures.ts";
import type { FoundPerson } from "../../client/roomActions.ts";
import { makeRoom, type WhoJoins } from "../../client/making.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { Name } from "../../design/Name.tsx";
import { Segmented } from "../../design/Segmented.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { useFound } from "../people/PeoplePicker.tsx";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { spaceFilter } from "../spaces/spaceFilter.ts";
import { useSpaces } from "../spaces/useSpaces.ts";
import { WhoMayJoin } from "../spaces/WhoMayJoin.tsx";
import { useWords } from "../useWords.ts";

export function NewConversation({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const [kind, setKind] = useState<"person" | "room">("person");
    const [words, setWords] = useState("");
    const [name, setName] = useState("");
    const [chosen, setChosen] = useState<readonly FoundPerson[]>([]);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const found = useFound(words).found.filter((one) => !chosen.some((other) => other.id === one.id));
    const chosenSpace = useStore(spaceFilter);
    const space = useSpaces().find((one) => one.id === chosenSpace) ?? null;
    const [who, setWho] = useState<WhoJoins>(space ? "space" : "invited");
    const [encrypted, setEncrypted] = useState(true);

    const make = async (person?: FoundPerson): Promise<string> => {
        if (kind === "room") {
            const typed = words.trim() === "" ? null : client.actions.fullAddress(words);
            const people = [...new Set([...chosen.map((one) => one.id), ...(typed ? [typed] : [])])];
            return makeRoom(client.sdk, { name: name.trim(), invite: people, encrypted, who, space: space?.id ?? null });
        }
        // What was typed may be the beginning of a name: then the first that was found is meant.
        const typed = client.actions.fullAddress(words);
        const id = person?.id ?? (typed && (await client.actions.exists(typed)) ? typed : found[0]?.id);
        if (!id) throw new Error("nobody");
        return client.actions.openDirect(id);
    };
    const submit = async (person?: FoundPerson): Promise<void> => {
        if (kind === "room" && name.trim() === "") return setError(t("rooms.nameNeeded"));
        setBusy(true);
        setError(null);
        try {
            router.go({ place: "chats", room: await make(person) });
            onClose();
        } catch (thrown) {
            setError((thrown as Error).message === "nobody" ? t("rooms.noPerson") : t(failureWords(toFailure(thrown).kind)));
            setBusy(false);
        }
    };
    const choose = (person: FoundPerson): void => {
        // With one person there is nothing more to choose.
        if (kind === "person") return void submit(person);
        setChosen([...chosen, person]);
        setWords("");
    };

    return (
        <Dialog
            title={t("rooms.new")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" disabled={busy} onClick={() => void submit()}>
                        {kind === "person" ? t("rooms.start") : t("rooms.create")}
                    </Button>
                </>
            }
        >
            <Segmented
                label={t("rooms.new")}
                value={kind}
                onChange={setKind}
                options={[
                    { value: "person", label: t("rooms.newMessage") },
                    { value: "room", label: t("rooms.newRoom") },
                ]}
            />
            {kind === "room" && (
                <Field label={t("rooms.roomName")} hint={t("rooms.roomNameHint")} name="room-name" value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
            )}
            <Field
                label={kind === "room" ? t("rooms.invitePeople") : t("rooms.person")}
                hint={t("rooms.personHint")}
                name="person"
                autoCapitalize="none"
                spellCheck={false}
                value={words}
                error={error}
                onChange={(event) => setWords(event.target.value)}
                onKeyDown={(event) => {
                    if (event.key !== "Enter") return;
                    if (kind === "room" && found[0]) choose(found[0]);
                    else void submit();
                }}
            />
            {chosen.length > 0 && (
                <div className="row wrap">
                    {chosen.map((person) => (
                        <button key={person.id} type="button" className="chip on" onClick={() => setChosen(chosen.filter((one) => one.id !== person.id))}>
                            <Name of={person.name} className="ell" /> ×
                        </button>
                    ))}
                </div>
            )}
            <ul className="found">
                {found.slice(0, 8).map((person) => (
                    <li key={person.id}>
                        <button type="button" className="rrow" disabled={busy} onClick={() => choose(person)}>
                            <Picture id={person.id} name={person.name} mxc={person.avatar} />
                            <span className="mid">
                                <Name of={person.name} className="nm" />
                                <span className="pv ell">{person.id}</span>
                            </span>
                        </button>
                    </li>
                ))}
            </ul>
            {kind === "room" && (
                <>
                    <WhoMayJoin value={who} onChange={setWho} space={space?.name ?? null} />
                    <label className="row">
                        <input type="checkbox" name="encrypted" checked={encrypted} onChange={(event) => setEncrypted(event.target.checked)} />
                        {t("spaces.encrypt")}
                    </label>
                </>
            )}
            {(kind === "person" || encrypted) && (
                <p className="hint row">
                    <Lock className="i s" aria-hidden="true" /> {t("rooms.encrypted")}. {t("rooms.encryptedHint")}
                </p>
            )}
        </Dialog>
    );
}
