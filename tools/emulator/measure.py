"""Print what the emulator leaves to the firmware, and how fast it goes: `python -m tools.emulator.measure`."""

import tempfile
import time
from pathlib import Path

from tools.emulator.build import ROOT
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.process import heap

IDLE_S = 6 * 3600
SETTLE_MS = 10_000
FIRMWARES = (
    ("sample", ROOT / "tools/emulator/tests/sample_firmware", "bare"),
    ("dispenser", ROOT / "firmware", "tablet"),
)


def measured(firmware: Path, model: str, folder: Path) -> tuple[int, int, int, float]:
    """Heap bytes free before the firmware, free and alive when it idles; virtual seconds per real second when idle."""
    with VirtualDispenser(folder, model=model, rate=0, hold=True, firmware=firmware) as dispenser:
        dispenser.run(for_ms=SETTLE_MS)
        now = dispenser.ask("heap")
        begun_s = time.monotonic()
        dispenser.run(timeout_s=600, for_ms=IDLE_S * 1000)
        speed = IDLE_S / (time.monotonic() - begun_s)
        return dispenser.read()["heap_free"], now["free"], now["alive"], speed


def main() -> None:
    print(
        f"heap {heap('tablet')}: free before the firmware, free when it idles (bytes); idle: virtual s per real s"
    )
    for name, firmware, model in FIRMWARES:
        with tempfile.TemporaryDirectory() as folder:
            before, free, _, speed = measured(firmware, model, Path(folder))
        print(f"{name:10} before {before:7}  idle {free:7}  speed {speed:8.0f}")


if __name__ == "__main__":
    main()
