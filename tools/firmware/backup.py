"""A copy of what a device knows, before anything of it is touched: journal and settings, and never a key."""

import os
import re
import time
from pathlib import Path

from tools.exit_codes import REFUSED
from tools.firmware.receiver import Receiver
from tools.manners.service_record import state_folder
from tools.manners.talk import Talk
from tools.refusal import Refusal

JOURNAL, SETTINGS = "/data/journal", "/data/settings"
# Named one by one: a setting that nobody thought of here stays on the device.  Not here: the device's key and its
# tables; `credentials`, the hashes of people's PINs (docs/decisions/0024); `command`, which may carry one of them.
PLAIN = ("boot", "centre_point", "ledger", "plan_active", "plan_stored", "certificate")
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")  # whatever a board says: no name leaves the folder


def back_up(files: Receiver, serial_number: str, talk: Talk) -> Path | None:
    """Copy journal and plain settings to the technician's disk; None when the device has none.  Raises Refusal."""
    wanted = [f"{JOURNAL}/{name}" for name in files.names(JOURNAL) if _NAME.fullmatch(name)]
    for name in files.names(SETTINGS):
        if name.rsplit(".", 1)[0] in PLAIN and name[-2:] in (".0", ".1") and _NAME.fullmatch(name):
            wanted.append(f"{SETTINGS}/{name}")
    if not wanted:
        return None
    folder = _new_folder(serial_number)
    for done, path in enumerate(wanted):
        talk.progress("back up", done, len(wanted))
        _keep(folder / Path(path).relative_to("/data"), files.get(path))
    talk.progress("back up", len(wanted), len(wanted))
    talk.note("backed up", files=len(wanted), folder=str(folder))
    return folder


def _new_folder(serial_number: str) -> Path:
    """Under backups/SERIAL/, by the time.  A serial number from the cable names no other place."""
    name = "".join(character for character in serial_number if character.isalnum())[:64] or "unknown"
    return state_folder() / "backups" / name / time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())


def _keep(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise Refusal(
            REFUSED,
            f"No copy of the device can be written to {path.parent} ({error.strerror}); nothing was changed.",
        ) from error
