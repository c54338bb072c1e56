"""A virtual dispenser as one object, for tests and the demo."""

import base64
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tools.emulator.bench_client import ANSWER_S, BenchClient, BenchError
from tools.emulator.bootsel import NAME
from tools.emulator.build import ROOT
from tools.emulator.hands import Hands
from tools.emulator.pace import DemoClock, Pace
from tools.emulator.settings import HUNG_S, BoardError, Settings
from tools.emulator.supervisor import Supervisor

POLL_S = 0.02
PATIENCE_REAL_S = 90.0  # for the busiest machine; nothing waits for it when all is well
END_S = 10.0

__all__ = ["DemoClock", "VirtualDispenser"]


class VirtualDispenser(Hands):
    """folder keeps its flash, mechanics and console.log; started again on the same folder it is the same device.

    rate: virtual seconds per real second, 0 = as fast as it goes.  clock: shared time, whose rate then counts.
    hold: the world stands still until run(); with rate 0 every run is the same, to the microsecond.
    hung_s: seconds of computing after which a firmware that does not even look at its clock is bitten (alive.py).
    stock: no code is mounted; it boots from its flash (`folder/flash.bin`) as a board with stock MicroPython does.
    usb: its own USB port, a link that vanishes and comes back at every reset; default `folder/usb`.
    port_link: where the hub finds the port; default `folder/port`.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "d1",
        model: str = "tablet",
        rate: float = 1.0,
        clock: DemoClock | None = None,
        port_link: Path | None = None,
        *,
        hold: bool = False,
        hung_s: float = HUNG_S,
        firmware: Path = ROOT / "firmware",
        stock: bool = False,
        usb_link: Path | None = None,
    ) -> None:
        self.folder = folder
        self.port = port_link or folder / "port"
        self.bench_path = folder / "bench.sock"
        self.usb = usb_link or folder / "usb"
        self._settings = Settings(
            folder, name, model, self.port, self.bench_path, hold, hung_s, firmware, stock, (self.usb,)
        )
        self._rate, self._clock = rate, clock
        self._thread: threading.Thread | None = None
        self._failure: BoardError | None = None

    def start(self) -> None:
        """Power on.  Raises BuildError when the firmware does not compile, OSError when port or bench cannot be."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._supervisor = Supervisor(self._settings, Pace(self._rate, self._clock))
        self.bench = BenchClient(self.bench_path)
        self.bench.watch_from_the_start()
        self._supervisor.let_in()
        self._thread = threading.Thread(target=self._serve, name=f"dispenser {self._settings.name}")
        self._thread.start()
        self.bench.watch()  # answered once it has power

    def stop(self) -> None:
        """End it: no process, port or socket stays; the folder does."""
        if self._thread is None:
            return
        self.bench.close()
        self._supervisor.stop()
        self._thread.join(END_S)
        self._thread = None

    def __enter__(self) -> "VirtualDispenser":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask(self, do: str, timeout_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        """Any bench request; raises BenchError with a sentence when it is refused, BoardError when the board broke."""
        try:
            return self.bench.ask(do, timeout_s, **fields)
        except ConnectionError:
            if self._failure is None:
                raise
            raise self._failure from None

    def _serve(self) -> None:
        try:
            self._supervisor.run()
        except BoardError as failure:
            self._failure = failure

    def cut_power(self) -> None:
        """At once, whatever it is doing."""
        self.ask("power", on=False)

    def power_on(self) -> None:
        self.ask("power", on=True)

    def cut_at_flash_write(self, n: int, torn: bool = False) -> None:
        self.ask("cut_at_flash_write", n=n, torn=torn)

    def pull_cable(self) -> None:
        self.ask("cable", **{"in": False})

    def plug_cable(self) -> None:
        self.ask("cable", **{"in": True})

    @property
    def unique_id(self) -> str:
        """machine.unique_id() in hex: the serial number of its USB port."""
        return self._settings.unique_id

    def pull_usb(self) -> None:
        self.ask("usb", **{"in": False})

    def plug_usb(self) -> None:
        self.ask("usb", **{"in": True})

    def bootsel(self) -> Path:
        """Start it with BOOTSEL held; returns its drive, which takes a UF2 file and then starts as before."""
        self.ask("bootsel")
        return self.folder / NAME

    def line(self, **noise: float) -> None:
        """seed, flip, drop, dup, split, stall: see bad_line.Noise; nothing given = a good line."""
        self.ask("line", **noise)

    def run(self, timeout_s: float = PATIENCE_REAL_S, **until: float) -> None:
        """Let the world go on: for_ms=, until_ms= (virtual; returns when it got there), or for ever; rate=."""
        self.ask("run", timeout_s, **until)

    def read(self) -> dict[str, Any]:
        return self.ask("read")

    def screen_png(self) -> bytes:
        return base64.b64decode(self.ask("screen")["png"])

    def wait_event(self, name: str, timeout_s: float = PATIENCE_REAL_S, **fields: Any) -> dict[str, Any]:
        return self.bench.wait_event(name, timeout_s, **fields)

    def wait_for(
        self, predicate: Callable[[dict[str, Any]], bool], timeout_real_s: float = PATIENCE_REAL_S
    ) -> dict[str, Any]:
        """Read until predicate(read()) holds; returns that reading.  Raises TimeoutError with the last one.

        A board that restarts under the question is asked again.
        """
        deadline_s = time.monotonic() + timeout_real_s
        last: dict[str, Any] | BenchError = {}
        while True:
            try:
                last = facts = self.read()
                if predicate(facts):
                    return facts
            except BenchError as error:
                last = error
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"Not seen within {timeout_real_s:g} s; last reading: {last}")
            time.sleep(POLL_S)

    def read_at_rest(self) -> dict[str, Any]:
        """Read when the motor has stood still for a virtual second."""
        seen = self.read()

        def still(facts: dict[str, Any]) -> bool:
            nonlocal seen
            if facts["moves"] != seen["moves"]:
                seen = facts
            return bool(facts["uptime_ms"] > seen["uptime_ms"] + 1000)

        return self.wait_for(still)

    def console(self) -> str:
        """What the firmware printed, over all power-ons."""
        path = self.folder / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""
