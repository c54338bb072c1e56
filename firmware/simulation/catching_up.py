"""A device comes back with a long journal: `python -m firmware.simulation.catching_up EVENTS COMMIT_MS HOLD_MS`.

The device's own line (firmware/shell/device_link.py), recorder and journal, in virtual time over a line of 115,200
baud; the processor's own time is that of flash writes and signatures only.  In the middle of it something breaks: an
alarm.  HOLD_MS: just before that the hub's disk is full, and for so long it takes nothing that can wait.  Prints one
line of JSON.
"""

import json
import sys

from firmware.simulation import loop, micro_asyncio, stage
from firmware.simulation.flash import Flash, Image
from firmware.simulation.secure_element import SecureElement, key
from firmware.simulation.serial_line import Hub, Uart, World

BAUD = 115_200
DATA = "/data"
BEFORE_MS = 1000  # so long before the alarm the hub holds the device back
PATIENCE_MS = 3_600_000


class Ended(BaseException):
    """All of it has arrived."""


class Clock:
    """As ClockKeeping, with nothing to ask."""

    def now_s(self):
        return 1_800_000_000

    def quality(self):
        return 1

    def next_message(self):
        return None

    def next_due_ms(self):
        return 10_000

    def session_started(self):
        pass


class Desk:
    """No command comes."""

    def work(self):
        pass


class Room:
    """The recorder and the line of one device, with nothing around them."""

    def __init__(self, world, hub):
        from firmware.core.contact import Contact
        from firmware.core.vigil import Vigil
        from firmware.shell.device_link import DeviceLink
        from firmware.shell.recorder import Recorder
        from firmware.shell.uptime import Uptime
        from firmware.store.journal import Journal
        from firmware.store.settings import Settings

        uptime, settings = Uptime(), Settings(DATA + "/settings")
        keystore = SecureElement(key(7), key(8).point, world.spend)
        self.recorder = Recorder(Journal(DATA + "/journal"), settings, keystore, uptime)
        self.recorder.clock, self.recorder.feed = Clock(), lambda: None
        self.recorder.open()
        self.line = lambda: DeviceLink(
            Uart(world, BAUD, hub),
            self.recorder,
            keystore,
            self.recorder.clock,
            Desk(),
            uptime,
            Vigil({"link": 30_000}, uptime.ms()),
            Contact(uptime.ms()),
            b"\x82\x08\xf6",
        )

    def fill(self, events):
        """So many doors opened and closed while nobody was at the line."""
        from protocol.device_events import LidClosed, LidOpened

        for number in range(events):
            self.recorder.note(LidClosed() if number % 2 else LidOpened())


def catch_up(events, commit_ms, hold_ms):
    """Run it; what is printed."""
    stage.install()
    micro_asyncio.StreamReader, micro_asyncio.StreamWriter = (lambda uart: uart), (lambda uart, _: uart)
    world = World()
    flash = Flash(Image(), world.spend, lambda *_: None, lambda *_: None)
    flash.mkdir(DATA)
    stage.Power.world, stage.Power.flash = world, flash
    hub = Hub(world, commit_ms)
    room = Room(world, hub)
    room.fill(events)
    line, begun_ms = room.line(), world.now_ms
    virtual = loop.Loop(world)
    micro_asyncio.use(virtual)
    told = {}

    def middle():
        """Half of it has arrived: something breaks."""
        if len(hub.kept) < events // 2:
            world.at(world.now_ms + 100, middle)
            return
        if hold_ms:
            hub.offer(0)
            world.at(world.now_ms + hold_ms, hub.offer, 1)
        world.at(world.now_ms + (BEFORE_MS if hold_ms else 0), alarm)

    def alarm():
        told["raised_ms"], told["behind"] = world.now_ms, events - len(hub.kept)
        told["kept"] = len(hub.kept)
        room.recorder.alarm("battery clock does not answer")
        told["seq"] = room.recorder.ledger.seq

    def look():
        if len(hub.kept) > events or world.now_ms > begun_ms + PATIENCE_MS:
            raise Ended
        world.at(world.now_ms + 100, look)

    world.at(begun_ms, hub.start)
    world.at(begun_ms, middle)
    world.at(begun_ms, look)
    try:
        virtual.run(both(line))
    except Ended:
        pass
    seq = told["seq"]
    return {
        "arrived": len(hub.kept),
        "catch_up_s": (hub.kept_ms[events] - begun_ms) / 1000,
        "waiting": told["behind"],
        "alarm_s": (hub.ahead_ms[seq] - told["raised_ms"]) / 1000,
        "in_turn_s": (hub.kept_ms[seq] - told["raised_ms"]) / 1000,
        "sessions": hub.starts,
        "resends": line._link.stats.resends,
        "srtt_ms": line._link.stats.srtt_ms,
        "resend_ms": line._link.stats.resend_ms,
        "bytes": line._link.stats.bytes_out,
    }


async def both(line):
    """Listen and talk."""
    await micro_asyncio.gather(line.listen(), line.run())


if __name__ == "__main__":
    print(json.dumps(catch_up(*map(int, sys.argv[1:4]))))
