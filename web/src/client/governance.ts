/** Acts that change a room for everybody in it; the server decides whether one may. */
import { Visibility, type MatrixClient } from "matrix-js-sdk";
import type { History, JoinRule, RoomDetails } from "../model/details.ts";
import { withLevel, withNeeded, type Act } from "../model/powers.ts";
import { ask, asked, pathOf } from "./asked.ts";
import { Failure } from "./failures.ts";

const PICTURE_MAX_BYTES = 8 * 1024 * 1024;

export class Governance {
    constructor(
        private readonly client: MatrixClient,
        private readonly roomId: string,
    ) {}

    setName(name: string): Promise<void> {
        return this.#state("m.room.name", { name });
    }

    setTopic(topic: string): Promise<void> {
        return this.#state("m.room.topic", { topic });
    }

    async setPicture(file: File): Promise<void> {
        if (file.size > PICTURE_MAX_BYTES) throw new Failure("too-large");
        const { content_uri: url } = await asked(() => this.client.uploadContent(file, { type: file.type }));
        await this.#state("m.room.avatar", { url, info: { mimetype: file.type, size: file.size } });
    }

    removePicture(): Promise<void> {
        return this.#state("m.room.avatar", {});
    }

    /** `spaces` are those whose members may join, where the rule asks for them. */
    setJoinRule(rule: JoinRule, spaces: readonly string[]): Promise<void> {
        const allow = /restricted/.test(rule) ? { allow: spaces.map((room_id) => ({ type: "m.room_membership", room_id })) } : {};
        return this.#state("m.room.join_rules", { join_rule: rule, ...allow });
    }

    setHistory(history_visibility: History): Promise<void> {
        return this.#state("m.room.history_visibility", { history_visibility });
    }

    /** Null: messages live for ever, as far as the room says. */
    setLifetime(ms: number | null): Promise<void> {
        return this.#state("m.room.retention", ms === null ? {} : { max_lifetime: ms });
    }

    setGuests(may: boolean): Promise<void> {
        return this.#state("m.room.guest_access", { guest_access: may ? "can_join" : "forbidden" });
    }

    encrypt(): Promise<void> {
        return this.#state("m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" });
    }

    setLevel(room: RoomDetails, userId: string, level: number): Promise<void> {
        return this.#state("m.room.power_levels", withLevel(room.powersContent, userId, level));
    }

    setNeeded(room: RoomDetails, act: Act, level: number): Promise<void> {
        return this.#state("m.room.power_levels", withNeeded(room.powersContent, act, level));
    }

    /** Addresses that lead here on this server. */
    async addresses(): Promise<string[]> {
        const { aliases } = await ask<{ aliases: string[] }>(this.client, "GET", pathOf`/rooms/${this.roomId}/aliases`);
        return aliases;
    }

    async addAddress(local: string): Promise<string> {
        const alias = `#${local.trim().replace(/^#/, "").replace(/:.*$/, "")}:${this.client.getDomain()}`;
        await asked(() => this.client.createAlias(alias, this.roomId));
        return alias;
    }

    async removeAddress(alias: string): Promise<void> {
        await asked(() => this.client.deleteAlias(alias));
    }

    setMainAddress(room: RoomDetails, alias: string | null): Promise<void> {
        const others = [...new Set([...room.otherAliases, ...(room.alias ? [room.alias] : [])])].filter((one) => one !== alias);
        return this.#state("m.room.canonical_alias", { ...(alias ? { alias } : {}), alt_aliases: others });
    }

    /** Takes an address that no longer leads here off the room. */
    forgetAddress(room: RoomDetails, alias: string): Promise<void> {
        const main = room.alias === alias ? null : room.alias;
        return this.#state("m.room.canonical_alias", { ...(main ? { alias: main } : {}), alt_aliases: room.otherAliases.filter((one) => one !== alias) });
    }

    async published(): Promise<boolean> {
        const { visibility } = await asked(() => this.client.getRoomDirectoryVisibility(this.roomId));
        return visibility === Visibility.Public;
    }

    async publish(is: boolean): Promise<void> {
        await asked(() => this.client.setRoomDirectoryVisibility(this.roomId, is ? Visibility.Public : Visibility.Private));
    }

    /** The version that the server gives to new rooms, and whether the one of this room is still good. */
    async versions(current: string): Promise<{ newest: string; good: boolean }> {
        const { "m.room_versions": versions } = await asked(() => this.client.getCapabilities());
        return { newest: versions?.default ?? current, good: versions?.available[current] === "stable" };
    }

    /** Makes a room of a newer version in the place of this one; answers with its id. */
    async upgrade(version: string): Promise<string> {
        const { replacement_room: room } = await asked(() => this.client.upgradeRoom(this.roomId, version));
        return room;
    }

    async invite(userId: string): Promise<void> {
        await asked(() => this.client.invite(this.roomId, userId));
    }

    async remove(userId: string, reason?: string): Promise<void> {
        await asked(() => this.client.kick(this.roomId, userId, reason || undefined));
    }

    async ban(userId: string, reason?: string): Promise<void> {
        await asked(() => this.client.ban(this.roomId, userId, reason || undefined));
    }

    async unban(userId: string): Promise<void> {
        await asked(() => this.client.unban(this.roomId, userId));
    }

    #state(type: string, content: object): Promise<void> {
        return asked(async () => void (await this.client.sendStateEvent(this.roomId, type as never, content as never, "")));
    }
}
