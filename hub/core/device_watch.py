"""Which dispensers have gone silent.  Pure: silence is an alarm, and it is told once."""

# Nearly two link timeouts of 15 s: long enough for a restart of the device; and with the looks a second apart and a
# slow disk the loss is known within 30 s (docs/safety.md, C-20), at the centre well within 90 s.
LOST_AFTER_MS = 28_000
# Of devices whose silence has been told so many are remembered, to tell their return: far more than any hub has seen.
MOST_LOST = 256
# What a full disk did not take is told again after this: soon against the 90 s that the centre may wait for it, and yet
# not a line of log each second while the disk is full.
AGAIN_MS = 10_000


class _Watched:
    def __init__(self, heard_ms: int, lost: bool) -> None:
        self.heard_ms = heard_ms
        self.lost = lost
        self.again_ms = heard_ms  # not told before this


class DeviceWatch:
    """When each device was last heard, and whether its silence has been told."""

    def __init__(self, lost_after_ms: int = LOST_AFTER_MS) -> None:
        self._lost_after_ms = lost_after_ms
        self._devices: dict[bytes, _Watched] = {}

    def expect(self, device_id: bytes, lost: bool, now_ms: int) -> None:
        """A device this hub has served before.  It gets a full time of grace from now."""
        self._devices.setdefault(device_id, _Watched(now_ms, lost))

    def heard(self, device_id: bytes, now_ms: int) -> bool:
        """A sound frame came from the device.  True: its silence had been told, so its return is told too."""
        device = self._devices.setdefault(device_id, _Watched(now_ms, False))
        device.heard_ms = now_ms
        is_back = device.lost and now_ms >= device.again_ms
        device.lost = device.lost and not is_back
        return is_back

    def newly_lost(self, now_ms: int) -> list[tuple[bytes, int]]:
        """(device id, silent for ms) of each device whose silence is now to be told; each silence is told once."""
        lost = []
        self._forget()
        for device_id, device in self._devices.items():
            silent_ms = now_ms - device.heard_ms
            if not device.lost and silent_ms >= self._lost_after_ms and now_ms >= device.again_ms:
                device.lost = True
                lost.append((device_id, silent_ms))
        return lost

    def not_told(self, device_id: bytes, lost: bool, now_ms: int) -> None:
        """The silence (lost), or its end, could not be stored: it is news again after AGAIN_MS."""
        device = self._devices.get(device_id)
        if device is not None and device.lost == lost:
            device.lost, device.again_ms = not lost, now_ms + AGAIN_MS

    def _forget(self) -> None:
        """The ones lost longest make way, should there be too many."""
        told = [(device.heard_ms, device_id) for device_id, device in self._devices.items() if device.lost]
        for _, device_id in sorted(told)[: max(0, len(told) - MOST_LOST)]:
            del self._devices[device_id]
