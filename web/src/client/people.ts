/** What one does about people: their profile, ignoring, reporting. */
import { ClientEvent, type MatrixClient, type MatrixEvent } from "matrix-js-sdk";
import { cleanName, localpart } from "../model/names.ts";
import type { Presence } from "../model/details.ts";
import { Store } from "../model/store.ts";
import { ask, asked, pathOf } from "./asked.ts";

export interface Profile {
    id: string;
    name: string;
    avatar: string | null;
    presence: Presence;
    /** Rooms both are in. */
    together: readonly string[];
}

const REASON_MAX = 500;

export class People {
    constructor(private readonly client: MatrixClient) {}

    /** What is known here, then what the server says. */
    known(userId: string): Profile {
        const user = this.client.getUser(userId);
        const presence = user?.presence === "online" ? "here" : user?.presence === "unavailable" ? "away" : null;
        const rooms = this.client.getRooms().filter((room) => room.getMyMembership() === "join" && room.getMember(userId)?.membership === "join");
        const member = rooms.map((room) => room.getMember(userId)).find((one) => one?.rawDisplayName);
        return {
            id: userId,
            name: cleanName(user?.displayName ?? member?.rawDisplayName, localpart(userId)),
            avatar: user?.avatarUrl ?? member?.getMxcAvatarUrl() ?? null,
            presence,
            together: rooms.filter((room) => !room.isSpaceRoom()).map((room) => room.roomId),
        };
    }

    async profile(userId: string): Promise<Profile> {
        const known = this.known(userId);
        const { displayname, avatar_url } = await asked(() => this.client.getProfileInfo(userId));
        return { ...known, name: cleanName(displayname, known.name), avatar: avatar_url ?? known.avatar };
    }

    async ignore(userId: string, is: boolean): Promise<void> {
        const others = this.client.getIgnoredUsers().filter((one) => one !== userId);
        await asked(() => this.client.setIgnoredUsers(is ? [...others, userId] : others));
    }

    async reportPerson(userId: string, reason: string): Promise<void> {
        await ask(this.client, "POST", pathOf`/users/${userId}/report`, { reason: reason.slice(0, REASON_MAX) });
    }

    async reportRoom(roomId: string, reason: string): Promise<void> {
        await ask(this.client, "POST", pathOf`/rooms/${roomId}/report`, { reason: reason.slice(0, REASON_MAX) });
    }

    async reportMessage(roomId: string, eventId: string, reason: string): Promise<void> {
        await ask(this.client, "POST", pathOf`/rooms/${roomId}/report/${eventId}`, { reason: reason.slice(0, REASON_MAX) });
    }
}

/** Whom one does not want to hear. */
export class IgnoredStore extends Store<readonly string[]> {
    readonly #changed = (event: MatrixEvent): void => {
        if (event.getType() === "m.ignored_user_list") this.set(this.client.getIgnoredUsers());
    };

    constructor(private readonly client: MatrixClient) {
        super(client.getIgnoredUsers());
    }

    protected override onWatched(): void {
        this.client.on(ClientEvent.AccountData, this.#changed);
        this.set(this.client.getIgnoredUsers());
    }

    protected override onUnwatched(): void {
        this.client.off(ClientEvent.AccountData, this.#changed);
    }
}
