"""The two sources on the serial line.  Both write from a thread of their own.

One way: a line of text for each event, as fast as the line takes them.  Two ways: a dispenser that speaks our link,
keeps what is not acknowledged and sends it again.  Gateways that know lines only can be given nothing better.
"""

import os
import select
import threading
import time
from collections import deque

from bench.hub_path.journal import Journal
from protocol.device_events import MODEL_TABLET
from protocol.link import DEVICE, Link
from protocol.link_messages import Identity, encode_link_message
from protocol.segments import MAX_WINDOW

Stamps = dict[int, int]  # number of an event, from 0 -> time_ns when its last byte was written


class LineSource:
    """Blocking writes: the line's own flow control is all there is."""

    def __init__(self, descriptor: int, journal: Journal) -> None:
        self._descriptor = descriptor
        self._lines = journal.lines()
        self.stamps: Stamps = {}
        self._next = 0

    def send(self, count: int, per_s: float, limit_s: float) -> bool:
        """Write the next `count` events, `per_s` in a second (0: at once).  False: the gateway takes no more."""
        first, self._next = self._next, self._next + count
        writing = threading.Thread(target=self._write, args=(first, count, per_s), daemon=True)
        writing.start()
        writing.join(limit_s)
        return not writing.is_alive()

    def close(self) -> None:
        pass

    def _write(self, first: int, count: int, per_s: float) -> None:
        start = time.perf_counter()
        for number in range(count):
            if per_s:
                ahead_s = start + number / per_s - time.perf_counter()
                if ahead_s > 0:
                    time.sleep(ahead_s)
            os.write(self._descriptor, self._lines[first + number])
            self.stamps[first + number] = time.time_ns()


class LinkSource:
    """A dispenser on a fast line (USB), with the protocol's own Link."""

    def __init__(self, descriptor: int, journal: Journal) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._messages = journal.messages()
        self._identity = encode_link_message(Identity(journal.point, MODEL_TABLET, "bench", True))
        self._link = Link(DEVICE, journal.device_id, 1, MAX_WINDOW, self._now_ms())
        self._epoch = 0
        self._sent = 0  # messages of this session
        self._next = 0  # the event that goes next
        self._exist = 0  # events that have happened
        self._due: deque[tuple[float, int]] = deque()  # (perf_counter, events that exist from then on)
        self._out = bytearray(self._link.start(self._now_ms()))
        self._written = 0
        self._marks: deque[tuple[int, int]] = deque()  # (its last byte is byte number ..., event)
        self.stamps: Stamps = {}
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        self._quiet = threading.Event()  # all that exists is acknowledged
        self._ended = False
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def send(self, count: int, per_s: float, limit_s: float) -> bool:
        """Let the next `count` events happen, and wait until all are acknowledged.  False: they were not, in time."""
        start = time.perf_counter()
        self._quiet.clear()
        if per_s:
            self._due.extend((start + n / per_s, self._exist + n + 1) for n in range(count))
        else:
            self._due.append((start, self._exist + count))
        os.eventfd_write(self._wake, 1)
        return self._quiet.wait(limit_s)

    def close(self) -> None:
        """Fall silent."""
        self._ended = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        os.close(self._wake)

    def _live(self) -> None:
        while not self._ended:
            writers = [self._descriptor] if self._out else []
            ready, _, _ = select.select([self._descriptor, self._wake], writers, [], self._rest_s())
            if self._wake in ready:
                os.eventfd_read(self._wake)
            now_ms = self._now_ms()
            if self._descriptor in ready:
                self._link.receive(os.read(self._descriptor, 65_536), now_ms)
                self._out += self._link.outgoing() + self._link.accept(now_ms)
            self._out += self._link.tick(now_ms)
            self._happen()
            self._feed(now_ms)
            self._write()
            if (
                not self._due
                and self._link.up
                and self._next == self._exist
                and self._link.acked == self._sent
            ):
                self._quiet.set()

    def _rest_s(self) -> float:
        rest_s = self._link.next_due_ms(self._now_ms()) / 1000
        if self._due:
            rest_s = min(rest_s, max(0.0, self._due[0][0] - time.perf_counter()))
        return rest_s

    def _happen(self) -> None:
        now = time.perf_counter()
        while self._due and self._due[0][0] <= now:
            self._exist = self._due.popleft()[1]

    def _feed(self, now_ms: int) -> None:
        link = self._link
        if link.up and link.epoch != self._epoch:
            self._epoch, self._sent, self._next = link.epoch, 0, link.peer_have_seq
            self._say(self._identity, now_ms)
        while link.room > 0 and self._next < self._exist:
            self._say(self._messages[self._next], now_ms)
            self._marks.append((self._written + len(self._out), self._next))
            self._next += 1

    def _say(self, message: bytes, now_ms: int) -> None:
        self._out += self._link.send(message, now_ms)
        self._sent += 1

    def _write(self) -> None:
        if not self._out:
            return
        try:
            done = os.write(self._descriptor, self._out)
        except BlockingIOError:
            return
        del self._out[:done]
        self._written += done
        now_ns = time.time_ns()
        while self._marks and self._marks[0][0] <= self._written:
            self.stamps.setdefault(self._marks.popleft()[1], now_ns)

    @staticmethod
    def _now_ms() -> int:
        return time.monotonic_ns() // 1_000_000
