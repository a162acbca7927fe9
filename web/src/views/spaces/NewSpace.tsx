/** A new space. */
import { useState } from "react";
import { makeRoom, type WhoJoins } from "../../client/making.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { useClient } from "../ClientContext.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { spaceFilter } from "./spaceFilter.ts";
import { WhoMayJoin } from "./WhoMayJoin.tsx";

export function NewSpace({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const acting = useAct();
    const [name, setName] = useState("");
    const [topic, setTopic] = useState("");
    const [who, setWho] = useState<WhoJoins>("invited");
    const make = async (): Promise<void> => {
        let space = "";
        const done = await acting.run(async () => {
            space = await makeRoom(client.sdk, { name: name.trim(), topic: topic.trim(), invite: [], encrypted: false, who, space: null, isSpace: true });
        });
        if (!done) return;
        onClose();
        spaceFilter.choose(space);
        router.go({ place: "chats", view: "space", space });
    };
    return (
        <Dialog
            title={t("spaces.newSpace")}
            closeLabel={t("shell.close")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("shell.cancel")}</Button>
                    <Button look="primary" disabled={acting.busy || name.trim() === ""} onClick={() => void make()}>
                        {t("spaces.create")}
                    </Button>
                </>
            }
        >
            <p className="muted">{t("spaces.newSpaceText")}</p>
            <Field label={t("spaces.name")} hint={t("spaces.nameHint")} name="space-name" value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
            <Field label={t("spaces.topic")} name="space-topic" value={topic} maxLength={500} onChange={(event) => setTopic(event.target.value)} />
            <WhoMayJoin value={who} onChange={setWho} space={null} />
            <ErrorLine text={acting.error} />
        </Dialog>
    );
}
