"""What the hub writes to its memory card, told by its own metric:  python -m deploy.wear  (two minutes)

One dispenser, a real broker, a centre that signs.  Each event alone, as on an ordinary day: stored, sent, signed for,
deleted, before the next one comes.  Then as many at once, as after a night without a hub.  Then nothing at all.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from deploy.debian.tree import ROOT
from hub.edges.status_socket import fetch
from hub.tests.parts.authority import Authority
from hub.tests.parts.broker import Centre, Mosquitto
from hub.tests.parts.hub_process import HubFolder, HubProcess, until
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import CentreSigner, DeviceJournal
from protocol.device_events import LidOpened

METRIC = "dosevakt_hub_written_bytes_total"
DAY_S = 86_400
# A home's day (docs/operations.md, section 9): 16 dispensers with 50 events each.
EVENTS_A_DAY = 16 * 50


class Home:
    """broker, centre, hub and one dispenser, all running."""

    def __init__(self, folder: Path) -> None:
        authority, signer = Authority(folder), CentreSigner()
        self._broker = Mosquitto(folder, authority, authority.issue("server", "broker", host="127.0.0.1"))
        self._broker.start()
        self._files = HubFolder(folder, authority, signer)
        self._files.broker_port = self._broker.port
        own = authority.issue("centre-client", "centre")
        self._centre = Centre(signer, self._files.tenant, self._broker.port, authority.root, own)
        self.device = PtyDevice(folder, DeviceJournal())
        self._hub = HubProcess(self._files)
        self._hub.start()
        self.report(1)

    def report(self, count: int) -> None:
        """So many events at once, and wait until each is signed for."""
        for _ in range(count):
            self.device.journal.add(LidOpened())
        until(self.all_signed, self.device, limit_s=120)

    def all_signed(self) -> bool:
        """Nothing waits in the outbox, and the dispenser has its receipt."""
        status = self._hub.status()
        return status is not None and self.device.all_acked() and status["outbox"]["waiting"] == 0

    def written_bytes(self) -> int:
        """What the hub's own metric says."""
        for line in fetch(self._files.state_dir, "/metrics")[1].splitlines():
            if line.startswith(METRIC + " "):
                return int(float(line.split()[1]))
        raise LookupError(f"the hub has no metric {METRIC}")

    def end(self) -> None:
        """Everything stops."""
        self._hub.stop()
        self._centre.close()
        self._broker.kill()


def measure(home: Home, events: int, idle_s: int) -> tuple[float, float, float]:
    """Bytes for an event alone, bytes for an event of many at once, bytes for a second in which nothing happens."""
    marks = [home.written_bytes()]
    for _ in range(events):
        home.report(1)
    marks.append(home.written_bytes())
    home.report(events)
    marks.append(home.written_bytes())
    deadline_s = time.monotonic() + idle_s
    while time.monotonic() < deadline_s:
        home.device.turn()
    marks.append(home.written_bytes())
    alone, together, idle = (after - before for before, after in zip(marks, marks[1:], strict=False))
    return alone / events, together / events, idle / idle_s


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="deploy.wear", description="Bytes that the hub writes in a day.")
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--idle", type=int, default=60, metavar="SECONDS")
    chosen = parser.parse_args()
    # build/ lies on a disk; /tmp may be memory, and what goes there counts as not written.
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        home = Home(Path(folder))
        try:
            alone, together, idle = measure(home, chosen.events, chosen.idle)
        finally:
            home.end()
    day_bytes = alone * EVENTS_A_DAY + idle * DAY_S
    print(f"an event alone                {alone / 1024:8.1f} KiB")
    print(f"an event of {chosen.events} at once       {together / 1024:8.1f} KiB")
    print(f"an hour without events        {idle * 3600 / 1024:8.1f} KiB")
    print(f"a day with {EVENTS_A_DAY} events          {day_bytes / 2**20:8.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
