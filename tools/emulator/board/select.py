"""`select` as asyncio uses it: streams of the board only, asked through their ioctl.

A real descriptor never reaches the firmware, so none is polled here; the clock looks at the real ones.
"""

from clock import FOREVER
from this_board import clock
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401 (handed on)

_IOCTL_POLL = 3


class poll:
    def __init__(self):
        self._streams = []  # [stream, mask]: few, so a list is the smallest

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
            self._streams.append([stream, mask])

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
        for stream, mask in self._streams:
            events = stream.ioctl(_IOCTL_POLL, mask)
            if events:
                ready.append((stream, events))
        return ready

    def poll(self, timeout=-1):
        deadline = FOREVER if timeout is None or timeout < 0 else clock.read() + timeout * 1000
        while True:
            ready = self._ready()
            if ready or not clock.step(deadline):
                return ready

    def ipoll(self, timeout=-1, flags=0):
        return iter(self.poll(timeout))
