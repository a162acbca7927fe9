/** Making rooms and spaces. */
import { Preset, Visibility, type MatrixClient } from "matrix-js-sdk";
import { asked } from "./asked.ts";
import { Spaces } from "./spaces.ts";

const ENCRYPTION = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };

export type WhoJoins = "invited" | "space" | "anybody";

export interface NewRoom {
    name: string;
    topic?: string;
    invite: string[];
    encrypted: boolean;
    who: WhoJoins;
    /** The space that it lies in. */
    space: string | null;
    isSpace?: boolean;
}

export async function makeRoom(client: MatrixClient, room: NewRoom): Promise<string> {
    const state: object[] = room.encrypted && !room.isSpace ? [ENCRYPTION] : [];
    if (room.space) state.push({ type: "m.space.parent", state_key: room.space, content: { via: [client.getDomain()], canonical: true } });
    if (room.who === "space" && room.space) {
        state.push({ type: "m.room.join_rules", state_key: "", content: { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: room.space }] } });
    }
    const open = room.who === "anybody";
    const { room_id: id } = await asked(() =>
        client.createRoom({
            name: room.name,
            topic: room.topic || undefined,
            invite: room.invite,
            preset: open ? Preset.PublicChat : Preset.PrivateChat,
            visibility: open ? Visibility.Public : Visibility.Private,
            creation_content: room.isSpace ? { type: "m.space" } : undefined,
            // In a space only those who look after it write.
            power_level_content_override: room.isSpace ? { events_default: 100 } : undefined,
            initial_state: state as never,
        }),
    );
    if (room.space) await new Spaces(client).add(room.space, id);
    return id;
}
