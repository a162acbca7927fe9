/** The outbox on the disk: sealed records in the order they were written, shared by all tabs. */

import { answer, within } from "../database.ts";
import type { Attachment, Content, OutboxItem } from "./item.ts";
import type { Sealed, Vault } from "./vault.ts";

interface Secret {
    type: string;
    content: Content;
    attachments: Attachment[];
}

export interface OutboxRecord {
    order?: number;
    txnId: string;
    roomId: string;
    state: "waiting" | "sent" | "refused" | "withdrawn";
    createdAt: number;
    eventId: string | null;
    refusal: { errcode: string; reason: string } | null;
    tried: boolean;
    sealed: Sealed;
}

const about = (txnId: string, roomId: string): string => `${txnId}|${roomId}`;

export class Records {
    readonly #database: IDBDatabase;
    readonly #vault: Vault;

    constructor(database: IDBDatabase, vault: Vault) {
        this.#database = database;
        this.#vault = vault;
    }

    /** Writes it down, with its files, before anybody sees it. Returns its place in the order. */
    async add(item: OutboxItem, files: readonly { part: string; blob: Blob }[], order?: number): Promise<number> {
        const sealed = await this.#seal(item);
        const blobs = await Promise.all(
            files.map(async ({ part, blob }) => ({
                txnId: item.txnId,
                part,
                ...(await this.#vault.seal(await blob.arrayBuffer(), `${item.txnId}|${part}`)),
            })),
        );
        const record: OutboxRecord = {
            ...(order === undefined ? {} : { order }),
            txnId: item.txnId,
            roomId: item.roomId,
            state: "waiting",
            createdAt: item.createdAt,
            eventId: null,
            refusal: null,
            tried: item.tried,
            sealed,
        };
        return within(
            this.#database,
            ["outbox", "blobs"],
            "readwrite",
            async (it) => {
                for (const blob of blobs) it.objectStore("blobs").put(blob);
                return Number(await answer(it.objectStore("outbox").add(record)));
            },
            "strict",
        );
    }

    /** Everything, in order. What cannot be opened is left out, and left where it is. */
    async all(): Promise<OutboxItem[]> {
        const records = await within(this.#database, "outbox", "readonly", (it) =>
            answer(it.objectStore("outbox").getAll() as IDBRequest<OutboxRecord[]>),
        );
        const items = await Promise.all(records.map((record) => this.#item(record).catch(() => null)));
        return items.filter((item) => item !== null);
    }

    /**
     * Changes one record if it still is as `change` wants it; what another tab did meanwhile is seen. Null deletes,
     * false leaves it. Returns what is there afterwards.
     */
    async change(
        txnId: string,
        change: (record: OutboxRecord) => OutboxRecord | null | false,
    ): Promise<OutboxItem | null | false> {
        const after = await within(
            this.#database,
            ["outbox", "blobs"],
            "readwrite",
            async (it) => {
                const table = it.objectStore("outbox");
                const record = await answer(table.index("txn").get(txnId) as IDBRequest<OutboxRecord | undefined>);
                if (!record) return null;
                const wanted = change(record);
                if (wanted === false) return false;
                if (wanted === null) table.delete(record.order as number);
                else table.put(wanted);
                if (wanted === null || wanted.state === "sent") {
                    it.objectStore("blobs").delete(IDBKeyRange.bound([txnId], [txnId, []]));
                }
                return wanted;
            },
            "strict",
        );
        return after ? this.#item(after) : after;
    }

    /** Other words for a record, to be put in by `change`. */
    reseal(item: Pick<OutboxItem, "txnId" | "roomId" | "type" | "content" | "attachments">): Promise<Sealed> {
        return this.#seal(item);
    }

    async files(item: OutboxItem): Promise<{ part: string; name: string; blob: Blob }[]> {
        const found = [];
        for (const { part, name, type } of item.attachments) {
            const kept = await within(this.#database, "blobs", "readonly", (it) =>
                answer(it.objectStore("blobs").get([item.txnId, part]) as IDBRequest<Sealed | undefined>),
            );
            if (!kept) throw new Error("the file is not on this device any more");
            const bytes = await this.#vault.open(kept, `${item.txnId}|${part}`);
            found.push({ part, name, blob: new Blob([bytes], { type }) });
        }
        return found;
    }

    #seal(item: Pick<OutboxItem, "txnId" | "roomId" | "type" | "content" | "attachments">): Promise<Sealed> {
        const secret: Secret = { type: item.type, content: item.content, attachments: [...item.attachments] };
        return this.#vault.sealJson(secret, about(item.txnId, item.roomId));
    }

    async #item(record: OutboxRecord): Promise<OutboxItem> {
        const secret = await this.#vault.openJson<Secret>(record.sealed, about(record.txnId, record.roomId));
        const { txnId, roomId, state, createdAt, eventId, refusal, tried } = record;
        const order = record.order as number;
        return { txnId, order, roomId, state, createdAt, eventId, refusal, tried, kept: true, progress: null, ...secret };
    }
}
