"""A day of a home with faults, seeded: what dispensers tell and ask, and what goes wrong around them."""

import random

from bench.memory.home import Home
from bench.memory.rss import Series
from hub.tests.parts.signing import CentreSigner
from protocol.device_events import AlarmCleared, AlarmRaised, LidClosed, LidOpened
from protocol.dose_events import DoseDue, DosePresented, DoseTaken, ReleaseIntended
from protocol.link_messages import MAX_COSE, ClockProof, TimeRequest
from protocol.path_messages import CarriedCommand, CarriedReceipt

EVENTS_AN_HOUR = (
    4  # of each dispenser: four doses with their events and two lids are some 40 a day; this is 96
)
SAMPLES_AN_HOUR = 6
UNPLUGGED_H = 0.05
BROKER_AWAY_H = 0.1
BODIES = (
    DoseDue(bytes(16), 1),
    ReleaseIntended(bytes(16), 1),
    DosePresented(bytes(16), 1),
    DoseTaken(bytes(16), 1),
    LidOpened(),
    LidClosed(),
    AlarmRaised(112, "lid open"),
    AlarmCleared(112),
)


class Day:
    """run() until so many shown hours have passed."""

    def __init__(self, home: Home, seed: int) -> None:
        self._home = home
        self._dice = random.Random(seed)
        self._stranger = CentreSigner()
        self._due: list[tuple[float, str]] = []
        self.series = Series()
        self.happened: dict[str, int] = {}

    def run(self, hours: float) -> None:
        """Ends when everything that was told has arrived."""
        home = self._home
        self._plan(hours)
        while home.shown_h() < hours:
            home.turn()
            now_h = home.shown_h()
            while self._due and self._due[0][0] <= now_h:
                self._do(self._due.pop(0)[1], now_h)
        for device in home.devices:
            if not device.path.is_symlink():
                device.plug()
        home.until(home.settled)
        self.series.take(home.shown_h(), home.hub.pid)

    def _plan(self, hours: float) -> None:
        """Everything of the day, at its hour."""
        rates = {
            "sample": SAMPLES_AN_HOUR,
            "event": EVENTS_AN_HOUR * len(self._home.devices),
            "ask": 6,
            "command": 2,
        }
        rates |= {"forged": 2, "junk": 4, "unplug": 2, "status": 12}
        for what, an_hour in rates.items():
            count = int(an_hour * hours)
            self._due += [((n + self._dice.random()) / an_hour, what) for n in range(count)]
        for hour in range(2, int(hours), 3):
            self._due += [(hour, "broker away"), (hour + BROKER_AWAY_H, "broker back")]
        self._due.sort()

    def _do(self, what: str, now_h: float) -> None:
        home = self._home
        device = self._dice.choice(home.devices)
        plugged = device.path.is_symlink()
        name = what.split(" ")[0] if what.startswith("plug ") else what
        self.happened[name] = self.happened.get(name, 0) + 1
        if what == "sample":
            self.series.take(now_h, home.hub.pid)
        elif what == "event":
            device.journal.add(self._dice.choice(BODIES))
        elif what == "ask" and plugged and device.link.room > 1:
            device.send(TimeRequest(self._dice.randrange(1 << 40)))
            device.send(ClockProof(self._dice.randbytes(8)))
        elif what == "junk" and plugged:
            device.junk(self._dice.randbytes(self._dice.randrange(1, 3_000)))
        elif what == "unplug" and plugged:
            device.pull()
            self._due.append((now_h + UNPLUGGED_H, f"plug {home.devices.index(device)}"))
            self._due.sort()
        elif what.startswith("plug ") and not home.devices[int(what[5:])].path.is_symlink():
            home.devices[int(what[5:])].plug()
        elif what == "status":
            home.hub.status()
        elif what == "broker away":
            home.broker.kill()
        elif what == "broker back":
            home.broker.start()
        elif what == "command":
            home.centre.command(home.files.hub_id, device.journal.id, self._dice.randrange(1, 1 << 20))
        elif what == "forged":
            self._forge(device.journal.id)

    def _forge(self, device_id: bytes) -> None:
        """A receipt by a stranger, a command for nobody."""
        hub_id = self._home.files.hub_id
        rows = [(device_id, 1 << 31, bytes(16))]
        self._home.centre.down(hub_id, CarriedReceipt(self._stranger.receipt(hub_id, rows)))
        self._home.centre.down(
            hub_id, CarriedCommand(self._dice.randbytes(8), self._stranger.command(device_id, 1))
        )


def strangers(home: Home, commands: int, every: int) -> Series:
    """So many commands, as large as they may be, for dispensers that nobody has ever seen here."""
    device, series, dice = home.devices[0], Series(), random.Random(1)
    for sent in range(0, commands, every):
        for _ in range(every):
            home.centre.down(home.files.hub_id, CarriedCommand(dice.randbytes(8), dice.randbytes(MAX_COSE)))
        known = home.centre.command(home.files.hub_id, device.journal.id, sent + 1)
        home.until(lambda known=known: known in device.commands)  # it came behind the others
        series.take(sent + every, home.hub.pid)
    return series


def flood(home: Home, events: int, every: int) -> Series:
    """So many events from one dispenser as fast as they go; memory at each `every` of them."""
    device, series = home.devices[0], Series()
    began = len(device.journal.coses)
    for told in range(0, events, every):
        for number in range(every):
            device.journal.add(BODIES[number % len(BODIES)])
        home.until(home.settled)
        series.take(told + every, home.hub.pid)
    assert len(device.journal.coses) == began + events
    return series
