"""The line to the hub: identity, events from the journal, the time; commands and receipts the other way.

The hub may be gone for weeks: nothing here holds a dose up, and every new session begins from the journal.
"""

import asyncio

from firmware.shell.rare import drop
from firmware.shell.trusting import NewCentre
from protocol.errors import MessageError
from protocol.link import DEVICE, Link
from protocol.link_messages import (
    Identity,
    LinkCommand,
    LinkEvent,
    LinkReceipt,
    PathState,
    TimeReply,
    Trust,
    Trusted,
    decode_link_message,
    encode_link_message,
)

READ_BYTES = 256  # half a frame: at 115,200 baud 22 ms of line


class DeviceLink:
    """`identity` is what the hub is told first in every session."""

    def __init__(self, uart, recorder, keystore, clock, desk, trusting, uptime, vigil, model, version):
        self._reader = asyncio.StreamReader(uart)
        self._writer = asyncio.StreamWriter(uart, {})
        self._recorder = recorder
        self._keystore = keystore
        self._clock = clock
        self._desk = desk
        self._trusting = trusting
        self._uptime = uptime
        self._vigil = vigil
        self._model = model
        self._version = version
        self._link = Link(DEVICE, keystore.device_id, recorder.boot, 1, uptime.ms())
        self._epoch = 0
        self._first = []  # messages that go before events
        self._next_seq = 1
        self._sent = 0  # messages of this session
        self._heard = b""
        self._wake = asyncio.Event()
        self.path_up = None  # what the hub last said about its way to the centre
        recorder.wakers.append(self._wake.set)

    async def listen(self):
        """Take bytes off the line as they come."""
        while True:
            data = await self._reader.read(READ_BYTES)
            if data:
                self._heard += data
                self._wake.set()
            else:
                await asyncio.sleep_ms(100)  # the line is gone for now

    async def run(self):
        """Talk; ends only with an error."""
        await self._write(self._link.start(self._uptime.ms()))
        while True:
            self._vigil.beat("link", self._uptime.ms())
            heard, self._heard = self._heard, b""
            for message in self._link.receive(heard, self._uptime.ms()):
                self._take(message)
            heard = message = None  # a command may need the room
            self._desk.work()
            out = self._link.outgoing() + self._link.accept(self._uptime.ms())
            await self._write(out + self._send_on() + self._link.tick(self._uptime.ms()))
            if self._trusting.restart and self._link.acked == self._sent and not self._first:
                raise NewCentre
            await self._rest()

    async def _rest(self):
        wait_ms = self._link.next_due_ms(self._uptime.ms())
        if self._link.room:
            wait_ms = min(wait_ms, self._clock.next_due_ms())
        if not self._heard:
            try:
                await asyncio.wait_for_ms(self._wake.wait(), wait_ms)
            except asyncio.TimeoutError:
                pass
        self._wake.clear()

    async def _write(self, data):
        if data:
            self._writer.write(data)
            await self._writer.drain()

    def _send_on(self):
        """Bytes of what can go now: identity, time and proofs, then events in order."""
        link, out = self._link, b""
        if link.up and link.epoch != self._epoch:
            self._begin_session()
        while link.room:
            message = self._next_message()
            if message is None:
                break
            out += link.send(encode_link_message(message), self._uptime.ms())
            self._sent += 1
        return out

    def _begin_session(self):
        self._epoch = self._link.epoch
        self._sent = 0
        self._recorder.hub_has(self._link.peer_have_seq)
        self._next_seq = max(self._link.peer_have_seq, self._recorder.receipted) + 1
        provisioned = self._keystore.centre_point is not None
        self._first = [Identity(self._keystore.public_point, self._model, self._version, provisioned)]
        self._clock.session_started()
        drop("protocol.link_start")

    def _next_message(self):
        if self._first:
            return self._first.pop(0)
        message = self._clock.next_message()
        while message is None and self._next_seq <= self._recorder.ledger.seq:
            cose = self._recorder.read(self._next_seq)
            self._next_seq += 1
            if cose is not None:
                message = LinkEvent(cose)
            else:
                self._recorder.tell_damage()
        return message

    def _take(self, data):
        try:
            message = decode_link_message(data)
        except MessageError:
            return  # a hub of another version; the link itself was whole
        if isinstance(message, LinkCommand):
            self._desk.take(message.cose)
        elif isinstance(message, LinkReceipt):
            self._take_receipt(message.cose)
        elif isinstance(message, TimeReply):
            self._clock.hear_hub(message)
        elif isinstance(message, PathState):
            self.path_up = message.up
        elif isinstance(message, Trust):
            self._first.append(Trusted(self._trusting.take(message.centre_point)))

    def _take_receipt(self, cose):
        from firmware.shell.receipt_work import covered

        row = covered(cose, self._keystore)
        del covered
        drop("firmware.shell.receipt_work", "protocol.receipts")
        if row is not None:
            self._recorder.receipt(row[0], row[1])
