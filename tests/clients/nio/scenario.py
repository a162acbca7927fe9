"""Two people with matrix-nio talk in an encrypted room over the classic `/sync`."""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile

import aiohttp
import nio
from nio.api import RelationshipType
from nio.crypto import decrypt_attachment
from nio.crypto.sas import SasState

from person import Person, good
from report import Report, Stopped, ensure, until


def known_as_encrypted(person, room_id):
    """Whether the person's client would encrypt there."""
    return room_id in person.client.rooms and person.client.rooms[room_id].encrypted


async def meet(alice, bob):
    """An encrypted room with both in it."""
    encryption = nio.EnableEncryptionBuilder().as_dict()
    created = await alice.client.room_create(name="nio's room", initial_state=[encryption])
    room_id = good(created, nio.RoomCreateResponse).room_id
    # A sync may end while the room is still being made, so its parts can come one by one.
    await until("the encrypted room in alice's sync", lambda: known_as_encrypted(alice, room_id))
    good(await alice.client.room_invite(room_id, bob.id), nio.RoomInviteResponse)
    invited = await until("bob's invitation", lambda: bob.client.invited_rooms.get(room_id))
    ensure(invited.name == "nio's room", f"the invitation names the room {invited.name!r}")
    ensure(invited.inviter == alice.id, f"the invitation names the inviter {invited.inviter!r}")
    good(await bob.client.join(room_id), nio.JoinResponse)
    await until("the encrypted room in bob's sync", lambda: known_as_encrypted(bob, room_id))
    await until("bob as a member at alice's", lambda: bob.id in alice.client.rooms[room_id].users)
    return room_id


async def text_arrives(sender, reader, room_id, body):
    """A text is decrypted at the other side and says who sent it."""
    event_id = await sender.say(room_id, body)
    event = await reader.text(room_id, body)
    ensure(event.event_id == event_id, f"{event.event_id} arrived instead of {event_id}")
    ensure(event.decrypted, "the text arrived in clear")
    ensure(event.sender == sender.id, f"the sender is {event.sender}")
    return event_id


async def same_transaction(alice, bob, room_id):
    """The same transaction id twice is one event."""
    first = await alice.send(room_id, {"msgtype": "m.text", "body": "only once"}, txn="once")
    second = await alice.send(room_id, {"msgtype": "m.text", "body": "only once"}, txn="once")
    ensure(first == second, f"the same transaction gave {first} and {second}")
    await text_arrives(alice, bob, room_id, "after once")
    got = [e for _, e in bob.events if getattr(e, "body", None) == "only once"]
    ensure(len(got) == 1, f"the event arrived {len(got)} times")


async def file(sender, reader, room_id, size):
    """An encrypted file arrives byte for byte."""
    data = secrets.token_bytes(size)
    path = os.path.join(sender.store, "upload.bin")
    with open(path, "wb") as out:
        out.write(data)
    with open(path, "rb") as source:
        answer, keys = await sender.client.upload(
            source, "application/octet-stream", f"{size}.bin", encrypt=True, filesize=size
        )
    uri = good(answer, nio.UploadResponse).content_uri
    content = {
        "msgtype": "m.file",
        "body": f"{size}.bin",
        "info": {"size": size, "mimetype": "application/octet-stream"},
        "file": {"url": uri, "key": keys["key"], "iv": keys["iv"], "hashes": keys["hashes"], "v": keys["v"]},
    }
    await sender.send(room_id, content)
    event = await reader.event("the file", room_id, lambda e: isinstance(e, nio.RoomEncryptedFile) and e.url == uri)
    answer = good(await reader.client.download(event.url), nio.MemoryDownloadResponse)
    ensure(answer.body != data, "the server holds the file in clear")
    plain = decrypt_attachment(answer.body, event.key["k"], event.hashes["sha256"], event.iv)
    ensure(plain == data, f"{len(plain)} bytes arrived and differ from the {size} sent")


async def reaction(sender, reader, room_id, target):
    """A reaction arrives, and the server aggregates it as a relation."""
    content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": target, "key": "🐢"}}
    event_id = await sender.send(room_id, content, "m.reaction")
    event = await reader.event("the reaction", room_id, lambda e: isinstance(e, nio.ReactionEvent))
    ensure(event.key == "🐢" and event.reacts_to == target, f"another reaction arrived: {event}")
    found = []
    relations = reader.client.room_get_event_relations(room_id, target, RelationshipType.annotation)
    async for related in relations:
        found.append(related.event_id)
    ensure(found == [event_id], f"/relations lists {found} instead of [{event_id}]")


async def redaction(sender, reader, room_id):
    """A redaction arrives and the server forgets the content."""
    event_id = await text_arrives(sender, reader, room_id, "not for long")
    good(await sender.client.room_redact(room_id, event_id, reason="gone"), nio.RoomRedactResponse)
    await reader.event(
        "the redaction", room_id, lambda e: isinstance(e, nio.RedactionEvent) and e.redacts == event_id
    )
    answer = good(await reader.client.room_get_event(room_id, event_id), nio.RoomGetEventResponse)
    ensure(isinstance(answer.event, nio.RedactedEvent), f"the event is still {answer.event}")
    ensure(not answer.event.source["content"], f"the content is still {answer.event.source['content']}")


async def typing(sender, reader, room_id):
    """Typing starts and stops."""
    for state, users in ((True, [sender.id]), (False, [])):
        reader.ephemeral.clear()
        good(await sender.client.room_typing(room_id, state, timeout=20_000), nio.RoomTypingResponse)
        await until(
            f"typing={state} at the other side",
            lambda users=users: any(
                room == room_id and isinstance(e, nio.TypingNoticeEvent) and e.users == users
                for room, e in reader.ephemeral
            ),
        )


async def receipts(sender, reader, room_id):
    """A read receipt arrives; unread counts go up and down on the reader's side."""
    event_id = await text_arrives(sender, reader, room_id, "read me")
    room = reader.client.rooms[room_id]
    await until("an unread notification to be counted", lambda: (room.unread_notifications or 0) > 0)
    good(await reader.client.update_receipt_marker(room_id, event_id), nio.UpdateReceiptMarkerResponse)
    await until(
        "the receipt at the sender's",
        lambda: any(
            room == room_id
            and isinstance(e, nio.ReceiptEvent)
            and any(r.event_id == event_id and r.user_id == reader.id for r in e.receipts)
            for room, e in sender.ephemeral
        ),
    )
    await until("no unread notification any more", lambda: room.unread_notifications == 0)
    good(await reader.client.room_read_markers(room_id, event_id, event_id), nio.RoomReadMarkersResponse)
    await until("the fully-read marker", lambda: room.fully_read_marker == event_id)


async def state(alice, bob, room_id):
    """State that one sets is seen by the other, by sync and by asking; a missing right is refused."""
    good(await alice.client.room_put_state(room_id, "m.room.topic", {"topic": "turtles"}), nio.RoomPutStateResponse)
    await until("the topic by sync", lambda: bob.client.rooms[room_id].topic == "turtles")
    answer = good(await bob.client.room_get_state_event(room_id, "m.room.topic"), nio.RoomGetStateEventResponse)
    ensure(answer.content == {"topic": "turtles"}, f"the topic is {answer.content}")
    answer = good(await bob.client.room_get_state(room_id), nio.RoomGetStateResponse)
    kinds = {event["type"] for event in answer.events}
    expected = {"m.room.create", "m.room.member", "m.room.power_levels", "m.room.encryption", "m.room.topic"}
    ensure(expected <= kinds, f"/state lacks {expected - kinds}")
    refused = await bob.client.room_put_state(room_id, "m.room.topic", {"topic": "mine"})
    ensure(getattr(refused, "status_code", None) == "M_FORBIDDEN", f"bob set the topic without the right: {refused}")
    missing = await bob.client.room_get_state_event(room_id, "org.example.nothing")
    ensure(getattr(missing, "status_code", None) == "M_NOT_FOUND", f"missing state gave {missing}")
    members = good(await alice.client.joined_members(room_id), nio.JoinedMembersResponse)
    ensure({m.user_id for m in members.members} == {alice.id, bob.id}, f"the members are {members.members}")


async def profile(alice, bob, room_id):
    """A new display name is in the profile and comes to the room."""
    good(await bob.client.set_displayname("Bob the Turtle"), nio.ProfileSetDisplayNameResponse)
    answer = good(await alice.client.get_profile(bob.id), nio.ProfileGetResponse)
    ensure(answer.displayname == "Bob the Turtle", f"the profile says {answer.displayname!r}")
    room = alice.client.rooms[room_id]
    await until("the new name in the room", lambda: room.user_name(bob.id) == "Bob the Turtle")


async def verify(alice, bob):
    """Both compare emojis over to-device messages and confirm."""
    device = alice.client.device_store[bob.id][bob.client.device_id]
    good(await alice.client.start_key_verification(device), nio.ToDeviceResponse)

    def started():
        return next((e for e in bob.to_device if isinstance(e, nio.KeyVerificationStart)), None)

    txn = (await until("the start at bob's", started)).transaction_id
    good(await bob.client.accept_key_verification(txn), nio.ToDeviceResponse)
    sas_a, sas_b = alice.client.key_verifications[txn], bob.client.key_verifications[txn]
    await until("both keys", lambda: {sas_a.state, sas_b.state} == {SasState.key_received})
    ensure(sas_a.get_emoji() == sas_b.get_emoji(), "the emojis differ")
    for person in (alice, bob):
        good(await person.client.confirm_short_auth_string(txn), nio.ToDeviceResponse)
    await until("both to be verified", lambda: sas_a.verified and sas_b.verified)


async def pages(alice, bob, room_id):
    """Older messages come page by page, without holes and in order."""
    sent = [await alice.say(room_id, f"page {n}") for n in range(25)]
    await bob.text(room_id, "page 24")
    token, seen = bob.client.next_batch, []
    for _ in range(20):
        answer = good(await bob.client.room_messages(room_id, token, limit=7), nio.RoomMessagesResponse)
        seen.extend(event.event_id for event in answer.chunk)
        if answer.end is None or not answer.chunk:
            break
        token = answer.end
    ours = [event_id for event_id in reversed(seen) if event_id in set(sent)]
    ensure(ours == sent, f"{len(ours)} of {len(sent)} pages in the right order")
    ensure(len(seen) == len(set(seen)), "an event came on two pages")
    answer = good(await bob.client.room_context(room_id, sent[12], limit=4), nio.RoomContextResponse)
    near = [e.event_id for e in reversed(answer.events_before)] + [e.event_id for e in answer.events_after]
    ensure(near == sent[10:12] + sent[13:15], f"/context brought {near}")


async def raw_sync(person, since, **query):
    """One `/sync` outside nio's loop, which would take over the token."""
    url = f"{person.url}/_matrix/client/v3/sync"
    headers = {"Authorization": f"Bearer {person.client.access_token}"}
    async with aiohttp.ClientSession() as http:
        async with http.get(url, headers=headers, params={"since": since, "timeout": "0", **query}) as answer:
            body = await answer.json()
            ensure(answer.status == 200, f"/sync answered {answer.status}: {body}")
            return body


async def old_token(alice, bob, room_id):
    """An old token brings exactly what came since, as often as it is used; a limited one tells how to get the rest."""
    token = bob.client.next_batch
    sent = [await alice.say(room_id, f"since {n}") for n in range(6)]
    await bob.text(room_id, "since 5")
    for attempt in ("first", "second"):
        joined = (await raw_sync(bob, token))["rooms"]["join"][room_id]["timeline"]
        got = [event["event_id"] for event in joined["events"]]
        ensure(got == sent, f"the {attempt} time {got} came instead of {sent}")
        ensure(not joined.get("limited", False), "marked as limited although nothing is missing")
    few = '{"room":{"timeline":{"limit":2}}}'
    timeline = (await raw_sync(bob, token, filter=few))["rooms"]["join"][room_id]["timeline"]
    got = [event["event_id"] for event in timeline["events"]]
    ensure(got == sent[4:] and timeline["limited"], f"limit 2 brought {got}, limited={timeline.get('limited')}")
    answer = await bob.client.room_messages(room_id, timeline["prev_batch"], token, limit=50)
    rest = [event.event_id for event in reversed(good(answer, nio.RoomMessagesResponse).chunk)]
    ensure(rest == sent[:4], f"between prev_batch and the old token are {rest} instead of {sent[:4]}")


async def restart(alice, bob, room_id):
    """Bob's program restarts: from its store it decrypts what it missed, once, and nothing it had."""
    await text_arrives(alice, bob, room_id, "before the restart")
    again = await bob.reopened()
    missed = await alice.say(room_id, "while bob was away")
    again.start()
    event = await again.text(room_id, "while bob was away")
    ensure(event.event_id == missed, f"{event.event_id} instead of {missed}")
    texts = [e.body for _, e in again.events if isinstance(e, nio.RoomMessageText)]
    ensure(texts == ["while bob was away"], f"the new program got {texts}")
    await text_arrives(again, alice, room_id, "bob is back")
    return again


async def remove_device(alice, url, password):
    """Another device is removed with the password, and its token works no more."""
    other = Person(url, alice.name, password, os.path.join(alice.store, "other"))
    await other.login("to be removed")
    gone = other.client.device_id
    listed = good(await alice.client.devices(), nio.DevicesResponse)
    ensure(gone in [device.id for device in listed.devices], f"{gone} is not in the device list")
    asked = good(await alice.client.delete_devices([gone]), nio.DeleteDevicesAuthResponse)
    auth = {"type": "m.login.password", "session": asked.session, "password": "wrong",
            "identifier": {"type": "m.id.user", "user": alice.id}}
    refused = await alice.client.delete_devices([gone], auth)
    ensure(not isinstance(refused, nio.DeleteDevicesResponse), "the wrong password removed a device")
    auth["password"] = password
    good(await alice.client.delete_devices([gone], auth), nio.DeleteDevicesResponse)
    answer = await other.client.whoami()
    ensure(getattr(answer, "status_code", None) == "M_UNKNOWN_TOKEN", f"the removed device got {answer}")
    await other.client.close()


async def leave(alice, bob, room_id):
    """Leaving is seen at both sides; after it nothing can be sent."""
    token = bob.client.next_batch
    good(await bob.client.room_leave(room_id), nio.RoomLeaveResponse)
    rooms = (await raw_sync(bob, token))["rooms"]
    ensure(room_id not in rooms.get("join", {}), "sync lists the left room as joined")
    timeline = rooms["leave"][room_id]["timeline"]["events"]
    own = [e["content"]["membership"] for e in timeline if e.get("state_key") == bob.id]
    ensure(own == ["leave"], f"the left room's timeline has own memberships {own}")
    await until("bob to be gone at alice's", lambda: bob.id not in alice.client.rooms[room_id].users)
    content = {"msgtype": "m.text", "body": "still here?"}
    path = f"{bob.url}/_matrix/client/v3/rooms/{room_id}/send/m.room.message/after"
    headers = {"Authorization": f"Bearer {bob.client.access_token}"}
    async with aiohttp.ClientSession() as http, http.put(path, json=content, headers=headers) as answer:
        body = await answer.json()
    ensure((answer.status, body.get("errcode")) == (403, "M_FORBIDDEN"), f"sending gave {answer.status} {body}")
    good(await bob.client.room_forget(room_id), nio.RoomForgetResponse)


async def logout(bob):
    """After logout the token is refused."""
    if bob.loop_task:
        bob.loop_task.cancel()
    token = bob.client.access_token
    good(await bob.client.logout(), nio.LogoutResponse)
    bob.client.access_token = token
    answer = await bob.client.whoami()
    ensure(getattr(answer, "status_code", None) == "M_UNKNOWN_TOKEN", f"after logout the token gave {answer}")


async def log_in(person):
    """Registers, then logs in by password on a device of its own and waits for the first sync."""
    await person.register()
    await person.client.close()
    again = Person(person.url, person.name, person.password, person.store)
    await again.login()
    again.start()
    await until("the first sync", lambda: again.client.next_batch)
    await until("the device keys to be uploaded", lambda: again.client.olm.account.shared)
    return again


async def story(report, url, stores):
    """All steps in their order."""
    run = secrets.token_hex(3)
    people = [
        Person(url, f"{name}{run}", f"{name}{run} has a password", os.path.join(stores, name))
        for name in ("ann", "ben")
    ]
    alice = await report.need("ann registers, logs in by password and syncs", log_in(people[0]))
    bob = await report.need("ben registers, logs in by password and syncs", log_in(people[1]))
    room = await report.need("an encrypted room, invitation, join", meet(alice, bob))
    first = await report.need("a text of ann is decrypted by ben", text_arrives(alice, bob, room, "hello ben"))
    await report.need("a text of ben is decrypted by ann", text_arrives(bob, alice, room, "hello ann"))
    await report.check("the same transaction twice is one event", same_transaction(alice, bob, room))
    await report.check("an encrypted file of 200 kB", file(alice, bob, room, 200_000))
    await report.check("a reaction and /relations", reaction(bob, alice, room, first))
    await report.check("a redaction", redaction(alice, bob, room))
    await report.check("typing starts and stops", typing(alice, bob, room))
    await report.check("read receipt, unread count, read marker", receipts(alice, bob, room))
    await report.check("room state", state(alice, bob, room))
    await report.check("a new display name", profile(alice, bob, room))
    await report.check("emoji verification by to-device messages", verify(alice, bob))
    await report.check("messages page by page, and their context", pages(alice, bob, room))
    await report.check("an old sync token, complete and limited", old_token(alice, bob, room))
    bob = await report.need("ben restarts and resumes from his token", restart(alice, bob, room))
    await report.check("another device is removed with the password", remove_device(alice, url, alice.password))
    await report.check("leaving", leave(alice, bob, room))

    async def both_sync():
        alice.still_syncing()
        bob.still_syncing()

    await report.check("both sync loops ran without a refusal", both_sync())
    await report.check("logout", logout(bob))
    await asyncio.gather(alice.stop(), bob.stop())


async def main():
    """Parses the options, runs the story, prints the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="base URL of the server under test")
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="nio-stores-") as stores:
        try:
            await story(report, options.url.rstrip("/"), stores)
        except Stopped:
            print("# nio: stopped here, the remaining steps need the one that failed")
    return 0 if report.finish() else 1


if __name__ == "__main__":
    code = asyncio.run(main())
    sys.stdout.flush()
    # Tasks of a stopped scenario may still hold connections; there is nothing left to wait for.
    os._exit(code)
