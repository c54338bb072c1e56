"""Heap of the firmware over a day with a 28-dose plan, and what each module weighs.

    python -m bench.heap

Runs the unchanged rooms in MicroPython at -X heapsize=340k on the virtual board; a copy of app.py prints the live heap.
Objects of the unix port are twice as large as the chip's.
"""

import re
import shutil
import tempfile
from pathlib import Path

from firmware.tests.hub_side import HubSide
from protocol.commands import ActivatePlan, Dose, LoadPlan, StoreLoadPlan
from protocol.events import CommandAccepted, DoseTaken, PlanActivated
from tools.emulator.build import ROOT, build
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.process import HEAP

RATE = 10.0
DOSES = 28
EVERY_S = 3000
WINDOW_S = 900
PRINT = "gc.collect(); print('live', {what!r}, gc.mem_alloc(), gc.mem_free())"
RARE = (
    "command_work plan orders commands load_plan receipt_work receipts make_comb tablet_pico path_messages "
    "main opening compaction damage"
).split()


def instrumented(folder: Path) -> Path:
    """A copy of the firmware that prints its live heap when loaded and once a minute."""
    copy = folder / "firmware"
    shutil.copytree(ROOT / "firmware", copy)
    main, app = copy / "main.py", copy / "app.py"
    text = main.read_text().replace(
        "    app = build_app", "    " + PRINT.format(what="keys") + "\n    app = build_app"
    )
    main.write_text(text.replace("    try:\n", "    " + PRINT.format(what="import") + "\n    try:\n", 1))
    line = "self._recorder.tidy()"
    assert line in app.read_text()
    app.write_text("import gc\n" + app.read_text().replace(line, line + "; " + PRINT.format(what="running")))
    return copy


def a_day(folder: Path) -> list[tuple[str, int, int]]:
    """Live and free bytes: (when, live, free), in order, over one day of 28 doses taken."""
    device = VirtualDispenser(folder / "unit", rate=RATE, firmware=instrumented(folder))
    device.start()
    hub = HubSide(device.port, RATE)
    try:
        hub.trust()
        hub.set_clock(lambda: device.read()["utc_s"])
        first_s = device.read()["utc_s"] + 600
        rows = [
            Dose(bytes([n + 1] * 16), n + 1, first_s + n * EVERY_S, 0, WINDOW_S, 2, 0, "Morgenmedisin")
            for n in range(DOSES)
        ]
        plan = LoadPlan(b"p" * 16, 1, 1, rows, [(0, 3600)], None, "nb", [(1320, 420)])
        device.fill(dict.fromkeys(range(1, DOSES + 1), 2))
        hub.order(StoreLoadPlan(plan))
        hub.wait_for(CommandAccepted, count=2)
        hub.order(ActivatePlan(plan.plan_id, 1))
        hub.wait_for(PlanActivated)
        for dose in rows:
            device.run(for_ms=1000 * (dose.due_s + 60 - device.read()["utc_s"]), rate=0)
            device.press()
            device.run(for_ms=15000, rate=0)
            device.take()
            device.run(for_ms=5000, rate=0)
        device.run(rate=RATE)
        hub.wait_for(DoseTaken, count=DOSES)
        hub.receipt(len(hub.events))
        device.run(for_ms=120_000, rate=0)
        taken = len(device.read()["taken"])
        assert taken == DOSES, taken
    except AssertionError:
        print(re.sub(r"(?m)^live.*\n", "", device.console())[-3000:])
        raise
    finally:
        hub.close()
        device.stop()
    found = re.findall(r"^live (\w+) (\d+) (\d+)$", device.console(), re.M)
    told = re.sub(r"(?m)^live.*\n", "", device.console())
    assert "Traceback" not in told, told[-2000:]
    print(f"events {len(hub.events)}, starts {device.console().count('live import')}")
    return [(what, int(live), int(free)) for what, live, free in found]


def modules() -> list[tuple[str, int, int, bool]]:
    """(module, lines, .mpy bytes, resident) of all device code."""
    rows = []
    for package in ("firmware", "protocol"):
        target = build(package, ROOT / package)
        for mpy in sorted(target.rglob("*.mpy")):
            source = (ROOT / package / mpy.relative_to(target)).with_suffix(".py")
            lines = len([line for line in source.read_text().splitlines() if line.strip()])
            resident = source.stem not in RARE and source.parent.name != "words"
            rows.append((f"{package}/{mpy.relative_to(target)}", lines, mpy.stat().st_size, resident))
    return rows


def main() -> None:
    print(f"python -m bench.heap    (-X heapsize={HEAP}, the virtual board's own memory included)")
    with tempfile.TemporaryDirectory() as folder:
        readings = a_day(Path(folder))
    last_start = max(at for at, reading in enumerate(readings) if reading[0] == "keys")
    board = readings[last_start][1]
    imported = readings[last_start + 1][1]
    running = [live for what, live, _ in readings[last_start:] if what == "running"]
    least_free = min(free for _, _, free in readings)
    print(f"{'live with keys, before the rooms':40}{board:>9}")
    print(f"{'live after import and board':40}{imported:>9}")
    print(f"{'live first minute':40}{running[0]:>9}")
    print(f"{'live after the day (28 doses taken)':40}{running[-1]:>9}")
    print(f"{'most live, once a minute':40}{max(running):>9}")
    print(f"{'least free':40}{least_free:>9}")
    total_lines = total_bytes = 0
    for name, lines, size, resident in modules():
        total_lines += lines * resident
        total_bytes += size * resident
        print(f"{name:48}{lines:>6}{size:>8}  {'' if resident else 'dropped or rare'}")
    print(f"{'resident: lines that are not blank, .mpy bytes':48}{total_lines:>6}{total_bytes:>8}")


if __name__ == "__main__":
    main()
