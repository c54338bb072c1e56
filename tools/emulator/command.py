"""`dosevakt emulate`: one virtual dispenser, alone, until Ctrl-C."""

import contextlib
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from tools.emulator.build import BOARD, BuildError
from tools.emulator.pace import Pace
from tools.emulator.settings import BoardError, Settings
from tools.emulator.supervisor import Supervisor

HIGHEST_RATE = 10_000
OK, REFUSED = 0, 2


def run(
    model: str = "tablet",
    port_link: Path = Path("dosevakt-port"),
    rate: float = 1.0,
    bench: Path | None = None,
    folder: Path | None = None,
    name: str = "d1",
    stock: bool = False,
    usb_link: Path | None = None,
) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code.

    Prints one JSON line on stdout when port and bench are there: {"port", "usb", "serial", "bench", "folder"}.  What it
    refuses is one sentence on stderr.  Without `folder`, flash and mechanics are forgotten at the end.
    """
    refusal = _refusal(model, rate)
    if refusal:
        return _refused(refusal)
    with _folder(folder) as home:
        usb = _absolute(usb_link or home / "usb")
        settings = Settings(
            home,
            name,
            model,
            _absolute(port_link),
            _absolute(bench or home / "bench.sock"),
            stock=stock,
            usb_links=(usb,),
        )
        try:
            supervisor = Supervisor(settings, Pace(rate, None))
        except (BuildError, OSError) as problem:
            return _refused(str(problem))
        _stop_on_signals(supervisor)
        where = {
            "port": str(settings.port_link),
            "usb": str(usb),
            "serial": settings.unique_id,
            "bench": str(settings.bench),
            "folder": str(home),
        }
        print(json.dumps(where), flush=True)
        try:
            supervisor.run()
        except BoardError as broken:
            return _refused(str(broken))
    return OK


def _refusal(model: str, rate: float) -> str | None:
    if model not in models():
        return f"There is no model '{model}'; choose one of: {', '.join(models())}."
    if not 0 <= rate <= HIGHEST_RATE:
        return f"The rate {rate:g} is out of bounds: 0 (as fast as it goes) to {HIGHEST_RATE}."
    return None


def models() -> list[str]:
    """Boards that can be emulated: the wiring lists, the files with a build()."""
    return sorted(
        path.stem for path in BOARD.glob("*.py") if "\ndef build(wiring, world, clock):" in path.read_text()
    )


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED


def _absolute(path: Path) -> Path:
    return path.parent.resolve() / path.name


@contextlib.contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="dosevakt-") as temporary:
        yield Path(temporary)


def _stop_on_signals(supervisor: Supervisor) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        supervisor.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
