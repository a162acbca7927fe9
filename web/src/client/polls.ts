/** Votes of polls: fetched once when a poll is shown, then followed. */
import { MatrixEventEvent, RoomEvent, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";
import { coalesce, Store } from "../model/store.ts";
import { endEvent, pollOf, tally, voteEvent, voteIn, type Poll, type Tally, type Vote } from "../model/poll.ts";
import type { Outgoing } from "./outgoing.ts";
import { relationOf } from "./pending.ts";

export interface PollView extends Tally {
    mayEnd: boolean;
    /** The own vote is on its way. */
    waiting: boolean;
}

const PAGE = 100;
const PAGES_MAX = 30;
const RESPONSE = /^(m|org\.matrix\.msc3381)\.poll\.response$/;
const END = /^(m|org\.matrix\.msc3381)\.poll\.end$/;

export class PollVotes extends Store<PollView> {
    readonly #votes = new Map<string, Vote>();
    #ends: { at: number; sender: string }[] = [];
    #stop: (() => void) | null = null;
    #asked = false;
    readonly #soon = coalesce(() => this.#renew(), 0);

    constructor(
        private readonly client: MatrixClient,
        private readonly outgoing: Outgoing,
        private readonly roomId: string,
        private readonly pollId: string,
        private readonly author: string,
        readonly poll: Poll,
    ) {
        super({ ...tally(poll, [], null, ""), mayEnd: false, waiting: false });
    }

    vote(answers: readonly string[]): void {
        const { type, content } = voteEvent(this.poll, this.pollId, answers);
        void this.outgoing.submit(this.roomId, type, content);
    }

    end(words: string): void {
        const { type, content } = endEvent(this.poll, this.pollId, words);
        void this.outgoing.submit(this.roomId, type, content);
    }

    protected override onWatched(): void {
        const came = (event: MatrixEvent): void => void (event.getRoomId() === this.roomId && this.#take(event) && this.#soon());
        const redacted = (event: MatrixEvent, room: Room): void => {
            if (room.roomId === this.roomId && this.#votes.delete(String(event.event.redacts ?? event.getContent().redacts))) this.#soon();
        };
        this.client.on(RoomEvent.Timeline, came);
        this.client.on(RoomEvent.Redaction, redacted);
        this.client.on(MatrixEventEvent.Decrypted, came);
        const unwatch = this.outgoing.subscribe(() => this.#soon());
        this.#stop = () => {
            unwatch();
            this.client.off(RoomEvent.Timeline, came);
            this.client.off(RoomEvent.Redaction, redacted);
            this.client.off(MatrixEventEvent.Decrypted, came);
        };
        this.#soon();
        if (!this.#asked) void this.#fetch();
    }

    protected override onUnwatched(): void {
        this.#stop?.();
        this.#stop = null;
        // Votes may come while nobody looks: asked again next time.
        this.#asked = false;
    }

    async #fetch(): Promise<void> {
        this.#asked = true;
        try {
            let from: string | undefined;
            for (let page = 0; page < PAGES_MAX; page++) {
                const answer = await this.client.fetchRelations(this.roomId, this.pollId, "m.reference", null, { limit: PAGE, ...(from ? { from } : {}) });
                const events = answer.chunk.map((raw) => this.client.getEventMapper()({ ...raw, room_id: this.roomId }));
                await Promise.all(events.map((event) => this.client.decryptEventIfNeeded(event).catch(() => undefined)));
                for (const event of events) this.#take(event);
                this.#renew();
                from = answer.next_batch ?? undefined;
                if (!from) return;
            }
        } catch {
            this.#asked = false;
        }
    }

    #take(event: MatrixEvent): boolean {
        const [id, sender, at] = [event.getId(), event.getSender(), event.getTs()];
        if (!id || !sender || event.isRedacted() || relationTo(event) !== this.pollId) return false;
        if (RESPONSE.test(event.getType())) {
            const answers = voteIn(event.getContent());
            if (answers) this.#votes.set(id, { sender, at, answers });
            return answers !== null;
        }
        if (!END.test(event.getType()) || !this.#mayEnd(sender)) return false;
        this.#ends.push({ at, sender });
        return true;
    }

    /** Only who asked, and who may delete what others write. */
    #mayEnd(userId: string): boolean {
        if (userId === this.author) return true;
        const room = this.client.getRoom(this.roomId);
        return room?.currentState.hasSufficientPowerLevelFor("redact", room.getMember(userId)?.powerLevel ?? 0) ?? false;
    }

    #renew(): void {
        const me = this.client.getSafeUserId();
        const votes = [...this.#votes.values()];
        const ends = this.#ends.map((one) => one.at);
        let waiting = false;
        for (const one of this.outgoing.getSnapshot()) {
            if (one.roomId !== this.roomId || one.state === "refused" || relationOf(one).event_id !== this.pollId) continue;
            const answers = RESPONSE.test(one.type) ? voteIn(one.content) : null;
            if (answers) votes.push({ sender: me, at: Number.MAX_SAFE_INTEGER, answers });
            if (END.test(one.type)) ends.push(Number.MAX_SAFE_INTEGER);
            waiting ||= answers !== null && one.state === "waiting";
        }
        const endedAt = ends.length > 0 ? Math.min(...ends) : null;
        this.set({ ...tally(this.poll, votes, endedAt, me), mayEnd: endedAt === null && this.#mayEnd(me), waiting });
    }
}

function relationTo(event: MatrixEvent): string | null {
    const relation = event.getRelation() as { rel_type?: unknown; event_id?: unknown } | null;
    return relation?.rel_type === "m.reference" && typeof relation.event_id === "string" ? relation.event_id : null;
}

export class Polls {
    readonly #kept = new Map<string, PollVotes>();

    constructor(
        private readonly client: MatrixClient,
        private readonly outgoing: Outgoing,
    ) {}

    /** Null where the content is not a poll. */
    votes(roomId: string, pollId: string, author: string, content: Record<string, unknown>): PollVotes | null {
        const key = `${roomId} ${pollId}`;
        let found = this.#kept.get(key);
        const poll = pollOf(content);
        // Another question or other answers: it was changed, and its votes are counted anew.
        if (!found || JSON.stringify(poll) !== JSON.stringify(found.poll)) {
            if (!poll) return null;
            found = new PollVotes(this.client, this.outgoing, roomId, pollId, author, poll);
            this.#kept.set(key, found);
            if (this.#kept.size > 100) this.#kept.delete(this.#kept.keys().next().value!);
        }
        return found;
    }
}
