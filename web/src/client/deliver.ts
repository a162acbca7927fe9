/** Sends one message: encrypted where the room says so, with the transaction id it was kept under. */
import { EventStatus, MatrixEvent, Method, type MatrixClient } from "matrix-js-sdk";
import { Failure } from "./failures.ts";
import type { Deliver } from "./outgoing.ts";

/** The SDK's crypto can encrypt an event of ours; its public face has no name for it. */
interface Encrypts {
    encryptEvent(event: MatrixEvent, room: unknown): Promise<void>;
}

export function deliverer(client: MatrixClient): Deliver {
    return async ({ roomId, txnId, type, content }) => {
        const room = client.getRoom(roomId);
        // Rooms come from the store or the first answer of the server: before that none is missing.
        if (!room && !client.isInitialSyncComplete()) throw new Failure("offline");
        if (!room || room.getMyMembership() !== "join") throw new Failure("forbidden");
        if (type === "m.room.redaction") return redact(client, roomId, txnId, content);
        const event = new MatrixEvent({ type, content, room_id: roomId, event_id: `~${roomId}:${txnId}`, sender: client.getSafeUserId() });
        event.setStatus(EventStatus.SENDING);
        if (room.hasEncryptionStateEvent() && type !== "m.reaction") {
            const crypto = client.getCrypto() as unknown as Encrypts | undefined;
            // Without the crypto nothing goes out in clear where encryption is expected.
            if (!crypto) throw new Failure("offline");
            await crypto.encryptEvent(event, room);
        }
        const segments = [roomId, "send", event.getWireType(), txnId].map(encodeURIComponent);
        const answer = await client.http.authedRequest<{ event_id: string }>(
            Method.Put,
            `/rooms/${segments.join("/")}`,
            undefined,
            event.getWireContent(),
        );
        return answer.event_id;
    };
}

async function redact(client: MatrixClient, roomId: string, txnId: string, { redacts, reason }: Record<string, unknown>): Promise<string> {
    const segments = [roomId, "redact", String(redacts), txnId].map(encodeURIComponent);
    const body = typeof reason === "string" ? { reason } : {};
    return (await client.http.authedRequest<{ event_id: string }>(Method.Put, `/rooms/${segments.join("/")}`, undefined, body)).event_id;
}
