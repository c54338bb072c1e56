"""The service record: one file for each run of a command that touches a device, a JSON line for each thing done.

It holds serial numbers, versions and hashes; no key, no password, no patient.  It lies with the person who ran the
command, as `dosevakt` in the folder that the XDG Base Directory Specification calls XDG_STATE_HOME.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

KEPT = 500  # files; a technician's year


class ServiceRecord:
    """What one run does.  A disk that cannot be written costs the record, never the work."""

    def __init__(self, command: str, folder: Path | None = None) -> None:
        self._path = (folder or state_folder()) / _name(command)
        self.problem: str | None = None  # one sentence, once writing has failed
        self.note("started", command=command, by=os.getuid())

    @property
    def path(self) -> Path:
        return self._path

    def note(self, what: str, **facts: Any) -> None:
        """Write one line now, so that it is there if the next second goes wrong."""
        if self.problem:
            return
        line = json.dumps({"t": _utc(), "what": what, **facts}, ensure_ascii=False, default=str)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line + "\n")
            if what == "started":
                _forget_old(self._path.parent)
        except OSError as error:
            where = f"{self._path.parent} ({error.strerror})"
            self.problem = f"No service record can be written at {where}; the work goes on."


def state_folder() -> Path:
    """Where records, and copies of what was on a device, are kept."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "dosevakt"


def _forget_old(folder: Path) -> None:
    for old in sorted(folder.glob("*.jsonl"))[:-KEPT]:
        old.unlink(missing_ok=True)


def _utc() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _name(command: str) -> str:
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{command}-{os.getpid()}.jsonl"
