/** Asking something with answers to choose from. */
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { relationOf } from "../../model/compose.ts";
import { pollContent } from "../../model/poll.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";

const ANSWERS_MAX = 20;

export default function PollDialog({ roomId, threadId, onClose }: { roomId: string; threadId: string | null; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const [question, setQuestion] = useState("");
    const [answers, setAnswers] = useState<readonly string[]>(["", ""]);
    const [open, setOpen] = useState(true);
    const [several, setSeveral] = useState(false);
    const given = [...new Set(answers.map((one) => one.trim()).filter(Boolean))];
    const ready = question.trim() !== "" && given.length >= 2;
    const send = (): void => {
        const content = pollContent(question.trim(), given, open, several ? given.length : 1, () => crypto.randomUUID());
        void client.messages.send(roomId, "org.matrix.msc3381.poll.start", { ...content, ...relationOf(null, client.messages.placeIn(roomId, threadId)) });
        onClose();
    };
    return (
        <Dialog
            title={t("composer.pollTitle")}
            closeLabel={t("timeline.closeThis")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("composer.cancel")}</Button>
                    <Button look="primary" disabled={!ready} onClick={send}>
                        {t("composer.pollStart")}
                    </Button>
                </>
            }
        >
            <Field label={t("composer.pollQuestion")} value={question} maxLength={300} autoFocus onChange={(event) => setQuestion(event.target.value)} />
            <div className="stack">
                {answers.map((answer, index) => (
                    <div key={index} className="row">
                        <input
                            className="in grow"
                            value={answer}
                            maxLength={200}
                            aria-label={t("composer.pollAnswer", { number: index + 1 })}
                            placeholder={t("composer.pollAnswer", { number: index + 1 })}
                            onChange={(event) => setAnswers(answers.map((one, at) => (at === index ? event.target.value : one)))}
                        />
                        {answers.length > 2 && (
                            <IconButton label={t("composer.pollRemove", { number: index + 1 })} onClick={() => setAnswers(answers.filter((_one, at) => at !== index))}>
                                <X className="i s" aria-hidden="true" />
                            </IconButton>
                        )}
                    </div>
                ))}
                {answers.length < ANSWERS_MAX && (
                    <div>
                        <Button look="plain" size="small" onClick={() => setAnswers([...answers, ""])}>
                            <Plus className="i s" aria-hidden="true" /> {t("composer.pollAdd")}
                        </Button>
                    </div>
                )}
            </div>
            <label className="row">
                <input type="checkbox" checked={open} onChange={(event) => setOpen(event.target.checked)} /> {t("composer.pollOpen")}
            </label>
            <label className="row">
                <input type="checkbox" checked={several} onChange={(event) => setSeveral(event.target.checked)} /> {t("composer.pollSeveral")}
            </label>
        </Dialog>
    );
}
