"""The line to the hub: identity, events from the journal, the time; commands and receipts the other way.

The hub may be gone for weeks: nothing here holds a dose up, and every new session begins from the journal.
"""

import asyncio

from firmware.shell.rare import drop
from protocol import link_messages
from protocol.errors import MessageError
from protocol.link import DEVICE, Link
from protocol.link_messages import decode_link_message, encode_link_message

READ_BYTES = 256  # half a frame: at 115,200 baud 22 ms of line
AT_ONCE = 2  # events in the link: one on its way, one ready; an alarm waits behind no more


class DeviceLink:
    """`identity`: the message that the hub is told first in every session, encoded."""

    def __init__(self, uart, recorder, keystore, clock, desk, uptime, vigil, contact, identity):
        self._reader = asyncio.StreamReader(uart)
        self._writer = asyncio.StreamWriter(uart, {})
        self._recorder = recorder
        self._keystore = keystore
        self._clock = clock
        self._desk = desk
        self._uptime = uptime
        self._vigil = vigil
        self._contact = contact
        self._identity = identity
        self._link = Link(DEVICE, keystore.device_id, recorder.boot, 1, uptime.ms())
        self._epoch = 0
        self._first = []  # encoded messages that go before events
        self._new_centre = False
        self._next_seq = 1
        self._ahead_seq = 0  # urgent events up to here went ahead in this session
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
            is_open = self._link.up and self.path_up is not False
            self._contact.look(is_open or self._keystore.centre_point is None, self._uptime.ms())
            heard, self._heard = self._heard, b""
            for message in self._link.receive(heard, self._uptime.ms()):
                self._take(message)
            heard = message = None  # a command may need the room
            self._desk.work()
            out = self._link.outgoing() + self._link.accept(self._uptime.ms())
            await self._write(out + self._send_on() + self._link.tick(self._uptime.ms()))
            if self._new_centre and self._link.acked == self._sent and not self._first:
                raise SystemExit("a centre is trusted")
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
            out += link.send(message, self._uptime.ms())
            self._sent += 1
        return out

    def _begin_session(self):
        self._epoch = self._link.epoch
        self._sent = self._ahead_seq = 0
        self._recorder.hub_has(self._link.peer_have_seq)
        self._next_seq = max(self._link.peer_have_seq, self._recorder.receipted) + 1
        self._first = [self._identity]
        self._clock.session_started()
        drop("protocol.link_device", "protocol.link_start")

    def _next_message(self):
        if self._first:
            return self._first.pop(0)
        room = self._link.stats.peer_room
        held = self._link.pending >= min(AT_ONCE, room)
        message = self._clock.next_message() or self._ahead(self._next_seq + AT_ONCE if room else 0)
        while message is None and not held and self._next_seq <= self._recorder.ledger.seq:
            cose = self._recorder.read(self._next_seq)
            self._next_seq += 1
            if cose is not None:
                message = link_messages.LinkEvent(cose)
            else:
                self._recorder.tell_damage()
        return message and encode_link_message(message)

    def _ahead(self, soon_seq):
        """An urgent event that would have to wait behind others, or None.  soon_seq: those up to it go at once."""
        for seq in self._recorder.urgent:
            if seq >= self._next_seq and seq > max(soon_seq, self._ahead_seq):
                self._ahead_seq = seq
                cose = self._recorder.read(seq)
                if cose is not None:
                    return link_messages.LinkAhead(cose)
        return None

    def _take(self, data):
        try:
            message = decode_link_message(data)
        except MessageError:
            return  # a hub of another version; the link itself was whole
        if isinstance(message, link_messages.LinkCommand):
            if not self._new_centre:  # its key is loaded with the next start; the centre sends this again
                self._desk.take(message.cose)
        elif isinstance(message, link_messages.LinkReceipt):
            self._take_receipt(message.cose)
        elif isinstance(message, link_messages.TimeReply):
            self._clock.hear_hub(message)
        elif isinstance(message, link_messages.PathState):
            self.path_up = message.up
        else:
            from firmware.shell.workshop_work import take

            self._new_centre = take(message, self._recorder, self._first) or self._new_centre
            del take, message
            drop("firmware.shell.workshop_work", "protocol.link_setup", "protocol.service_messages")

    def _take_receipt(self, cose):
        from firmware.shell.receipt_work import take

        take(cose, self._keystore, self._recorder)
        del take
        drop("firmware.shell.receipt_work", "protocol.receipts")
