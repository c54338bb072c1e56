"""A dispenser as the hub sees it: the real protocol Link on the other end of a pty, fed from a signed journal."""

import os
import pty
import random
import select
import time
import tty
from pathlib import Path

from hub.edges.keys import point_of
from hub.tests.parts.signing import DeviceJournal
from protocol.link import DEVICE, Link
from protocol.link_messages import (
    Identity,
    LinkCommand,
    LinkEvent,
    LinkReceipt,
    PathState,
    TimeReply,
    decode_link_message,
    encode_link_message,
)


class PtyDevice:
    """Sends its journal from where the hub says it stands.  `turn()` does what is due; nothing runs by itself."""

    def __init__(self, folder: Path, journal: DeviceJournal, name: str = "device", window: int = 8) -> None:
        self.journal = journal
        self.path = folder / name
        self.rate = 1  # shown seconds per real second
        self.dice: random.Random | None = None  # set: the line damages one write in twelve
        self.damaged = 0
        self.receipted = 0
        self.commands: list[bytes] = []
        self.receipts: list[bytes] = []
        self.path_up: bool | None = None
        self.times: list[TimeReply] = []
        self.plug(window)

    def plug(self, window: int = 8) -> None:
        """A new pty under the same name, as after a cable was pulled and put back."""
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        self._slave = slave
        self.link = Link(DEVICE, self.journal.id, boot=1, window=window)
        self._epoch, self._sent = -1, 0
        self._next = 0
        self._write(self.link.start(self._now_ms()))

    def pull(self) -> None:
        """The cable comes out: the port's name goes and its descriptor breaks."""
        self.path.unlink()
        os.close(self._slave)
        os.close(self._master)

    def junk(self, data: bytes) -> None:
        """Bytes on the line that no Link made."""
        os.write(self._master, data)

    def send(self, message) -> None:
        """One message; the journal's go by themselves."""
        self.say(encode_link_message(message))

    def say(self, data: bytes) -> None:
        """Bytes as a message, whatever they mean."""
        self._sent += 1
        self._write(self.link.send(data, self._now_ms()))

    def turn(self) -> None:
        """Take what came, send what there is room for, wait a little for more."""
        wait_s = min(0.02, self.link.next_due_ms(self._now_ms()) / 1000 / self.rate)
        if select.select([self._master], [], [], wait_s)[0]:
            for message in self.link.receive(os.read(self._master, 65_536), self._now_ms()):
                self._take(decode_link_message(message))
            self._write(self.link.outgoing())
            self._write(self.link.accept(self._now_ms()))
        self._write(self.link.tick(self._now_ms()))
        if self.link.up and self.link.epoch != self._epoch:
            self._epoch, self._sent = self.link.epoch, 0
            self._next = max(self.link.peer_have_seq, self.receipted)
            point = point_of(self.journal.private.public_key())
            self.send(Identity(point, 1, "9.9", True))
        while self.link.room > 0 and self._next < len(self.journal.coses):
            cose = self.journal.coses[self._next]
            self._next += 1
            self.send(LinkEvent(cose))

    def all_acked(self) -> bool:
        """Everything in the journal is acknowledged in this session."""
        return self.link.up and self._next == len(self.journal.coses) and self.link.acked == self._sent

    def _take(self, message) -> None:
        if isinstance(message, LinkCommand):
            self.commands.append(message.cose)
        elif isinstance(message, LinkReceipt):
            self.receipts.append(message.cose)
        elif isinstance(message, PathState):
            self.path_up = message.up
        elif isinstance(message, TimeReply):
            self.times.append(message)

    def _now_ms(self) -> int:
        return int(time.monotonic() * 1000 * self.rate)

    def _write(self, data: bytes) -> None:
        if data and self.dice is not None and self.dice.random() < 1 / 12:
            at = self.dice.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
            self.damaged += 1
        if data:
            os.write(self._master, data)
