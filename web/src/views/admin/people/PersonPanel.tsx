/** A person beside the table: what is known, the devices, and what can be done. */
import { Ellipsis, Lock, LockOpen, MessageSquare, KeyRound } from "lucide-react";
import { useState } from "react";
import type { Person, PersonDetails } from "../../../client/admin/admin.ts";
import { bytes, count, dateAndTime } from "../../../model/admin/figures.ts";
import { mayTakeAway } from "../../../model/admin/people.ts";
import { localpart } from "../../../model/names.ts";
import { Button, IconButton } from "../../../design/Button.tsx";
import { Menu, type MenuItem } from "../../../design/Menu.tsx";
import { Name } from "../../../design/Name.tsx";
import { useClient } from "../../ClientContext.ts";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useAct } from "../../people/useAct.ts";
import { Picture } from "../../Picture.tsx";
import { router } from "../../router.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { SidePanel } from "../parts/Frame.tsx";
import { useLoaded } from "../parts/useList.ts";
import { Devices } from "./Devices.tsx";
import { Marks } from "./marks.tsx";
import { PersonActs, type PersonAct } from "./PersonActs.tsx";

interface Props {
    userId: string;
    onChange: (person: Person) => void;
    onRenew: () => void;
}

export function PersonPanel({ userId, onChange, onRenew }: Props) {
    const t = useWords();
    const { value, failure, load, set } = useLoaded<PersonDetails>(userId, (admin) => admin.call("get", "/people/{user_id}", { path: { user_id: userId } }));
    const [act, setAct] = useState<PersonAct | null>(null);
    const changed = (person: Person): void => {
        if (value) set({ ...value, person });
        onChange(person);
        void load();
    };
    return (
        <SidePanel title={t("adminPeople.person")} section="people">
            {!value && failure && <ErrorLine text={t(failureWords(failure))} />}
            {value && (
                <>
                    <Head details={value} onAct={setAct} />
                    <Why person={value.person} />
                    {!value.person.deactivated && <Devices details={value} onAct={setAct} />}
                    <Facts details={value} />
                    <LockButton person={value.person} onAct={setAct} />
                    {act && <PersonActs act={act} details={value} onChanged={changed} onRenew={() => (void load(), onRenew())} onClose={() => setAct(null)} />}
                </>
            )}
        </SidePanel>
    );
}

/** Why access cannot be taken from this person. */
function Why({ person }: { person: Person }) {
    const t = useWords();
    const client = useClient();
    const may = mayTakeAway(person, person.user_id === client.session.userId);
    if (may === "own") return <p className="hint">{t("adminPeople.ownAccount")}</p>;
    if (may === "administrator") return <p className="hint">{t("adminPeople.rightsFirst")}</p>;
    if (may === "closed") return <p className="hint">{t(person.erased ? "adminPeople.closedErased" : "adminPeople.closedText")}</p>;
    return null;
}

function Head({ details, onAct }: { details: PersonDetails; onAct: (act: PersonAct) => void }) {
    const t = useWords();
    const client = useClient();
    const { person } = details;
    const acting = useAct();
    const own = person.user_id === client.session.userId;
    const may = mayTakeAway(person, own);
    const name = person.display_name?.trim() || localpart(person.user_id);
    const talk = async (): Promise<void> => {
        let room = "";
        if (await acting.run(async () => (room = await client.actions.openDirect(person.user_id)))) router.go({ place: "chats", room });
    };
    const items: (MenuItem | "line")[] = [
        { label: t(person.administrator ? "adminPeople.takeRights" : "adminPeople.giveRights"), disabled: person.guest, onSelect: () => onAct({ is: "rights" }) },
        { label: t("adminPeople.logOut"), disabled: details.devices.length === 0, onSelect: () => onAct({ is: "log-out" }) },
        { label: t(person.suspended ? "adminPeople.unsuspend" : "adminPeople.suspend"), disabled: may !== "yes", onSelect: () => onAct({ is: "suspend" }) },
        ...(person.invitation_expires_at_ms ? [{ label: t("adminPeople.withdraw"), onSelect: () => onAct({ is: "withdraw" }) }] : []),
        "line",
        { label: t("adminPeople.close"), danger: true, disabled: may !== "yes", onSelect: () => onAct({ is: "close" }) },
    ];
    return (
        <>
            <div className="person-head">
                <Picture id={person.user_id} name={name} mxc={person.avatar_url} size="xl" />
                <div className="grow">
                    <h3>
                        <Name of={name} />
                    </h3>
                    <div className="sm dim person-address">{person.user_id}</div>
                    <Marks person={person} />
                </div>
            </div>
            {!person.deactivated && (
                <div className="row">
                    {!own && (
                        <Button size="small" className="grow" disabled={acting.busy} onClick={() => void talk()}>
                            <MessageSquare className="i s" aria-hidden="true" />
                            {t("adminPeople.write")}
                        </Button>
                    )}
                    <Button size="small" className="grow" onClick={() => onAct({ is: "password" })}>
                        <KeyRound className="i s" aria-hidden="true" />
                        {t(person.has_password ? "adminPeople.password" : "adminPeople.newLink")}
                    </Button>
                    <Menu
                        items={items}
                        trigger={
                            <IconButton label={t("adminPeople.moreActs")}>
                                <Ellipsis className="i" aria-hidden="true" />
                            </IconButton>
                        }
                    />
                </div>
            )}
            <ErrorLine text={acting.error} />
        </>
    );
}

function Facts({ details }: { details: PersonDetails }) {
    const t = useWords();
    const language = useLanguage();
    const { person, contacts, pushers } = details;
    return (
        <div>
            <h4>{t("adminPeople.known")}</h4>
            <dl className="kv">
                <dt>{t("adminPeople.since")}</dt>
                <dd>{dateAndTime(person.created_at_ms, language)}</dd>
                {person.invitation_expires_at_ms && (
                    <>
                        <dt>{t("adminPeople.invitedUntil")}</dt>
                        <dd>{dateAndTime(person.invitation_expires_at_ms, language)}</dd>
                    </>
                )}
                <dt>{t("adminPeople.rooms")}</dt>
                <dd>{count(details.joined_rooms, language)}</dd>
                <dt>{t("adminPeople.files")}</dt>
                <dd>{details.media_files === 0 ? count(0, language) : `${count(details.media_files, language)} · ${bytes(details.media_bytes, language)}`}</dd>
                {contacts.map((one) => [
                    <dt key={`${one.address} head`}>{t(one.medium === "email" ? "adminPeople.mail" : "adminPeople.phone")}</dt>,
                    <dd key={one.address}>
                        <bdi className="person-address">{one.address}</bdi>
                    </dd>,
                ])}
                {pushers.length > 0 && (
                    <>
                        <dt>{t("adminPeople.pushes")}</dt>
                        <dd>{pushers.map((one) => one.device_display_name || one.app_display_name || one.app_id).join(", ")}</dd>
                    </>
                )}
            </dl>
        </div>
    );
}

function LockButton({ person, onAct }: { person: Person; onAct: (act: PersonAct) => void }) {
    const t = useWords();
    const client = useClient();
    if (mayTakeAway(person, person.user_id === client.session.userId) !== "yes") return null;
    return (
        <div>
            <Button look={person.locked ? "default" : "outline-critical"} onClick={() => onAct({ is: "lock" })}>
                {person.locked ? <LockOpen className="i" aria-hidden="true" /> : <Lock className="i" aria-hidden="true" />}
                {t(person.locked ? "adminPeople.unlock" : "adminPeople.lock")}
            </Button>
        </div>
    );
}
