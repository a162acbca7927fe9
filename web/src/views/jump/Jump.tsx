/** Ctrl K: rooms, people and commands by a few letters. */
import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { fit, rankRooms } from "../../model/jump.ts";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { showPerson } from "../people/card.ts";
import { useFound } from "../people/PeoplePicker.tsx";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { searchWords } from "./jumpStore.ts";
import { useCommands } from "./useCommands.tsx";
import "./jump.css";

interface Choice {
    id: string;
    group: string | null;
    content: ReactNode;
    run: () => void;
}

const ROOMS_MAX = 8;
const PEOPLE_MAX = 5;

function useChoices(words: string): Choice[] {
    const t = useWords();
    const client = useClient();
    const rooms = useStore(client.rooms);
    const commands = useCommands();
    const { found } = useFound(words);
    const typed = words.trim();
    const choices: Choice[] = rankRooms(rooms, typed, ROOMS_MAX).map((room) => ({
        id: room.id,
        group: t("jump.rooms"),
        content: (
            <>
                <Picture id={room.person ?? room.id} name={room.name} mxc={room.avatar} kind={room.kind} size="s" />
                <Name of={room.name} className="ell grow" />
            </>
        ),
        run: () => router.go({ place: "chats", room: room.id }),
    }));
    for (const { id, label, icon: Icon, run } of commands.filter((one) => fit(one.label, typed) > 0)) {
        choices.push({
            id: `command-${id}`,
            group: t("jump.commands"),
            content: (
                <>
                    <Icon className="i jump-icon" aria-hidden="true" />
                    <span className="ell grow">{label}</span>
                </>
            ),
            run,
        });
    }
    if (typed) {
        for (const person of found.slice(0, PEOPLE_MAX)) {
            choices.push({
                id: person.id,
                group: t("jump.people"),
                content: (
                    <>
                        <Picture id={person.id} name={person.name} mxc={person.avatar} size="s" />
                        <Name of={person.name} className="ell" />
                        <span className="xs dim ell grow">{person.id}</span>
                    </>
                ),
                run: () => showPerson(person.id),
            });
        }
        // Last, so that Enter leads to who or what was found.
        choices.push({
            id: "messages",
            group: null,
            content: (
                <>
                    <Search className="i jump-icon" aria-hidden="true" />
                    <span className="ell grow">{t("jump.messages", { words: `\u2068${typed}\u2069` })}</span>
                </>
            ),
            run: () => (searchWords.set(typed), router.go({ place: "chats", view: "search" })),
        });
    }
    return choices;
}

export default function Jump({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const id = useId();
    const [words, setWords] = useState("");
    const [at, setAt] = useState(0);
    const choices = useChoices(words);
    const current = Math.min(at, choices.length - 1);
    const choose = (choice: Choice | undefined): void => {
        if (!choice) return;
        onClose();
        choice.run();
    };
    const press = (event: KeyboardEvent): void => {
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step !== 0) {
            event.preventDefault();
            const next = (current + step + choices.length) % Math.max(1, choices.length);
            setAt(next);
            document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
        } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            choose(choices[current]);
        }
    };
    return (
        <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
            <Dialog.Portal>
                <Dialog.Backdrop className="dlg-back" />
                <Dialog.Popup className="dlg dlg-pop jump" aria-label={t("jump.title")}>
                    <label className="jump-field">
                        <Search className="i" aria-hidden="true" />
                        <input
                            type="text"
                            role="combobox"
                            data-search
                            autoFocus
                            autoComplete="off"
                            spellCheck={false}
                            aria-expanded="true"
                            aria-controls={`${id}-list`}
                            aria-activedescendant={choices[current] ? `${id}-${current}` : undefined}
                            aria-label={t("jump.title")}
                            placeholder={t("jump.placeholder")}
                            value={words}
                            onChange={(event) => (setWords(event.target.value), setAt(0))}
                            onKeyDown={press}
                        />
                        <kbd aria-hidden="true">Esc</kbd>
                    </label>
                    <div className="jump-list" role="listbox" id={`${id}-list`} aria-label={t("jump.title")}>
                        {choices.map((choice, index) => (
                            <div key={choice.id} className="contents" role="presentation">
                                {choice.group && choice.group !== choices[index - 1]?.group && (
                                    <div className="sec" role="presentation">
                                        {choice.group}
                                    </div>
                                )}
                                <div
                                    id={`${id}-${index}`}
                                    role="option"
                                    aria-selected={index === current}
                                    className={index === current ? "jump-row on" : "jump-row"}
                                    onMouseMove={() => setAt(index)}
                                    onClick={() => choose(choice)}
                                >
                                    {choice.content}
                                </div>
                            </div>
                        ))}
                    </div>
                    {choices.length === 0 && <p className="muted jump-none">{t("jump.none")}</p>}
                </Dialog.Popup>
            </Dialog.Portal>
        </Dialog.Root>
    );
}
