// @vitest-environment jsdom
/** Whom one ignores is not heard, also in what came before; and is heard again afterwards. */
import { createClient, MatrixEvent, Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { itemOf } from "../src/client/convert.ts";
import { previewOf } from "../src/client/preview.ts";
import { priorityOf } from "../src/client/priority.ts";
import { RelationIndex } from "../src/client/relations.ts";

const client = createClient({ baseUrl: "http://localhost", userId: "@me:localhost" });
const room = new Room("!r:localhost", client, "@me:localhost");
const eve = "@eve:localhost";
const event = (type: string, content: Record<string, unknown>, more = {}): MatrixEvent =>
    new MatrixEvent({ type, content, event_id: `$${type}${JSON.stringify(content).length}`, sender: eve, room_id: room.roomId, origin_server_ts: 1, ...more });
const ignore = (...ids: string[]): void =>
    client.store.storeAccountDataEvents([new MatrixEvent({ type: "m.ignored_user_list", content: { ignored_users: Object.fromEntries(ids.map((id) => [id, {}])) } })]);

test("messages, previews, marks and reactions of somebody ignored are not shown, until they are heard again", () => {
    const message = event("m.room.message", { msgtype: "m.text", body: "Buy my watches", "io.alphorn.priority": "critical" });
    const left = event("m.room.member", { membership: "leave" }, { state_key: eve, unsigned: { prev_content: { membership: "join" } } });
    const reactions = new RelationIndex();
    reactions.add(event("m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: "$x", key: "👍" } }));
    const shown = (): unknown[] => [
        itemOf(client, room, message) !== null,
        previewOf(message, "@me:localhost", room) !== null,
        reactions.of("$x", "@me:localhost", new Set(), [], client.getIgnoredUsers()).length,
        // What happened in the room is told of everybody.
        itemOf(client, room, left) !== null,
    ];
    expect(shown()).toEqual([true, true, 1, true]);
    ignore(eve);
    expect(shown()).toEqual([false, false, 0, true]);
    expect(priorityOf(room, message)).toBeNull();
    ignore("@other:localhost");
    expect(shown()).toEqual([true, true, 1, true]);
});
