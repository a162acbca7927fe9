/** Polls: what is asked, and what the votes say. Both spellings: the specification's and the one in use before it. Pure. */
import { cleanName } from "./names.ts";

export interface Poll {
    question: string;
    answers: readonly { id: string; text: string }[];
    /** Results are shown while it runs. */
    open: boolean;
    most: number;
    stable: boolean;
}

export interface Vote {
    sender: string;
    at: number;
    answers: readonly string[];
}

export interface Tally {
    /** Votes by answer. */
    counts: ReadonlyMap<string, number>;
    people: number;
    mine: readonly string[];
    ended: boolean;
}

type Content = Record<string, unknown>;

const ANSWERS_MAX = 20;
const QUESTION_MAX = 500;
const ANSWER_MAX = 300;

const record = (value: unknown): Content | null => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Content) : null);

/** Text as extensible events carry it, in any of the ways that are in use. */
function textOf(value: unknown): string {
    const holder = record(value);
    if (!holder) return "";
    const stable = holder["m.text"];
    if (Array.isArray(stable)) {
        const plain = stable.map(record).find((one) => typeof one?.body === "string" && (one.mimetype === undefined || one.mimetype === "text/plain"));
        if (plain) return String(plain.body);
    }
    if (typeof stable === "string") return stable;
    const unstable = holder["org.matrix.msc1767.text"];
    if (typeof unstable === "string") return unstable;
    return typeof holder.body === "string" ? holder.body : "";
}

/** Null where it is not a poll that can be voted in. */
export function pollOf(content: Content): Poll | null {
    const stable = record(content["m.poll"]);
    const start = stable ?? record(content["org.matrix.msc3381.poll.start"]) ?? record(content["m.poll.start"]);
    if (!start) return null;
    const question = cleanName(textOf(start.question).slice(0, QUESTION_MAX).replace(/\s+/g, " "), "");
    const seen = new Set<string>();
    const answers = (Array.isArray(start.answers) ? start.answers : []).slice(0, ANSWERS_MAX).flatMap((one: unknown) => {
        const answer = record(one);
        const id = answer?.["m.id"] ?? answer?.id;
        const text = textOf(answer).slice(0, ANSWER_MAX);
        if (typeof id !== "string" || id === "" || seen.has(id) || text.trim() === "") return [];
        seen.add(id);
        return [{ id, text }];
    });
    if (question === "" || answers.length === 0) return null;
    const most = typeof start.max_selections === "number" && start.max_selections >= 1 ? Math.floor(start.max_selections) : 1;
    const open = start.kind === "m.disclosed" || start.kind === "m.poll.disclosed" || start.kind === "org.matrix.msc3381.poll.disclosed";
    return { question, answers, open, most: Math.min(most, answers.length), stable: stable !== null };
}

/** The answers of a vote; null where the event is none. */
export function voteIn(content: Content): string[] | null {
    const list = content["m.selections"] ?? record(content["org.matrix.msc3381.poll.response"])?.answers ?? record(content["m.poll.response"])?.answers;
    return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string").slice(0, ANSWERS_MAX) : null;
}

/** The newest vote of each person counts, up to the end; one with an unknown answer is spoilt. */
export function tally(poll: Poll, votes: readonly Vote[], endedAt: number | null, me: string): Tally {
    const known = new Set(poll.answers.map((one) => one.id));
    const newest = new Map<string, Vote>();
    for (const vote of votes) {
        if (endedAt !== null && vote.at > endedAt) continue;
        const before = newest.get(vote.sender);
        if (!before || before.at <= vote.at) newest.set(vote.sender, vote);
    }
    const counts = new Map(poll.answers.map((one) => [one.id, 0]));
    let people = 0;
    let mine: readonly string[] = [];
    for (const [sender, vote] of newest) {
        const answers = [...new Set(vote.answers)].slice(0, poll.most);
        if (answers.length === 0 || answers.some((one) => !known.has(one))) continue;
        people += 1;
        if (sender === me) mine = answers;
        for (const one of answers) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    return { counts, people, mine, ended: endedAt !== null };
}

/** A new poll, as Element and others understand it. */
export function pollContent(question: string, answers: readonly string[], open: boolean, most: number, id: () => string): Content {
    const text = (words: string): Content => ({ "org.matrix.msc1767.text": words });
    const listed = answers.map((one, index) => `${index + 1}. ${one}`).join("\n");
    return {
        "org.matrix.msc1767.text": `${question}\n${listed}`,
        "org.matrix.msc3381.poll.start": {
            kind: `org.matrix.msc3381.poll.${open ? "disclosed" : "undisclosed"}`,
            max_selections: most,
            question: { ...text(question), body: question, msgtype: "m.text" },
            answers: answers.map((one) => ({ id: id(), ...text(one) })),
        },
    };
}

export function voteEvent(poll: Poll, pollId: string, answers: readonly string[]): { type: string; content: Content } {
    const relation = { "m.relates_to": { rel_type: "m.reference", event_id: pollId } };
    return poll.stable
        ? { type: "m.poll.response", content: { ...relation, "m.selections": answers } }
        : { type: "org.matrix.msc3381.poll.response", content: { ...relation, "org.matrix.msc3381.poll.response": { answers } } };
}

export function endEvent(poll: Poll, pollId: string, words: string): { type: string; content: Content } {
    const relation = { "m.relates_to": { rel_type: "m.reference", event_id: pollId } };
    return poll.stable
        ? { type: "m.poll.end", content: { ...relation, "m.text": [{ body: words }] } }
        : { type: "org.matrix.msc3381.poll.end", content: { ...relation, "org.matrix.msc1767.text": words, "org.matrix.msc3381.poll.end": {} } };
}
