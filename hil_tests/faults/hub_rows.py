"""The hub itself: its process, its disk, its outbox, its clock."""

import contextlib
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from hil_tests.faults.rows import NotPossibleError, Row
from hil_tests.faults.stage import Stage

DISK = "3m"  # of the small disk; the outbox with its log of writes takes some 300 KB
DAY_S = 86_400


def killed(stage: Stage) -> str:
    """SIGKILL at a drawn moment between its start and two seconds later, while events come; started again at once."""
    for _ in range(stage.size):
        stage.pour(8)
        stage.pause(0.0, 2.0)
        stage.town.kill("hub")
        stage.town.start_again("hub")
    stage.poured()
    return f"{stage.size} x SIGKILL"


def disk_full(stage: Stage) -> str:
    """The disk under the hub's state fills up while events come, and has room again later; once it is killed so."""
    starts = 0
    with small_disk(stage):
        for n in range(stage.size):
            ballast = stage.town.hub_folder / "ballast"
            stage.pour(10)
            stage.pause(0.0, 0.5)
            _fill(ballast)
            if n % 2:
                stage.town.kill("hub")
                stage.town.start_again("hub")
                starts += 1
            stage.pour(20)
            stage.poured()
            ballast.unlink()
            stage.town.revive_hub()
        stage.poured()
        stage.settle()
    return f"{stage.size} x no room (ENOSPC), {starts} starts without room"


def outbox_damaged(stage: Stage) -> str:
    """The hub dies with events in its outbox; bytes of the file go bad; it starts again."""
    harms = []
    for n in range(stage.size):
        stage.town.kill("centre")  # so that much is without receipt
        stage.pour(15)
        stage.poured()
        stage.town.kill("hub")
        harms.append(_damage(stage, stage.town.hub_folder / "outbox.sqlite3", both=n % 2 == 0))
        stage.town.start_again("hub")
        stage.town.start_again("centre")
    aside = len(list(stage.town.hub_folder.glob("*.corrupt-*")))
    return f"{', '.join(harms)}; files set aside: {aside}"


def clock_steps(stage: Stage) -> str:
    """Somebody steps the machine's clock by up to two days, forwards and back, under a running hub."""
    told = []
    for _ in range(stage.size):
        days = stage.dice.uniform(-2, 2)
        told.append(f"{days:+.1f} d")
        stage.pour(10)
        stage.pause(0.0, 0.4)
        # The hub shows `rate` seconds for each of the machine's.
        stage.town.step(days * DAY_S / stage.town.rate)
        if stage.dice.random() < 0.5:
            stage.town.proxy.reset()
        if stage.dice.random() < 0.3:
            stage.town.kill("hub")
            stage.town.start_again("hub")
        stage.poured()
    stage.town.step(0)
    stage.pour(5)
    stage.poured()
    return "steps " + ", ".join(told)


@contextlib.contextmanager
def small_disk(stage: Stage) -> Iterator[None]:
    """Put the hub's state on a disk of its own, so small that it can be filled; afterwards back where it was."""
    folder, town = stage.town.hub_folder, stage.town
    kept = folder.with_name("hub-kept")
    _try_mount(folder.with_name("can-mount"))
    town.end("hub")
    shutil.copytree(folder, kept)
    _mount(folder)
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        town.start_again("hub")
        yield
        town.end("hub")
        shutil.rmtree(kept)
        shutil.copytree(folder, kept)
    finally:
        town.kill("hub")
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        shutil.rmtree(kept)
        town.start_again("hub")


def _mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=True)


def _try_mount(folder: Path) -> None:
    """Raise NotPossibleError where a disk cannot be mounted."""
    folder.mkdir(exist_ok=True)
    try:
        _mount(folder)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise NotPossibleError("a small disk needs the right to mount") from fault
    subprocess.run(["umount", str(folder)], check=True)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1024))


def _damage(stage: Stage, outbox: Path, both: bool) -> str:
    """Spoil the file, its log of writes, or both, in a drawn way; returns which."""
    dice, log = stage.dice, outbox.with_name(outbox.name + "-wal")
    harm = "file and log" if both else dice.choice(("header", "pages", "cut off", "log"))
    if harm == "cut off":
        os.truncate(outbox, dice.randrange(outbox.stat().st_size))
    elif harm == "header":
        _spoil(outbox, dice, pieces=1, first=100)
    if harm in ("pages", "file and log"):
        _spoil(outbox, dice, pieces=6)
    if harm in ("log", "file and log") and log.exists():
        _spoil(log, dice, pieces=6)
    return harm


def _spoil(path: Path, dice: random.Random, pieces: int, first: int = 0) -> None:
    """Random bytes, at the beginning or anywhere."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        for _ in range(pieces if size else 0):
            file.seek(0 if first else dice.randrange(size))
            file.write(dice.randbytes(first or min(512, size - file.tell())))


HUB_ROWS = (
    Row("hub killed", killed, 20, 200),
    Row("hub disk full", disk_full, 2, 8),
    Row("outbox damaged", outbox_damaged, 3, 12, fills_later=True),
    Row("hub clock steps", clock_steps, 3, 20),
)
