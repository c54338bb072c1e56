"""`select` as asyncio uses it: streams of the board, asked through their ioctl, and the board's USB line.

The only real descriptors that the firmware sees are sys.stdin and sys.stdout; the clock looks at the others.
"""

import sys

from clock import FOREVER
from this_board import clock
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401 (handed on)
from uselect import poll as real_poll

_IOCTL_POLL = 3


class _Usb:
    """Gives sys.stdin and sys.stdout an ioctl."""

    heard = False

    def __init__(self, stream):
        if not _Usb.heard:
            _Usb.heard = True
            clock.listen(sys.stdin, lambda: None)
            clock.attend(sys.stdin, False)
        self._stream = stream
        self._poller = real_poll()
        self._poller.register(stream, POLLIN)

    def ioctl(self, operation, mask):
        self._poller.modify(self._stream, mask)
        for _, events in self._poller.ipoll(0):
            return events
        return 0


class poll:
    def __init__(self):
        self._streams = []  # [stream, mask, who answers for it]: few, so a list is the smallest
        self._usb = False

    def _find(self, stream):
        for entry in self._streams:
            if entry[0] is stream:
                return entry
        return None

    def register(self, stream, mask=POLLIN | POLLOUT):
        entry = self._find(stream)
        if entry:
            entry[1] = mask
        else:
            usb = not hasattr(stream, "ioctl")
            self._usb = self._usb or usb
            self._streams.append([stream, mask, _Usb(stream) if usb else stream])

    def unregister(self, stream):
        entry = self._find(stream)
        if not entry:
            raise KeyError(stream)
        self._streams.remove(entry)

    def modify(self, stream, mask):
        entry = self._find(stream)
        if not entry:
            raise OSError(2)
        entry[1] = mask

    def _ready(self):
        ready = []
        for stream, mask, answering in self._streams:
            events = answering.ioctl(_IOCTL_POLL, mask)
            if events:
                ready.append((stream, events))
        return ready

    def poll(self, timeout=-1):
        deadline = FOREVER if timeout is None or timeout < 0 else clock.read() + timeout * 1000
        while True:
            ready = self._ready()
            if ready or not self._step(deadline):
                return ready

    def _step(self, deadline):
        """Input by USB ends a step only while somebody waits for it: nobody else would take it away."""
        if not self._usb:
            return clock.step(deadline)
        clock.attend(sys.stdin, True)
        clock.looked_after = True
        try:
            return clock.step(deadline)
        finally:
            clock.looked_after = False
            clock.attend(sys.stdin, False)

    def ipoll(self, timeout=-1, flags=0):
        return iter(self.poll(timeout))
