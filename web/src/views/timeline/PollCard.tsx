/** A poll as a card: choose, see the bars, end it. */
import { ChartBarBig } from "lucide-react";
import { useMemo } from "react";
import type { PollVotes } from "../../client/polls.ts";
import type { MessageItem } from "../../model/timeline.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useRoomId } from "./RoomId.ts";
import { useWords } from "../useWords.ts";
import "./poll.css";

export default function PollCard({ raw, item }: { raw: Record<string, unknown>; item: MessageItem }) {
    const t = useWords();
    const client = useClient();
    const roomId = useRoomId();
    const votes = useMemo(() => client.polls.votes(roomId, item.eventId ?? `~${item.txnId}`, item.sender.id, raw), [client, roomId, item.eventId, item.txnId, item.sender.id, raw]);
    return votes ? <Card votes={votes} ready={item.eventId !== null} /> : <p className="dim">{t("timeline.unknown")}</p>;
}

function Card({ votes, ready }: { votes: PollVotes; ready: boolean }) {
    const t = useWords();
    const view = useStore(votes);
    const { poll } = votes;
    const several = poll.most > 1;
    const shown = view.ended || (poll.open && view.mine.length > 0);
    const best = Math.max(1, ...view.counts.values());
    const choose = (id: string): void => {
        const has = view.mine.includes(id);
        if (!several) return votes.vote(has ? [] : [id]);
        const next = has ? view.mine.filter((one) => one !== id) : [...view.mine, id];
        if (next.length <= poll.most) votes.vote(next);
    };
    return (
        <fieldset className="poll" disabled={!ready}>
            <legend>
                <ChartBarBig className="i" aria-hidden="true" /> <bdi>{poll.question}</bdi>
            </legend>
            {several && !view.ended && <p className="sm dim">{t("timeline.pollMost", { count: poll.most })}</p>}
            {poll.answers.map((answer) => {
                const count = view.counts.get(answer.id) ?? 0;
                const part = view.people === 0 ? 0 : count / view.people;
                const won = view.ended && count === best && count > 0;
                const words = shown ? t("timeline.pollVotes", { count }) : "";
                return (
                    <label key={answer.id} className={won ? "won" : ""}>
                        {!view.ended && (
                            <input
                                type={several ? "checkbox" : "radio"}
                                checked={view.mine.includes(answer.id)}
                                onChange={() => choose(answer.id)}
                                onClick={() => !several && view.mine.includes(answer.id) && choose(answer.id)}
                            />
                        )}
                        <bdi className="grow">{answer.text}</bdi>
                        <span className="sm dim nowrap">{words}</span>
                        {shown && <progress max={1} value={part} aria-label={`${answer.text}: ${words}`} />}
                    </label>
                );
            })}
            <div className="row sm dim wrap">
                <span>
                    {view.ended ? t("timeline.pollEnded", { count: view.people }) : t("timeline.pollPeople", { count: view.people })}
                    {!poll.open && !view.ended && ` · ${t("timeline.pollHidden")}`}
                    {view.waiting && ` · ${t("timeline.waiting")}`}
                </span>
                {view.mayEnd && ready && (
                    <Button look="plain" size="small" className="end" onClick={() => votes.end(t("timeline.pollEndWords"))}>
                        {t("timeline.pollEnd")}
                    </Button>
                )}
            </div>
        </fieldset>
    );
}
