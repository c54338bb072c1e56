"""Ports that behave badly, each in its own way.  `turn()` does a piece of it; nothing runs by itself."""

import contextlib
import os
import random

from hub.tests.parts.pty_device import PtyDevice
from protocol.device_events import LidOpened
from protocol.link_messages import LinkEvent, encode_link_message


class _Bad(PtyDevice):
    """Sound until it is linked and its first event is acknowledged."""

    pieces = 1  # of misbehaviour at each turn

    def __init__(self, folder, journal, name) -> None:
        super().__init__(folder, journal, name)
        journal.add(LidOpened())
        os.set_blocking(self._master, False)
        self.misdeeds = 0

    def turn(self) -> None:
        if not self.misdeeds and not self.all_acked():
            super().turn()
            return
        with contextlib.suppress(BlockingIOError):  # nobody takes it just now
            for _ in range(self.pieces):
                self.misdeeds += 1
                self.misbehave()

    def misbehave(self) -> None:
        """One piece of it."""
        raise NotImplementedError

    def half_a_frame(self) -> bytes:
        self.journal.add(LidOpened())
        frame = self.link.send(encode_link_message(LinkEvent(self.journal.coses[-1])), self._now_ms())
        return frame[: len(frame) // 2]


class Flooder(_Bad):
    """Sends junk as fast as the line takes it, at every turn."""

    pieces = 20

    def __init__(self, folder, journal, name) -> None:
        super().__init__(folder, journal, name)
        self._dice = random.Random(11)

    def misbehave(self) -> None:
        os.write(self._master, self._dice.randbytes(4096))


class Staller(_Bad):
    """Stops in the middle of a frame, for ever."""

    def misbehave(self) -> None:
        if self.misdeeds == 1:
            os.write(self._master, self.half_a_frame())


class Torn(_Bad):
    """Its cable is pulled in the middle of a frame, and it never comes back."""

    def misbehave(self) -> None:
        if self.misdeeds == 1:
            os.write(self._master, self.half_a_frame())
            self.pull()


class Deaf(_Bad):
    """Says the same frame over and over and never reads what it is answered: the line back fills up."""

    pieces = 50

    def misbehave(self) -> None:
        if self.misdeeds == 1:
            self._frame = self.link.send(
                encode_link_message(LinkEvent(self.journal.coses[-1])), self._now_ms()
            )
        os.write(self._master, self._frame)


class Loose(_Bad):
    """A loose contact: there and gone at every turn."""

    def misbehave(self) -> None:
        self.pull()
        self.plug()
