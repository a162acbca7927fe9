// What two people do in rooms, each as its own step.
import { randomBytes } from "node:crypto";

import * as sdk from "matrix-js-sdk";
import { ClientEvent, EventType, RelationType } from "matrix-js-sdk";

import { Failure, ensure, refused, until } from "./report.mjs";

const ENCRYPTION = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };

/** An encrypted room with both in it. */
export async function meet(host, guest) {
    const { room_id: roomId } = await host.client.createRoom({
        name: "Garden", preset: "private_chat", initial_state: [ENCRYPTION], invite: [guest.id],
    });
    const invited = await guest.roomAs(roomId, "invite");
    ensure(invited.name === "Garden", `the invitation names the room ${invited.name}`);
    const inviter = invited.getMember(guest.id)?.events.member?.getSender();
    ensure(inviter === host.id, `the inviter is ${inviter}`);
    await guest.client.joinRoom(roomId);
    await guest.roomAs(roomId, "join");
    await until("the guest as a member", () => host.room(roomId).getMember(guest.id)?.membership === "join");
    for (const person of [host, guest]) {
        await until("the room to be known as encrypted", () => person.crypto.isEncryptionEnabledInRoom(roomId));
    }
    return roomId;
}

/** A plain room with both in it. */
async function plainRoom(host, guest, options = {}) {
    const { room_id: roomId } = await host.client.createRoom({
        preset: "private_chat", invite: [guest.id], ...options,
    });
    await guest.roomAs(roomId, "invite");
    await guest.client.joinRoom(roomId);
    await guest.roomAs(roomId, "join");
    return roomId;
}

/** A text is decrypted at the other side. */
export async function textArrives(from, to, roomId, body) {
    const eventId = await from.say(roomId, body);
    const event = await to.event(roomId, eventId, `the text "${body}"`);
    ensure(event.isEncrypted(), "the text arrived in clear");
    ensure(event.getContent().body === body, `the text is ${event.getContent().body}`);
    ensure(event.getSender() === from.id, `the sender is ${event.getSender()}`);
    return eventId;
}

/** Two messages in a thread make it appear with its summary. */
export async function thread(from, to, roomId, root) {
    for (const body of ["one in the thread", "two in the thread"]) {
        await from.client.sendMessage(roomId, root, { msgtype: "m.text", body });
    }
    const seen = await until("the thread with two replies", () => {
        const found = to.room(roomId).getThread(root);
        return found?.length === 2 && found;
    });
    await until("the last reply", () => seen.replyToEvent?.getContent().body === "two in the thread");
    const listed = await to.client.createThreadListMessagesRequest(roomId, null, 10);
    const summary = listed.chunk.find((event) => event.event_id === root)?.unsigned["m.relations"]?.["m.thread"];
    ensure(summary?.count === 2, `/threads has the summary ${JSON.stringify(summary)}`);
}

/** A reaction appears and goes away again. */
export async function reaction(from, to, roomId, target) {
    const { event_id: eventId } = await from.client.sendEvent(roomId, EventType.Reaction, {
        "m.relates_to": { rel_type: RelationType.Annotation, event_id: target, key: "🌻" },
    });
    const counted = () => {
        const relations = to.room(roomId).relations;
        const found = relations.getChildEventsForEvent(target, RelationType.Annotation, EventType.Reaction);
        return found?.getSortedAnnotationsByKey()?.find(([key]) => key === "🌻")?.[1].size ?? 0;
    };
    await until("the reaction", () => counted() === 1);
    await from.client.redactEvent(roomId, eventId);
    await until("the reaction taken back", () => counted() === 0);
}

/** An edited message shows its new text. */
export async function edit(from, to, roomId) {
    const eventId = await textArrives(from, to, roomId, "befor");
    await from.client.sendMessage(roomId, {
        "msgtype": "m.text", "body": "* before", "m.new_content": { msgtype: "m.text", body: "before" },
        "m.relates_to": { rel_type: RelationType.Replace, event_id: eventId },
    });
    await until("the edited text", () => to.room(roomId).findEventById(eventId)?.getContent().body === "before");
}

/** A redacted message loses its content, at the other side and on the server. */
export async function redaction(from, to, roomId) {
    const eventId = await textArrives(from, to, roomId, "not so loud");
    await from.client.redactEvent(roomId, eventId, undefined, { reason: "too loud" });
    await until("the redaction", () => to.room(roomId).findEventById(eventId)?.isRedacted());
    const raw = await to.client.fetchRoomEvent(roomId, eventId);
    ensure(Object.keys(raw.content).length === 0, `the server still has ${JSON.stringify(raw.content)}`);
    const because = raw.unsigned?.redacted_because;
    ensure(because?.content?.reason === "too loud", `redacted_because is ${JSON.stringify(because)}`);
}

/** Typing starts and stops. */
export async function typing(from, to, roomId) {
    for (const state of [true, false]) {
        await from.client.sendTyping(roomId, state, 20_000);
        await until(`typing=${state}`, () => to.room(roomId).getMember(from.id)?.typing === state);
    }
}

/** Messages count as unread until they are read, and the writer sees the receipt. */
export async function receipts(from, to, roomId) {
    const eventId = await textArrives(from, to, roomId, "have you seen this?");
    const room = to.room(roomId);
    await until("an unread message to be counted", () => room.getUnreadNotificationCount("total") > 0);
    await to.client.sendReadReceipt(await to.event(roomId, eventId));
    await until("the receipt at the writer's", () => from.room(roomId).getEventReadUpTo(to.id) === eventId);
    await until("nothing unread", () => room.getUnreadNotificationCount("total") === 0);
    await to.client.setRoomReadMarkers(roomId, eventId);
    await until("the fully-read marker", () =>
        room.getAccountData("m.fully_read")?.getContent().event_id === eventId);
}

/** Older messages come by pagination, without holes and in order. */
export async function pagination(from, to) {
    const roomId = await plainRoom(from, to);
    const sent = [];
    for (let n = 0; n < 30; n += 1) sent.push(await from.say(roomId, `page ${n}`));
    await to.event(roomId, sent.at(-1));
    const fresh = sdk.createClient({ baseUrl: to.url, accessToken: to.client.getAccessToken(), userId: to.id });
    const seen = [];
    let token = null;
    do {
        const page = await fresh.createMessagesRequest(roomId, token, 7, "b");
        seen.push(...page.chunk.map((event) => event.event_id));
        token = page.end;
    } while (token);
    const ours = seen.filter((eventId) => sent.includes(eventId)).reverse();
    ensure(JSON.stringify(ours) === JSON.stringify(sent), `${ours.length} of ${sent.length} in the right order`);
    ensure(new Set(seen).size === seen.length, "an event came on two pages");
}

// A red square of 64 x 64 pixels.
const PNG = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAS0lEQVR42u3PQQkAAAgAsetfWiP4FgYrsKZeS0BAQE"
    + "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEDgsqnc8OJg6Ln3AAAAAElFTkSuQmCC",
    "base64");

/** Media comes back byte for byte, only to those who are logged in, and images have thumbnails. */
export async function media(from, to) {
    const bytes = randomBytes(100_000);
    const { content_uri: uri } = await from.client.uploadContent(bytes, { name: "noise.bin", type: "application/x-noise" });
    const url = to.client.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true);
    const headers = { Authorization: `Bearer ${to.client.getAccessToken()}` };
    const answer = await fetch(url, { headers });
    ensure(answer.status === 200, `the download answered ${answer.status}`);
    ensure(Buffer.from(await answer.arrayBuffer()).equals(bytes), "the bytes differ");
    const anonymous = await fetch(url);
    ensure(anonymous.status === 401, `without a token the download answered ${anonymous.status}`);
    const picture = await from.client.uploadContent(PNG, { name: "red.png", type: "image/png" });
    const small = to.client.mxcUrlToHttp(picture.content_uri, 16, 16, "scale", false, true, true);
    const thumbnail = await fetch(small, { headers });
    const type = thumbnail.headers.get("content-type");
    ensure(thumbnail.status === 200 && type?.startsWith("image/"), `the thumbnail: ${thumbnail.status} ${type}`);
    const config = await to.client.getMediaConfig(true);
    ensure(config["m.upload.size"] > bytes.length, `the upload limit is ${config["m.upload.size"]}`);
}

/** Name and picture are seen by others; tags and account data come back to oneself. */
export async function profile(me, other, roomId) {
    await me.client.setDisplayName("Ada of the Garden");
    await until("the new name in the room", () => other.room(roomId).getMember(me.id)?.name === "Ada of the Garden");
    const seen = await other.client.getProfileInfo(me.id);
    ensure(seen.displayname === "Ada of the Garden", `the profile says ${seen.displayname}`);
    await me.client.setRoomTag(roomId, "m.favourite", { order: 0.25 });
    await until("the tag", () => me.room(roomId).tags["m.favourite"]?.order === 0.25);
    await me.client.deleteRoomTag(roomId, "m.favourite");
    await until("the tag removed", () => !me.room(roomId).tags["m.favourite"]);
    await me.client.setAccountDataRaw("org.example.garden", { beds: 3 });
    await until("the account data by sync", () =>
        me.client.getAccountData("org.example.garden")?.getContent().beds === 3);
    const found = await other.client.searchUserDirectory({ term: me.name, limit: 5 });
    ensure(found.results.some((user) => user.user_id === me.id), `the user directory has ${JSON.stringify(found)}`);
}

/** A muted room counts no notifications; one with the default rules does. */
export async function mute(from, to) {
    const [muted, loud] = [await plainRoom(from, to), await plainRoom(from, to)];
    await to.client.addPushRule("global", "override", muted, {
        conditions: [{ kind: "event_match", key: "room_id", pattern: muted }], actions: [],
    });
    await until("the rule by sync", () =>
        to.client.pushRules?.global?.override?.some((rule) => rule.rule_id === muted));
    for (const roomId of [muted, loud]) await to.event(roomId, await from.say(roomId, "ping"));
    const count = (roomId) => to.room(roomId).getUnreadNotificationCount("total");
    await until("the default room to count", () => count(loud) === 1);
    ensure(count(muted) === 0, `the muted room counts ${count(muted)}`);
}

/** A mention is counted as a highlight, a plain message is not. */
export async function mention(from, to) {
    const roomId = await plainRoom(from, to);
    await to.event(roomId, await from.say(roomId, "nothing special"));
    const { event_id: eventId } = await from.client.sendMessage(roomId, {
        "msgtype": "m.text", "body": "you are meant", "m.mentions": { user_ids: [to.id] },
    });
    await to.event(roomId, eventId);
    const room = to.room(roomId);
    await until("two notifications, one of them a highlight", () =>
        room.getUnreadNotificationCount("total") === 2 && room.getUnreadNotificationCount("highlight") === 1);
}

/** A public room is found by its alias and in the directory, and joined by the alias. */
export async function directory(host, guest) {
    const local = `garden-${randomBytes(3).toString("hex")}`;
    const { room_id: roomId } = await host.client.createRoom({
        name: `Public ${local}`, preset: "public_chat", visibility: "public", room_alias_name: local,
    });
    const alias = `#${local}:${host.client.getDomain()}`;
    const resolved = await guest.client.getRoomIdForAlias(alias);
    ensure(resolved.room_id === roomId, `the alias leads to ${resolved.room_id}`);
    const entry = await until("the room in the directory", async () => {
        const list = await guest.client.publicRooms({ limit: 20, filter: { generic_search_term: local } });
        return list.chunk.find((room) => room.room_id === roomId);
    });
    ensure(entry.canonical_alias === alias, `the directory has ${JSON.stringify(entry)}`);
    ensure(entry.num_joined_members === 1, `the directory counts ${entry.num_joined_members} members`);
    await guest.client.joinRoom(alias);
    await guest.roomAs(roomId, "join");
}

/** Somebody knocks, is seen knocking, and is let in. */
export async function knock(host, guest) {
    const rule = { type: "m.room.join_rules", state_key: "", content: { join_rule: "knock" } };
    const { room_id: roomId } = await host.client.createRoom({ name: "Door", initial_state: [rule] });
    await refused("joining without being invited", 403, "M_FORBIDDEN", () => guest.client.joinRoom(roomId));
    await guest.client.knockRoom(roomId, { reason: "may I?" });
    await guest.roomAs(roomId, "knock");
    await until("the knock at the host's", () => host.room(roomId).getMember(guest.id)?.membership === "knock");
    await host.client.invite(roomId, guest.id);
    await guest.roomAs(roomId, "invite");
    await guest.client.joinRoom(roomId);
    await guest.roomAs(roomId, "join");
}

/** An upgraded room points to its successor. */
export async function upgrade(host) {
    const { room_id: roomId } = await host.client.createRoom({ name: "Old", room_version: "10" });
    await host.roomAs(roomId, "join");
    const { replacement_room: replacement } = await host.client.upgradeRoom(roomId, "11");
    const successor = await host.roomAs(replacement, "join");
    await until("the tombstone", () => {
        const tombstone = host.room(roomId).currentState.getStateEvents("m.room.tombstone", "");
        return tombstone?.getContent().replacement_room === replacement;
    });
    await until("the version of the new room", () => successor.getVersion() === "11");
    await until("the name of the new room", () => successor.name === "Old");
}

/** A message to all devices of somebody arrives with its content. */
export async function toDevice(from, to) {
    const seen = new Promise((resolve) => {
        to.client.on(ClientEvent.ToDeviceEvent, (event) => event.getType() === "org.example.hello" && resolve(event));
    });
    const content = new Map([[to.id, new Map([["*", { n: 7 }]])]]);
    await from.client.sendToDevice("org.example.hello", content);
    const event = await seen;
    ensure(event.getSender() === from.id && event.getContent().n === 7, "another message arrived");
}

/** Leaving is seen by both; afterwards the room can be forgotten and nothing be sent. */
export async function leave(host, guest, roomId) {
    await guest.client.leave(roomId);
    await guest.roomAs(roomId, "leave");
    await until("the leave at the host's", () => host.room(roomId).getMember(guest.id)?.membership === "leave");
    const request = guest.client.http.authedRequest(
        "PUT", `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/late`, {}, { msgtype: "m.text", body: "?" });
    await refused("sending after leaving", 403, "M_FORBIDDEN", () => request);
    await guest.client.forget(roomId);
    const joined = await guest.client.getJoinedRooms();
    if (joined.joined_rooms.includes(roomId)) throw new Failure("the room is still among the joined ones");
}
