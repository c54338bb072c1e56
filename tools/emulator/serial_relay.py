"""Between the port that the hub opens and the board's UART: the cable, and what a bad line does to the bytes."""

import selectors
import socket
import time
from collections import deque
from pathlib import Path

from tools.emulator.bad_line import BadLine, Noise
from tools.emulator.cable import Cable
from tools.emulator.pace import Pace

MOST_WAITING = 8192  # bytes towards a board that does not take them; then the port is not read


class SerialRelay:
    def __init__(self, link: Path, pace: Pace, selector: selectors.BaseSelector) -> None:
        self._cable = Cable(link)
        self._pace = pace
        self._selector = selector
        self._to_device: deque[tuple[float, bytes]] = deque()  # (real monotonic s of release, bytes)
        self._to_hub: deque[tuple[float, bytes]] = deque()
        self._unsent = b""
        self.from_hub_bytes = self.to_hub_bytes = 0
        self.set_noise(Noise())

    @property
    def plugged(self) -> bool:
        return self._cable.master is not None

    def plug(self) -> None:
        """Raises OSError, as Cable.plug does."""
        self._cable.plug()
        self._listen(True)

    def pull(self) -> None:
        self._listen(False)
        self._cable.pull()

    def set_noise(self, noise: Noise) -> None:
        """Both directions start anew at their byte 0."""
        self._noisy_to_device = BadLine(noise, "to device")
        self._noisy_to_hub = BadLine(noise, "to hub")

    def _from_hub(self) -> None:
        """Take what the hub wrote."""
        data = self._cable.read()
        self.from_hub_bytes += len(data)
        self._delay(self._noisy_to_device, data, self._to_device)

    def from_device(self, data: bytes) -> None:
        self.to_hub_bytes += len(data)
        self._delay(self._noisy_to_hub, data, self._to_hub)

    def facts(self) -> dict[str, int]:
        """Bytes taken from each side so far, and those that no hub was there to read."""
        return {"from_hub": self.from_hub_bytes, "to_hub": self.to_hub_bytes, "lost": self._cable.lost}

    def power_lost(self) -> None:
        """Bytes on their way to a board without power reach nobody."""
        self._unsent = b""
        self._to_device.clear()

    def move(self, uart: socket.socket | None) -> float | None:
        """Pass on what is due; uart is None without power.  Returns the seconds until more is due, or None."""
        now_s = time.monotonic()
        for data in _due(self._to_hub, now_s):
            self._cable.write(data)
        for data in _due(self._to_device, now_s):
            self._unsent += data if uart else b""
        if uart and self._unsent:
            self._unsent = self._unsent[_sent(uart, self._unsent) :]
        self._listen(len(self._unsent) < MOST_WAITING)
        waits_s = [queue[0][0] - now_s for queue in (self._to_hub, self._to_device) if queue]
        if self._unsent:
            waits_s.append(0.01)
        return max(0.0, min(waits_s)) if waits_s else None

    def _listen(self, on: bool) -> None:
        master = self._cable.master
        if master is None or on == (master in self._selector.get_map()):
            return
        if on:
            self._selector.register(master, selectors.EVENT_READ, self._from_hub)
        else:
            self._selector.unregister(master)

    def _delay(self, line: BadLine, data: bytes, queue: deque[tuple[float, bytes]]) -> None:
        for wait_ms, piece in line.pass_on(data) if data else ():
            start_s = max(time.monotonic(), queue[-1][0] if queue else 0.0)
            queue.append((start_s + self._pace.real_s(wait_ms), piece))


def _due(queue: deque[tuple[float, bytes]], now_s: float) -> list[bytes]:
    due = []
    while queue and queue[0][0] <= now_s:
        due.append(queue.popleft()[1])
    return due


def _sent(uart: socket.socket, data: bytes) -> int:
    try:
        return uart.send(data)
    except BlockingIOError:
        return 0
    except OSError:  # the board has just died
        return len(data)
