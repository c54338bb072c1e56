"""What a hub reports: its own start, which dispenser it no longer hears, what is wrong with itself.

A dispenser never loads this.
"""

from protocol.cose import KID_BYTES
from protocol.record import U32_MAX, Message, exactly, text, within

# Of HubTrouble: no way to the centre, too little voltage, disk or outbox, no trusted time, a twin: another
# machine with the same keys.
TROUBLE_PATH, TROUBLE_POWER, TROUBLE_STORAGE, TROUBLE_CLOCK, TROUBLE_TWIN = 1, 2, 3, 4, 5


class HubStarted(Message):
    """The daemon has started."""

    TYPE = 64
    FIELDS = ((1, "version"),)

    def __init__(self, version: str) -> None:
        self.version = text(version, 32, "version")


class DeviceLost(Message):
    """Nothing has been heard from a device since `since_s`."""

    TYPE = 65
    FIELDS = ((1, "device_id"), (2, "since_s"))

    def __init__(self, device_id: bytes, since_s: int) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.since_s = within(since_s, 0, U32_MAX, "since_s")  # UTC s since 1970


class DeviceBack(Message):
    """The lost device is heard again."""

    TYPE = 66
    FIELDS = ((1, "device_id"),)

    def __init__(self, device_id: bytes) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")


class HubTrouble(Message):
    """Something about the hub itself has been wrong since `since_s`; it goes on working as well as it can."""

    TYPE = 67
    FIELDS = ((1, "what"), (2, "since_s"), (3, "detail"))

    def __init__(self, what: int, since_s: int, detail: str) -> None:
        self.what = within(what, TROUBLE_PATH, TROUBLE_TWIN, "what")
        self.since_s = within(since_s, 0, U32_MAX, "since_s")  # UTC s since 1970; 0: the clock was not set
        self.detail = text(detail, 64, "detail")  # for a technician


class HubTroubleOver(Message):
    """The trouble of this kind is over."""

    TYPE = 68
    FIELDS = ((1, "what"),)

    def __init__(self, what: int) -> None:
        self.what = within(what, TROUBLE_PATH, TROUBLE_TWIN, "what")


HUB_EVENTS = (HubStarted, DeviceLost, DeviceBack, HubTrouble, HubTroubleOver)
