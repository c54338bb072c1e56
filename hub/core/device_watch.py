"""Which dispensers have gone silent.  Pure: silence is an alarm (design section 1), and it is told once."""

# Nearly two link timeouts of 15 s: long enough for a restart of the device; and with the looks a second apart and a
# slow disk the loss is known within 30 s (docs/safety.md, C-20), at the centre well within 90 s.
LOST_AFTER_MS = 28_000
# Of devices whose silence has been told so many are remembered, to tell their return: far more than any hub has seen.
MOST_LOST = 256


class _Watched:
    def __init__(self, heard_ms: int, lost: bool) -> None:
        self.heard_ms = heard_ms
        self.lost = lost


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
        was_lost, device.lost = device.lost, False
        return was_lost

    def newly_lost(self, now_ms: int) -> list[tuple[bytes, int]]:
        """(device id, silent for ms) of each device whose silence is now to be told; each silence is told once."""
        lost = []
        self._forget()
        for device_id, device in self._devices.items():
            silent_ms = now_ms - device.heard_ms
            if not device.lost and silent_ms >= self._lost_after_ms:
                device.lost = True
                lost.append((device_id, silent_ms))
        return lost

    def _forget(self) -> None:
        """The ones lost longest make way, should there be too many."""
        told = [(device.heard_ms, device_id) for device_id, device in self._devices.items() if device.lost]
        for _, device_id in sorted(told)[: max(0, len(told) - MOST_LOST)]:
            del self._devices[device_id]
