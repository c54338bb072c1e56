"""A device and a hub at the ends of a bad serial line, for tests on both interpreters.  All chance is seeded.

The device's owner keeps its events in a record that survives a reboot; the hub's owner writes what arrives on a
disk that survives a crash.  Both do what docs/protocol.md asks of an owner, and nothing more.
"""

from protocol import link_hub
from protocol.link import DEVICE, HUB, Link
from protocol.segments import UNLIMITED

DEVICE_ID = b"device-1"
HUB_ID = b"hub-0001"
STEP_MS = 20


class Chance:
    """A small seeded generator (Numerical Recipes' LCG): the same draws on both interpreters."""

    def __init__(self, seed):
        self._state = (seed * 2654435761 + 1) & 0xFFFFFFFF

    def below(self, n):
        self._state = (self._state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self._state >> 8) % n

    def happens(self, per_10000):
        return self.below(10000) < per_10000


class Line:
    """One direction.  Rates are per byte, in 1/10000: flipped, dropped, doubled.  Bytes arrive in odd pieces."""

    def __init__(self, seed, flip=0, drop=0, double=0):
        self.chance = Chance(seed)
        self.flip, self.drop, self.double = flip, drop, double
        self.cut = False
        self.stalled = False  # nothing arrives; what was written waits
        self._waiting = bytearray()

    def write(self, data):
        if self.cut:
            return
        for byte in data:
            if self.chance.happens(self.drop):
                continue
            if self.chance.happens(self.flip):
                byte ^= 1 << self.chance.below(8)
            self._waiting.append(byte)
            if self.chance.happens(self.double):
                self._waiting.append(byte)

    def read(self):
        """Some of the bytes that wait: now and then none, mostly a piece."""
        if self.stalled:
            return b""
        n = self.chance.below(len(self._waiting) + 2)
        data = bytes(self._waiting[:n])
        self._waiting = self._waiting[n:]
        return data

    def mend(self):
        self.flip = self.drop = self.double = 0
        self.cut = self.stalled = False


def event(seq):
    """An event's stand-in: its number, then as many bytes as its number wants, zeros among them."""
    return seq.to_bytes(4, "big") + bytes([(seq + at) & 0xFF for at in range(seq * 97 % 1300)])


URGENT = b"\xff\xff\xff\xff"  # before the number of an event that goes ahead of its turn
REMEMBERED = 8  # urgent events that a device sends ahead again in a new session


class DeviceOwner:
    """Sends events from its record, from what the hub has on.  Takes commands."""

    def __init__(self):
        self.record = 0  # how many events it holds: 1 ... record
        self.urgent = []  # numbers of the last few that call a person
        self.boot = 0
        self.commands = []  # (epoch, number) in the order they came
        self.reboot(0)

    def reboot(self, now_ms, window=1):
        """All that is not in the record is gone."""
        self.boot += 1
        self.link = Link(DEVICE, DEVICE_ID, self.boot, window, now_ms)
        self._epoch = 0
        self._next = 1
        self._ahead = 0
        return self.link.start(now_ms)

    def alarm(self):
        """One more event, and an urgent one."""
        self.record += 1
        self.urgent = self.urgent[1 - REMEMBERED :] + [self.record]

    def step(self, data, now_ms):
        link = self.link
        for message in link.receive(data, now_ms):
            self.commands.append((self.boot, link.epoch, int.from_bytes(message[:4], "big")))
        out = link.outgoing() + link.accept(now_ms)
        if link.up and link.epoch != self._epoch:
            self._epoch = link.epoch
            self._next = link.peer_have_seq + 1
            self._ahead = 0
        soon = self._next if link.stats.peer_room else self._next - 1
        for number in self.urgent:
            if link.room > 0 and number > max(self._ahead, soon):
                out += link.send(URGENT + number.to_bytes(4, "big"), now_ms)
                self._ahead = number
        while link.room > 0 and self._next <= self.record and link.pending < link.stats.peer_room:
            out += link.send(event(self._next), now_ms)
            self._next += 1
        return out + link.tick(now_ms)


class HubOwner:
    """Writes events on its disk, then acknowledges.  Sends commands numbered 1, 2, 3 ... in each session."""

    def __init__(self):
        self.disk = []  # numbers of the events, in the order they were written
        self.ahead = set()  # numbers of the urgent events it was told before their turn
        self.slow_ms = 0  # so long its disk takes
        self.room = UNLIMITED
        self.seen = []  # (life, epoch, number) of every message the link gave out
        self.life = 0
        self.sent = {}  # (life, epoch) -> commands given to the link
        self.reboot(0)

    def reboot(self, now_ms, window=1):
        """Only the disk is left."""
        self.life += 1
        self.link = Link(HUB, HUB_ID, 0, window, now_ms)
        self._on_disk_ms = 0
        self.hold(self.room, now_ms)
        return self.link.start(now_ms)

    def hold(self, room, now_ms):
        """Let so many events be on their way; returns bytes to write."""
        self.room = room
        return link_hub.offer(self.link, room, now_ms)

    def step(self, data, now_ms, crash=False):
        link = self.link
        for message in link.receive(data, now_ms):
            self._on_disk_ms = now_ms + self.slow_ms
            if message.startswith(URGENT):
                self.ahead.add(int.from_bytes(message[4:], "big"))
                continue
            number = int.from_bytes(message[:4], "big")
            assert message == event(number)
            self.seen.append((self.life, link.epoch, number))
            if number == len(self.disk) + 1:
                self.disk.append(number)
            else:
                assert number <= len(self.disk), "an event was skipped"
        if crash:  # written, but never acknowledged
            return self.reboot(now_ms)
        out = link.outgoing()
        if now_ms >= self._on_disk_ms:
            out += link.accept(now_ms)
        if link.waiting_for_welcome:
            out += link.welcome(len(self.disk), now_ms)
        key = (self.life, link.epoch)
        while link.room > 0 and self.sent.get(key, 0) < 5:
            self.sent[key] = self.sent.get(key, 0) + 1
            out += link.send(event(self.sent[key]), now_ms)
        return out + link.tick(now_ms)


class World:
    """Both owners and the two directions of the line, on one clock."""

    def __init__(self, seed=1, flip=0, drop=0, double=0, window=1):
        self.now_ms = 0
        self.window = window
        self.up_line = Line(seed, flip, drop, double)
        self.down_line = Line(seed + 7919, flip, drop, double)
        self.device = DeviceOwner()
        self.hub = HubOwner()
        self.reboot_device()
        self.reboot_hub()

    def reboot_device(self):
        self.up_line.write(self.device.reboot(self.now_ms, self.window))

    def reboot_hub(self):
        self.down_line.write(self.hub.reboot(self.now_ms, self.window))

    def crash_hub_before_ack(self):
        self.step(crash=True)

    def cut(self):
        self.up_line.cut = self.down_line.cut = True

    def mend(self):
        self.up_line.mend()
        self.down_line.mend()

    def hold(self, room):
        self.down_line.write(self.hub.hold(room, self.now_ms))

    def step(self, crash=False):
        self.now_ms += STEP_MS
        self.up_line.write(self.device.step(self.down_line.read(), self.now_ms))
        self.down_line.write(self.hub.step(self.up_line.read(), self.now_ms, crash))

    def run(self, for_ms):
        for _ in range(for_ms // STEP_MS):
            self.step()

    def run_until_delivered(self, within_ms):
        until_ms = self.now_ms + within_ms
        while len(self.hub.disk) < self.device.record and self.now_ms < until_ms:
            self.step()
        assert self.hub.disk == list(range(1, self.device.record + 1))

    def run_until_alarmed(self, within_ms):
        """Every urgent event that the device remembers is at the hub, before its turn or in it."""
        until_ms = self.now_ms + within_ms
        while self._unknown() and self.now_ms < until_ms:
            self.step()
        assert not self._unknown(), self._unknown()

    def _unknown(self):
        known = len(self.hub.disk)
        return [number for number in self.device.urgent if number > known and number not in self.hub.ahead]


def assert_once_and_in_order(numbers):
    """numbers: (a, b, n) with (a, b) naming the session: in each session n runs up by one, never repeated."""
    last = {}
    for a, b, number in numbers:
        if (a, b) in last:
            assert number == last[(a, b)] + 1, (a, b, number)
        last[(a, b)] = number
