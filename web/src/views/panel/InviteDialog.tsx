/** Inviting people into a room. */
import { useState } from "react";
import { Governance } from "../../client/governance.ts";
import { toFailure } from "../../client/failures.ts";
import type { FoundPerson } from "../../client/roomActions.ts";
import type { RoomDetails } from "../../model/details.ts";
import { may, needed, roleAt } from "../../model/powers.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { PeoplePicker } from "../people/PeoplePicker.tsx";
import { ROLE_WORDS } from "../people/roles.ts";
import { useWords } from "../useWords.ts";

export function InviteDialog({ room, onClose }: { room: RoomDetails; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const [chosen, setChosen] = useState<readonly FoundPerson[]>([]);
    const [words, setWords] = useState("");
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const mayInvite = may(room.powers, client.session.userId, "invite");
    const typed = words.trim() === "" ? null : client.actions.fullAddress(words);
    const people = [...new Set([...chosen.map((one) => one.id), ...(typed ? [typed] : [])])];
    const invite = async (): Promise<void> => {
        setBusy(true);
        setError(null);
        const governance = new Governance(client.sdk, room.id);
        const results = await Promise.allSettled(people.map((id) => governance.invite(id)));
        const failed = results.flatMap((one, index) => (one.status === "rejected" ? [{ id: people[index]!, why: one.reason as unknown }] : []));
        setBusy(false);
        if (failed.length === 0) {
            toasts.show({ title: t("details.inviteDone") });
            return onClose();
        }
        setChosen(failed.map(({ id }) => chosen.find((one) => one.id === id) ?? { id, name: id, avatar: null }));
        setWords("");
        setError(`${t("details.inviteSome", { count: failed.length })} ${t(failureWords(toFailure(failed[0]!.why).kind))}`);
    };
    return (
        <Dialog
            title={t("details.invite")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" disabled={busy || people.length === 0 || !mayInvite} onClick={() => void invite()}>
                        {t("details.inviteAct")}
                    </Button>
                </>
            }
        >
            {mayInvite ? (
                <PeoplePicker label={t("rooms.invitePeople")} chosen={chosen} onChange={setChosen} words={words} onWords={setWords} />
            ) : (
                <p>{t("details.mayNotInvite", { role: t(ROLE_WORDS[roleAt(room.powers, needed(room.powers, "invite"))]) })}</p>
            )}
            <ErrorLine text={error} />
        </Dialog>
    );
}
