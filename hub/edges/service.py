"""What the hub tells systemd about itself: sd_notify(3), a datagram to the socket that $NOTIFY_SOCKET names."""

import contextlib
import os
import socket
from collections.abc import Mapping

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"


class Service:
    """Who started us and wants to hear of us; without systemd nobody does, and nothing is sent."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog_s = _watchdog_s(environment)

    def tell(self, *words: str) -> None:
        """Send assignments, such as READY.  What cannot be sent is dropped: the watchdog answers for us then."""
        if not self._address:
            return
        name = self._address
        if name.startswith("@"):  # an abstract address: a zero byte in front, and no file (unix(7))
            name = "\0" + name[1:]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, contextlib.suppress(OSError):
            sender.setblocking(False)  # a full queue must not hold up the loop
            sender.sendto("\n".join(words).encode(), name)


def status(sentence: str) -> str:
    """The line that `systemctl status` shows."""
    return "STATUS=" + " ".join(sentence.split())


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """Seconds within which systemd wants a sign of life, None when it does not watch this process."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    pid = environment.get("WATCHDOG_PID") or str(os.getpid())
    if not microseconds.isdecimal() or not int(microseconds) or pid != str(os.getpid()):
        return None
    return int(microseconds) / 1_000_000
