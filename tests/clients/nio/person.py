"""One nio client with its sync loop and everything that loop has brought."""

import asyncio
import os

import nio

from report import Failure, ensure, until

SYNC_FILTER = {"room": {"timeline": {"limit": 50}, "state": {"lazy_load_members": True}}}


def good(response, kind):
    """Fails unless the server's answer is of the expected kind."""
    ensure(isinstance(response, kind), f"expected {kind.__name__}, got {response}")
    return response


class Person:
    """A user on one device."""

    def __init__(self, url, name, password, store):
        self.url, self.name, self.password, self.store = url, name, password, store
        os.makedirs(store, exist_ok=True)
        config = nio.AsyncClientConfig(
            encryption_enabled=True, store_sync_tokens=True, max_limit_exceeded=0, max_timeouts=0
        )
        self.client = nio.AsyncClient(url, name, store_path=store, config=config)
        self.events, self.ephemeral, self.to_device, self.errors = [], [], [], []
        self.loop_task = None
        self.client.add_event_callback(lambda room, event: self.events.append((room.room_id, event)), nio.Event)
        self.client.add_event_callback(
            lambda room, event: self.events.append((room.room_id, event)), nio.InviteEvent
        )
        self.client.add_ephemeral_callback(
            lambda room, event: self.ephemeral.append((room.room_id, event)), (nio.TypingNoticeEvent, nio.ReceiptEvent)
        )
        self.client.add_to_device_callback(self.to_device.append, (nio.ToDeviceEvent,))
        self.client.add_response_callback(self.note_error, nio.ErrorResponse)

    async def note_error(self, response):
        """Keeps what the sync loop was refused, for `still_syncing`."""
        self.errors.append(str(response))

    @property
    def id(self):
        """The full user id."""
        return self.client.user_id

    async def register(self):
        """Registers and thereby logs in a first device, as nio does."""
        good(await self.client.register(self.name, self.password, "registration"), nio.RegisterResponse)
        return self.client.user_id

    async def login(self, device="nio"):
        """Logs in by password."""
        good(await self.client.login(self.password, device_name=device), nio.LoginResponse)

    def start(self):
        """Starts the sync loop, which also uploads, queries and claims keys."""
        self.loop_task = asyncio.create_task(
            self.client.sync_forever(timeout=10_000, sync_filter=SYNC_FILTER, full_state=True)
        )

    async def stop(self):
        """Ends the sync loop and the connections; the store stays."""
        if self.loop_task:
            self.loop_task.cancel()
            await asyncio.gather(self.loop_task, return_exceptions=True)
        await self.client.close()

    def still_syncing(self):
        """Fails if the loop ended or was refused something."""
        ensure(self.loop_task and not self.loop_task.done(), f"the sync loop of {self.name} ended: {self.loop_task}")
        ensure(not self.errors, f"the sync loop of {self.name} was refused: {self.errors}")

    async def reopened(self):
        """The same device again from its store, as after a restart of the program."""
        await self.stop()
        again = Person(self.url, self.name, self.password, self.store)
        again.client.restore_login(self.client.user_id, self.client.device_id, self.client.access_token)
        return again

    async def event(self, what, room_id, test):
        """Waits for an event of a room that satisfies `test`."""

        def probe():
            return next((e for room, e in self.events if room == room_id and test(e)), None)

        try:
            return await until(f"{self.name} to get {what}", probe)
        except Failure as failure:
            seen = [f"{type(e).__name__}: {getattr(e, 'body', '')}" for room, e in self.events[-8:]]
            raise Failure(f"{failure}; the newest events: {seen}") from failure

    async def text(self, room_id, body):
        """Waits for a decrypted text."""
        return await self.event(
            f"the text {body!r}", room_id, lambda e: isinstance(e, nio.RoomMessageText) and e.body == body
        )

    async def send(self, room_id, content, kind="m.room.message", txn=None):
        """Sends an event; in an encrypted room nio encrypts it."""
        answer = await self.client.room_send(room_id, kind, content, tx_id=txn, ignore_unverified_devices=True)
        return good(answer, nio.RoomSendResponse).event_id

    async def say(self, room_id, body):
        """Sends a text."""
        return await self.send(room_id, {"msgtype": "m.text", "body": body})
