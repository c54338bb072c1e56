"""What nobody knows any more is not known after the next start either, however much was written in between.

The real recorder, journal and settings, on this computer's files.
"""

from pathlib import Path

import pytest

from firmware.shell.recorder import CHECKPOINT_EVERY, Recorder
from firmware.shell.recovering import settle_doubt
from firmware.store.journal import Journal
from firmware.store.settings import Settings
from firmware.tests.hub_side import Key
from protocol.cose import event_hash
from protocol.device_events import LidClosed, LidOpened

NOON_S = 1_795_435_200


class Clock:
    def now_s(self):
        return NOON_S

    def quality(self):
        return 2

    def ms(self):
        return 0


class DeviceKey(Key):
    """The device's own, as its keystore gives it."""

    @property
    def device_id(self) -> bytes:
        return self.kid


class Device:
    """start() is a start: what it knows comes from the files alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = DeviceKey()
        self.start()

    def start(self) -> Recorder:
        self.settings = Settings(str(self.folder / "settings"))
        journal = Journal(str(self.folder / "journal"))
        self.recorder = Recorder(journal, self.settings, self.key, Clock())
        self.recorder.clock = Clock()
        self.recorder.open()
        return self.recorder

    def lives_on(self, events: int, receipted: bool = True) -> None:
        """So many events; the centre's receipt for each lets the journal go."""
        for number in range(events):
            seq = self.recorder.note(LidClosed() if number % 2 else LidOpened())
            if receipted:
                self.recorder.receipt(seq, event_hash(self.recorder.read(seq)))

    def damage(self, pattern: str) -> None:
        for file in (self.folder).glob(pattern):
            file.write_bytes(file.read_bytes()[:-9] + b"\xff" * 9)


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_a_memory_that_is_lost_stays_lost_until_staff_load_anew(device: Device):
    """The snapshot cannot be read: damaged, or of a version that came and went.  A receipt has a new one written, which
    does not know what was given before; after the next start nothing is given by the old plan all the same."""
    device.lives_on(9)
    device.damage("settings/ledger.*")
    assert device.start().memory_lost
    device.lives_on(3)
    assert device.start().memory_lost


def test_events_that_are_lost_leave_their_doses_in_doubt_until_that_is_told(device: Device):
    """An event cannot be read, and before anybody could say which doses it puts in doubt the unit starts again, with a
    snapshot that was written meanwhile; told once, it is over."""
    device.lives_on(5, receipted=False)
    device.damage("journal/*3*")
    assert device.start().lost_events
    device.recorder.tell_damage()
    device.lives_on(CHECKPOINT_EVERY, receipted=False)
    assert device.start().lost_events
    settle_doubt(device.recorder, None, NOON_S)
    assert not device.start().lost_events
