"""What a device tells of service mode, of its firmware and of its owners.  Loaded for that and dropped afterwards."""

from protocol.cose import KID_BYTES
from protocol.record import U16_MAX, U32_MAX, Message, exactly, text, within

MAX_REPL_MIN = 30  # minutes; the board starts again after them, whatever is going on
BY_KNOCK, BY_HUB, BY_LINE = 1, 2, 3  # of ServiceStarted; BY_LINE: at the line, while nobody owns it
ENDED_LEFT, ENDED_DONE, ENDED_SILENCE, ENDED_TIME, ENDED_DOSE = 1, 2, 3, 4, 5  # of ServiceEnded
REVERTED_NOT_CONFIRMED, REVERTED_NOT_STARTED = 1, 2  # of UpdateReverted


class ServiceStarted(Message):
    """The device stops dosing for a technician, or for its hub with new firmware."""

    TYPE = 37
    FIELDS = ((1, "how"),)

    def __init__(self, how: int) -> None:
        self.how = within(how, BY_KNOCK, BY_LINE, "how")


class ServiceEnded(Message):
    """It starts again and doses; absent when the power failed in between, then Booted says so."""

    TYPE = 38
    FIELDS = ((1, "reason"), (2, "served_s"))

    def __init__(self, reason: int, served_s: int) -> None:
        self.reason = within(reason, ENDED_LEFT, ENDED_DOSE, "reason")
        self.served_s = within(served_s, 0, U16_MAX, "served_s")  # seconds it did not dose


class ReplOpened(Message):
    """By command `counter` the console takes any order at the next start, for so many minutes."""

    TYPE = 39
    FIELDS = ((1, "counter"), (2, "minutes"))

    def __init__(self, counter: int, minutes: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.minutes = within(minutes, 1, MAX_REPL_MIN, "minutes")


class Enrolled(Message):
    """The device has a certificate and a centre."""

    TYPE = 40
    FIELDS = ((1, "serial"), (2, "centre"))

    def __init__(self, serial: bytes, centre: bytes) -> None:
        self.serial = exactly(serial, KID_BYTES, "serial")  # of the certificate
        self.centre = exactly(centre, KID_BYTES, "centre")  # cose.device_id_of the centre's key


class UpdateStarted(Message):
    """A whole new firmware is on flash and is tried at the next start."""

    TYPE = 41
    FIELDS = ((1, "sequence"), (2, "version"))

    def __init__(self, sequence: int, version: str) -> None:
        self.sequence = within(sequence, 1, U32_MAX, "sequence")  # of its manifest; only grows
        self.version = text(version, 32, "version")


class UpdateConfirmed(Message):
    """The new firmware works: it stays."""

    TYPE = 42
    FIELDS = ((1, "sequence"), (2, "version"))

    def __init__(self, sequence: int, version: str) -> None:
        self.sequence = within(sequence, 1, U32_MAX, "sequence")
        self.version = text(version, 32, "version")


class UpdateReverted(Message):
    """The new firmware `sequence` is given up: the one before it runs again, or will at the next start."""

    TYPE = 43
    FIELDS = ((1, "sequence"), (2, "reason"))

    def __init__(self, sequence: int, reason: int) -> None:
        self.sequence = within(sequence, 1, U32_MAX, "sequence")
        self.reason = within(reason, REVERTED_NOT_CONFIRMED, REVERTED_NOT_STARTED, "reason")


class DeviceErased(Message):
    """The last word of this identity: what lies in the device when it forgets its owner."""

    TYPE = 44
    FIELDS = (
        (1, "medium"),
        (2, "left"),
        (3, "locked"),
        (4, "uncertain"),
        (5, "pills"),
        (6, "chamber"),
    )

    def __init__(self, medium: int, left: int, locked: int, uncertain: int, pills: int, chamber: int) -> None:
        self.medium = within(medium, 1, 2, "medium")  # of load_plan: tray, roll
        self.left = within(left, 0, U16_MAX, "left")  # doses not yet given
        self.locked = within(locked, 0, U16_MAX, "locked")  # doses missed or withheld, still inside
        self.uncertain = within(uncertain, 0, U16_MAX, "uncertain")  # doses of which nobody knows
        self.pills = within(pills, 0, U16_MAX, "pills")  # in all of these
        self.chamber = within(chamber, 0, U16_MAX, "chamber")  # pouches kept back; 0 on a tray


FIRST_OF_SERVICE = 37
SERVICE_EVENTS = (
    ServiceStarted,
    ServiceEnded,
    ReplOpened,
    Enrolled,
    UpdateStarted,
    UpdateConfirmed,
    UpdateReverted,
    DeviceErased,
)
