"""A serial line and its hub in virtual time: bytes take as long as at their speed, commits as long as told.

For the real DeviceLink on the virtual loop (catching_up.py); fleets have calls instead (courier.py).
"""

from heapq import heappop, heappush
from math import ceil, inf

from firmware.simulation.micro_asyncio import Event, sleep_ms
from protocol import cbor, link_hub
from protocol.cose import parse_sign1
from protocol.envelope import decode_heading
from protocol.link import HUB, Link
from protocol.link_messages import LinkAhead, LinkEvent

BITS_OF_A_BYTE = 10  # start, eight, stop


class World:
    """The time, and what happens outside the device: at() plans it."""

    def __init__(self):
        self.now_ms = 0
        self._acts = []
        self._count = 0

    def at(self, ms, act, *arguments):
        self._count += 1
        heappush(self._acts, (ms, self._count, act, arguments))

    def next_act_ms(self):
        return self._acts[0][0] if self._acts else inf

    def act(self):
        ms, _, act, arguments = heappop(self._acts)
        self.now_ms = max(self.now_ms, ms)
        act(*arguments)

    def skip_to(self, due_ms, _):
        return due_ms

    def spend(self, ms):
        """The processor is busy."""
        self.now_ms += ms


class Wire:
    """One direction.  heard: called with bytes when the last of them has arrived."""

    def __init__(self, world, baud, heard):
        self._world = world
        self._baud = baud
        self._heard = heard
        self.free_ms = 0.0  # when all that was written has gone

    def write(self, data):
        if data:
            begins_ms = max(self._world.now_ms, self.free_ms)
            self.free_ms = begins_ms + len(data) * BITS_OF_A_BYTE * 1000 / self._baud
            self._world.at(ceil(self.free_ms), self._heard, data)


class Uart:
    """The device's end: what machine.UART and asyncio's streams make of it."""

    def __init__(self, world, baud, hub):
        self._world = world
        self._heard = b""
        self._came = Event()
        self._out = b""
        self._wire = Wire(world, baud, hub.hear)
        hub.wire = Wire(world, baud, self._hear)

    def _hear(self, data):
        self._heard += data
        self._came.set()

    async def read(self, n):
        await self._came.wait()
        data, self._heard = self._heard[:n], self._heard[n:]
        if not self._heard:
            self._came.clear()
        return data

    def write(self, data):
        self._out += data

    async def drain(self):
        data, self._out = self._out, b""
        self._wire.write(data)
        await sleep_ms(max(0, ceil(self._wire.free_ms) - self._world.now_ms))


class Hub:
    """Keeps events and acknowledges them commit_ms later.  kept: their numbers, in order; ahead: number -> when."""

    def __init__(self, world, commit_ms):
        self._world = world
        self._commit_ms = commit_ms
        self.link = Link(HUB, b"hub-0001")
        self.wire = None
        self.kept = []
        self.kept_ms = {}
        self.ahead_ms = {}
        self.starts = 0
        self._tick_at_ms = inf

    def start(self):
        self._write(self.link.start(self._now_ms()))

    def offer(self, room):
        """Hold the device back, or not."""
        self._write(link_hub.offer(self.link, room, self._now_ms()))

    def hear(self, data):
        messages = self.link.receive(data, self._now_ms())
        out = self.link.outgoing()
        if self.link.waiting_for_welcome:
            self.starts += 1
            out += self.link.welcome(len(self.kept), self._now_ms())
        self._write(out)
        if messages:
            self._world.at(self._world.now_ms + self._commit_ms, self._keep, messages)

    def _keep(self, messages):
        for data in messages:
            kind, body = cbor.decode(data)
            if kind not in (LinkEvent.TYPE, LinkAhead.TYPE):
                continue  # who it is; what time it is, this hub does not know either
            seq = decode_heading(parse_sign1(body).payload).seq
            if kind == LinkAhead.TYPE:
                self.ahead_ms[seq] = self._world.now_ms
            else:
                assert seq == len(self.kept) + 1, "out of order: %d" % seq
                self.kept.append(seq)
                self.kept_ms[seq] = self._world.now_ms
        self._write(self.link.accept(self._now_ms()))

    def _tick(self):
        self._tick_at_ms = inf
        self._write(self.link.tick(self._now_ms()))

    def _write(self, data):
        self.wire.write(data)
        due_ms = self._world.now_ms + max(1, self.link.next_due_ms(self._now_ms()))
        if due_ms < self._tick_at_ms:
            self._tick_at_ms = due_ms
            self._world.at(due_ms, self._tick)

    def _now_ms(self):
        return self._world.now_ms
