/** How we are connected, for the views. `src/connect.ts` sets it. */
import type { Continuity } from "../../continuity/continuity.ts";
import type { Notice } from "../../continuity/notice.ts";
import type { OutboxView } from "../../continuity/outbox/outbox.ts";
import { UNKNOWN_LINK, type Link } from "../../model/link.ts";
import { Cell, type Readable } from "../../model/store.ts";

export const link = new Cell<Link>(UNKNOWN_LINK);

export interface Connection {
    continuity: Continuity | null;
    notice: (Readable<Notice | null> & { hold(held: boolean): void }) | null;
    outbox: Readable<OutboxView> | null;
}

export const connection = new Cell<Connection>({ continuity: null, notice: null, outbox: null });

const NO_NOTICE = new Cell<Notice | null>(null);
const NO_OUTBOX = new Cell<OutboxView>({ items: [], unsent: 0, delivered: 0 });

export const noticeOf = (one: Connection): Readable<Notice | null> => one.notice ?? NO_NOTICE;
export const outboxOf = (one: Connection): Readable<OutboxView> => one.outbox ?? NO_OUTBOX;

const ROOM = { subscribe: () => () => undefined, getSnapshot: () => false };

/** Whether the device is nearly full. */
export const deviceRoomOf = (one: Connection): Readable<boolean> => {
    const room = one.continuity?.room;
    return room ? { subscribe: room.subscribe, getSnapshot: () => room.getSnapshot().tight } : ROOM;
};

