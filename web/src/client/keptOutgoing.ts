/** The outbox of `src/continuity` as the client uses it: kept on the disk, sent in order, shared by all tabs. */
import type { MatrixClient } from "matrix-js-sdk";
import type { Continuity, SessionContinuity } from "../continuity/continuity.ts";
import { type Content, Later, type OutboxItem, Refused, type Transport } from "../continuity/outbox/item.ts";
import { Store } from "../model/store.ts";
import { failureOf, isRefusal, toFailure } from "./failures.ts";
import type { AttachedFile, Deliver, Outgoing, OutgoingItem } from "./outgoing.ts";
import type { Session } from "./session.ts";

/** Uploads what belongs to a message and returns the content that names it. */
export type Upload = Transport["upload"];

/** An attempt that takes longer is shown as waiting, whatever the link says. */
const LONG_MS = 10_000;

export class KeptOutgoing extends Store<readonly OutgoingItem[]> implements Outgoing {
    readonly #continuity: Continuity;
    readonly #kept: SessionContinuity;
    readonly #session: Session;
    #upload: Upload | null = null;

    private constructor(continuity: Continuity, kept: SessionContinuity, session: Session) {
        super([]);
        this.#continuity = continuity;
        this.#kept = kept;
        this.#session = session;
        kept.outbox.subscribe(() => this.#renew());
        continuity.link.subscribe(() => this.#renew());
        this.#renew();
    }

    static async open(continuity: Continuity, session: Session): Promise<KeptOutgoing> {
        return new KeptOutgoing(continuity, await continuity.open(session.userId, session.deviceId), session);
    }

    async submit(roomId: string, type: string, content: Content): Promise<string> {
        return (await this.#kept.outbox.add({ roomId, type, content })).txnId;
    }

    /** A message with files: they are kept beside it until they are uploaded. */
    async submitFiles(
        roomId: string,
        type: string,
        content: Content,
        attachments: readonly AttachedFile[],
    ): Promise<string> {
        return (await this.#kept.outbox.add({ roomId, type, content, attachments })).txnId;
    }

    retry(_roomId: string, txnId: string): void {
        void this.#kept.outbox.retry(txnId);
    }

    async drop(_roomId: string, txnId: string): Promise<OutgoingItem | null> {
        const item = this.getSnapshot().find((one) => one.txnId === txnId) ?? null;
        return (await this.#kept.outbox.discard(txnId)) ? item : null;
    }

    arrived(_roomId: string, eventId: string, txnId?: string): void {
        this.#kept.outbox.echoed(eventId, txnId);
    }

    start(deliver: Deliver, client: MatrixClient): void {
        // What the SDK uploads (pictures of people and rooms, keys of a history for who is invited) would know one node only.
        client.http.uploadContent = async (file, { type } = {}) => {
            const { sender } = await import("./uploads.ts");
            const blob = file instanceof Blob && !type ? file : new Blob([file as BlobPart], type ? { type } : {});
            return { content_uri: await sender(client, this.#continuity)(blob) };
        };
        const upload: Upload = async (...given) => {
            this.#upload ??= (await import("./uploads.ts")).uploader(client, this.#continuity);
            return this.#upload(...given);
        };
        this.#kept.send({
            send: (item) => deliver(item).catch((error: unknown) => Promise.reject(judged(error))),
            upload: (item, files, progress) => upload(item, files, progress).catch((error: unknown) => Promise.reject(judged(error))),
            redact: async (roomId, eventId, txnId) => {
                await deliver({ roomId, txnId, type: "m.room.redaction", content: { redacts: eventId } });
            },
        });
    }

    stop(): void {
        this.#kept.stopSending();
    }

    regain(): Promise<boolean> {
        return this.#kept.regain();
    }

    async forget(): Promise<void> {
        await this.#continuity.forget(this.#session.userId, this.#session.deviceId);
    }

    #renew(): void {
        const { state } = this.#continuity.link.getSnapshot();
        const away = state === "offline" || state === "paused" || state === "site";
        const now = this.#continuity.clock.now();
        const items = this.#kept.outbox.getSnapshot().items.filter((item) => item.state !== "withdrawn");
        this.set(items.map((item) => shown(item, away, now)));
    }
}

function shown(item: OutboxItem, away: boolean, now: number): OutgoingItem {
    const { roomId, txnId, type, content, createdAt, eventId, refusal } = item;
    const late = item.state === "waiting" && item.tried && now - createdAt > LONG_MS;
    const unsent = away || late ? "waiting" : "sending";
    const state = item.state === "sent" || item.state === "refused" ? item.state : unsent;
    const { attachments, progress } = item;
    return { roomId, txnId, type, content, createdAt, state, eventId, refusal: refusal ? refusal.errcode : null, attachments, progress };
}

/** What the outbox has to know of a failure: was it a no, or only not now? */
function judged(error: unknown): Error {
    const failure = toFailure(error);
    if (failure.kind === "too-many") return new Later((failure.waitSeconds ?? 1) * 1000);
    // Who was signed out signs in again; what waits is not refused by that.
    if (failure.kind !== "signed-out" && failure.kind !== "offline" && failure.kind !== "storage" && isRefusal(error)) {
        return new Refused(failure.kind, failureOf((error as { errcode?: unknown }).errcode).message);
    }
    return error instanceof Error ? error : new Error(String(error));
}
