/** What one does with rooms: make, enter, leave, mark as read. */
import { Preset, ReceiptType, Visibility, type MatrixClient, type MatrixEvent } from "matrix-js-sdk";
import { Cell } from "../model/store.ts";
import type { Person } from "../model/timeline.ts";
import { personOf } from "./convert.ts";
import { Failure, toFailure } from "./failures.ts";
import { networkFetch } from "./network.ts";

const ENCRYPTION = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };

export interface FoundPerson {
    id: string;
    name: string;
    avatar: string | null;
}

export class RoomActions {
    /** Whether one administers the server: null until it has said so. Others give these rights, and take them. */
    readonly administrator = new Cell<boolean | null>(null);

    constructor(private readonly client: MatrixClient) {}

    /** The conversation with this person: the one there is, else a new one. */
    async openDirect(userId: string): Promise<string> {
        const kept = this.#directRooms();
        for (const roomId of kept[userId] ?? []) {
            const room = this.client.getRoom(roomId);
            if (room?.getMyMembership() === "join" && room.getMember(userId)?.membership !== "leave") return roomId;
        }
        return this.#asked(async () => {
            const { room_id } = await this.client.createRoom({
                invite: [userId],
                is_direct: true,
                preset: Preset.TrustedPrivateChat,
                visibility: Visibility.Private,
                initial_state: [ENCRYPTION],
            });
            await this.#markDirect(userId, room_id);
            return room_id;
        });
    }

    async accept(roomId: string): Promise<void> {
        const room = this.client.getRoom(roomId);
        const inviter = room?.getDMInviter();
        await this.#asked(() => this.client.joinRoom(roomId));
        if (inviter) await this.#markDirect(inviter, roomId).catch(() => undefined);
    }

    async leave(roomId: string): Promise<void> {
        await this.#asked(() => this.client.leave(roomId));
    }

    async decline(roomId: string): Promise<void> {
        await this.leave(roomId);
    }

    /** People of this server by name or address. */
    async findPeople(words: string): Promise<FoundPerson[]> {
        const term = words.trim();
        if (term === "") return [];
        const { results } = await this.client.searchUserDirectory({ term, limit: 20 }).catch(() => ({ results: [] }));
        const found = results.map((one) => ({ id: one.user_id, name: one.display_name ?? one.user_id, avatar: one.avatar_url ?? null }));
        const exact = this.fullAddress(term);
        if (exact && !found.some((one) => one.id === exact) && /^@[^:\s]+:\S+$/.test(term)) {
            found.unshift({ id: exact, name: exact, avatar: null });
        }
        return found.filter((one) => one.id !== this.client.getUserId());
    }

    /** `anna` and `@anna:example.org` as an address; null where it is neither. */
    fullAddress(text: string): string | null {
        const term = text.trim();
        if (/^@[^:\s]+:\S+$/.test(term)) return term;
        if (/^@?[a-z0-9._=\-/+]+$/.test(term)) return `@${term.replace(/^@/, "")}:${this.client.getDomain()}`;
        return null;
    }

    async exists(userId: string): Promise<boolean> {
        return this.client.getProfileInfo(userId).then(
            () => true,
            () => false,
        );
    }

    /** Everything up to the newest event is read; told to the others only where the person allows it. */
    async markRead(roomId: string): Promise<void> {
        const room = this.client.getRoom(roomId);
        // The message that a thread begins with stands in the room, too.
        const inRoom = (event: MatrixEvent): boolean => !event.threadRootId || event.threadRootId === event.getId();
        const newest = room?.getLiveTimeline().getEvents().findLast((event) => !event.status && inRoom(event));
        if (!room || !newest) return;
        const id = newest.getId()!;
        if (room.getEventReadUpTo(this.client.getSafeUserId()) === id && room.getRoomUnreadNotificationCount() === 0) return;
        await this.client.sendReadReceipt(newest, ReceiptType.Read).catch(() => undefined);
        await this.client.setRoomReadMarkers(roomId, id).catch(() => undefined);
    }

    /** Who is in the room, by name. */
    async members(roomId: string): Promise<Person[]> {
        const room = this.client.getRoom(roomId);
        if (!room) return [];
        await room.loadMembersIfNeeded().catch(() => false);
        const people = room.getJoinedMembers().map((member) => personOf(room, member.userId));
        return people.sort((a, b) => a.name.localeCompare(b.name));
    }

    typing(roomId: string, is: boolean): void {
        this.client.sendTyping(roomId, is, is ? 20_000 : 0).catch(() => undefined);
    }

    /** Asks anew: the server decides on each request, this only shows the entry. */
    async askAdministrator(): Promise<void> {
        const answer = await networkFetch(`${this.client.baseUrl}/_alphorn/admin/v1/people?limit=1`, {
            headers: { Authorization: `Bearer ${this.client.getAccessToken()}` },
        }).catch(() => null);
        if (answer?.ok) this.administrator.set(true);
        // Only a node that answers for good knows: no connection, or one in trouble, says nothing.
        else if (answer?.status === 403 || answer?.status === 404) this.administrator.set(false);
    }

    #directRooms(): Record<string, string[]> {
        return (this.client.getAccountData("m.direct" as never)?.getContent() ?? {}) as Record<string, string[]>;
    }

    async #markDirect(userId: string, roomId: string): Promise<void> {
        const all = this.#directRooms();
        const rooms = [...new Set([...(all[userId] ?? []), roomId])];
        await this.client.setAccountData("m.direct" as never, { ...all, [userId]: rooms } as never);
    }

    async #asked<T>(ask: () => Promise<T>): Promise<T> {
        try {
            return await ask();
        } catch (error) {
            throw error instanceof Failure ? error : toFailure(error);
        }
    }
}
