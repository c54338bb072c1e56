"""Heap of the firmware over a day with a 28-dose plan, and what each module weighs on each board.

    python -m bench.heap
    python -m bench.heap days      three days in a row, with a restart in each: no MemoryError may show

Runs the unchanged rooms in MicroPython on the virtual board, with 400 KB for the firmware; a copy of app.py prints the
live heap.  "Live" is the firmware's own: what the board's chips hold before it starts is taken off (decision 13).
What the chip needs of that: two thirds (decision 35).
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from bench.day import DOSES, all_taken, give, load
from bench.resident import MODELS, weights
from firmware.tests.hub_side import HubSide
from protocol.commands import ActivatePlan
from protocol.events import Booted, CommandRefused, DoseTaken
from tools.emulator.build import ROOT
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.process import FIRMWARE_BYTES, heap

RATE = 10.0
DAYS = 3
BLOCK_BYTES = 32  # of the unix port's heap
PRINT = (
    "import micropython; gc.collect(); "
    "print('live', {what!r}, gc.mem_alloc(), gc.mem_free()); micropython.mem_info()"
)


def instrumented(folder: Path) -> Path:
    """A copy of the firmware that prints its live heap when loaded and once a minute."""
    copy = folder / "firmware"
    shutil.copytree(ROOT / "firmware", copy)
    app = copy / "app.py"
    _print_before(copy / "starting.py", "    if service is not None:\n", "keys")
    _print_before(copy / "main.py", "    try:\n", "import")
    line = "self._recorder.tidy()"
    assert line in app.read_text()
    app.write_text("import gc\n" + app.read_text().replace(line, line + "; " + PRINT.format(what="running")))
    return copy


def _print_before(file: Path, line: str, what: str) -> None:
    text = file.read_text()
    assert line in text
    file.write_text(text.replace(line, "    " + PRINT.format(what=what) + "\n" + line, 1))


def a_day(folder: Path) -> list[tuple[str, int, int, int]]:
    """(when, live, free, largest free piece) in bytes, in order, over days of 28 doses taken."""
    return days(folder, 1, instrumented(folder))


def days(folder: Path, count: int, firmware: Path) -> list[tuple[str, int, int, int]]:
    """The same over some days, with the power cut at noon of each but the first."""
    device = VirtualDispenser(folder / "unit", rate=RATE, firmware=firmware)
    device.start()
    hub = HubSide(device.port, RATE)
    try:
        hub.trust()
        hub.set_clock(lambda: device.read()["utc_s"])
        for day in range(count):
            plan = load(device, hub, day, RATE)
            for number, dose in enumerate(plan.doses):
                if day and number == DOSES // 2:
                    noon(device, hub)
                give(device, dose)
            all_taken(device, hub, DOSES * (day + 1), RATE)
            board = device.read()["heap_board"]
            print(
                f"day {day + 1}: events {len(hub.events)}, doses taken {len(device.read()['taken'])}",
                flush=True,
            )
    except AssertionError:
        print(told(device)[-3000:])
        raise
    finally:
        hub.close()
        device.stop()
    assert "Traceback" not in told(device) and "MemoryError" not in told(device), told(device)[-3000:]
    found = re.findall(r"^live (\w+) (\d+) (\d+)$.*?max free sz: (\d+)", device.console(), re.M | re.S)
    return [
        (what, int(live) - board, int(free), int(piece) * BLOCK_BYTES) for what, live, free, piece in found
    ]


def noon(device: VirtualDispenser, hub: HubSide) -> None:
    """A receipt, a command by a stranger, and the power cut."""
    device.run(rate=RATE)
    hub.wait_for(DoseTaken, count=len(device.read()["taken"]))
    hub.receipt(len(hub.events))
    refused = len(hub.bodies(CommandRefused))
    hub.order(ActivatePlan(b"?" * 16, 1))
    hub.wait_for(CommandRefused, count=refused + 1)
    starts = len(hub.bodies(Booted))
    device.cut_power()
    device.power_on()
    hub.wait_for(Booted, count=starts + 1)


def told(device: VirtualDispenser) -> str:
    """The console without the readings."""
    return re.sub(r"(?ms)^live.*?max free sz: \d+\n", "", device.console())


def main() -> None:
    print(f"python -m bench.heap    (-X heapsize={heap('tablet')}, of it {FIRMWARE_BYTES} for the firmware)")
    with tempfile.TemporaryDirectory() as folder:
        readings = a_day(Path(folder))
    last_start = max(at for at, reading in enumerate(readings) if reading[0] == "keys")
    running = [live for what, live, _, _ in readings[last_start:] if what == "running"]
    for what, size in (
        ("live with keys, before the rooms", readings[last_start][1]),
        ("live after import and board", readings[last_start + 1][1]),
        ("live first minute", running[0]),
        ("live after the day (28 doses taken)", running[-1]),
        ("most live, once a minute", max(running)),
        ("least free", min(free for _, _, free, _ in readings)),
        ("smallest of the largest free pieces", min(piece for *_, piece in readings)),
    ):
        print(f"{what:40}{size:>9}")
    for model in MODELS:
        rows = weights(model)
        print(f"{model}: module, lines of code, .mpy bytes")
        for name, lines, size, resident in rows:
            print(f"{name:52}{lines:>6}{size:>8}  {'' if resident else 'dropped, or of the other board'}")
        stays = [row for row in rows if row[3]]
        lines, size = sum(row[1] for row in stays), sum(row[2] for row in stays)
        print(f"{model + ': resident in all':52}{lines:>6}{size:>8}")


if __name__ == "__main__":
    if sys.argv[1:] == ["days"]:
        with tempfile.TemporaryDirectory() as folder:
            days(Path(folder), DAYS, ROOT / "firmware")
    else:
        main()
