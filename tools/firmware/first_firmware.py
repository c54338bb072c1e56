"""A board with nothing on it, or with an old MicroPython: it waits in BOOTSEL mode, and gets MicroPython first."""

import time
from pathlib import Path

from tools.exit_codes import TIMED_OUT, USAGE
from tools.firmware.uf2 import Uf2, copy_to_drive, load_by_picotool, suits
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.ports import DEVICE, LOOK_S, Candidate, candidates

START_S = 30.0  # the board restarts, and formats its flash if that holds no files yet: 3 s on a Pico


def micropython_onto(drive: Candidate, image: Uf2 | None, talk: Talk) -> Candidate:
    """Put MicroPython on the board at `drive`; returns the device it becomes.  Raises Refusal.

    In BOOTSEL mode a board has no serial number of its own, so the new device is the one that was not there before.
    """
    if image is None:
        raise Refusal(
            USAGE,
            f"The board at {drive.path} has no MicroPython: name its file with --uf2, from micropython.org.",
        )
    suits(image, drive.product)
    before = {(one.serial_number, one.mark) for one in candidates() if one.kind == DEVICE}
    talk.confirm(f"Put {image.path.name} on the board at {drive.path}? What lies in its files stays.")
    if talk.dry_run:
        raise Refusal(
            USAGE,
            f"With --dry-run the board at {drive.path} stays without MicroPython: nothing more to check.",
        )
    total = len(image.data)
    if Path(drive.path).is_dir():
        copy_to_drive(image, Path(drive.path), lambda done: talk.progress("MicroPython", done, total))
    else:
        load_by_picotool(image, drive.serial_number)
    talk.note("micropython", file=image.path.name, bytes=total)
    return _appeared(before)


def _appeared(before: set[tuple[str, str]]) -> Candidate:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        fresh = [
            one for one in candidates() if one.kind == DEVICE and (one.serial_number, one.mark) not in before
        ]
        if len(fresh) > 1:
            names = ", ".join(map(str, fresh))
            raise Refusal(
                USAGE, f"Several devices appeared at once ({names}). Name one with --device SERIAL."
            )
        if fresh:
            return fresh[0]
        time.sleep(LOOK_S)
    raise Refusal(
        TIMED_OUT,
        "MicroPython was copied, and no device appeared. Unplug the board, plug it in, and run this again.",
    )
