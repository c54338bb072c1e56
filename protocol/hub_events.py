"""What a hub reports: its own start, and which dispenser it no longer hears.  A dispenser never loads this."""

from protocol.cose import KID_BYTES
from protocol.record import U32_MAX, Message, exactly, text, within


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


HUB_EVENTS = (HubStarted, DeviceLost, DeviceBack)
