"""The folder of one return: events, the signed erase record, and how far it has come.  A second run goes on from it.

STATE/returns/DEVICE_ID/events.jsonl       what the device held (tools/journal/event_file.py)
STATE/returns/DEVICE_ID/erase-record.cose  DeviceErased, signed by the key that is gone
STATE/returns/DEVICE_ID/case.json          device, port's serial number, counts, what has been done
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools.exit_codes import REFUSED
from tools.manners.service_record import state_folder
from tools.refusal import Refusal


class Case:
    """facts: JSON values by name; save() after each change."""

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self.folder = folder
        self.facts = facts

    @property
    def events(self) -> Path:
        return self.folder / "events.jsonl"

    @property
    def record(self) -> Path:
        return self.folder / "erase-record.cose"

    def save(self, **facts: object) -> None:
        """Keep these facts; on the disk when this returns.  Raises Refusal."""
        self.facts.update(facts)
        write_whole(self.folder / "case.json", json.dumps(self.facts, indent=1).encode())

    def keep_record(self, cose: bytes) -> None:
        """Keep the erase record; on the disk when this returns.  Raises Refusal."""
        write_whole(self.record, cose)


def case_of(device_id: str, serial_number: str) -> Case:
    """The case of this device, new or from an earlier run."""
    folder = state_folder() / "returns" / device_id
    facts = _read(folder / "case.json") or {"device": device_id}
    facts["serial_number"] = serial_number
    return Case(folder, facts)


def open_case(serial_number: str) -> Case | None:
    """The newest case of the board at this port that has been told to wipe and was not seen afterwards."""
    if not serial_number:
        return None
    found = []
    for file in (state_folder() / "returns").glob("*/case.json"):
        facts = _read(file) or {}
        if facts.get("serial_number") == serial_number and facts.get("wipe_asked") and not facts.get("wiped"):
            found.append((file.stat().st_mtime, Case(file.parent, facts)))
    return max(found, key=lambda row: row[0])[1] if found else None


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place whole, or leave the old one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise Refusal(
            REFUSED,
            f"{path} cannot be written ({error.strerror}). Make room, and run the same command again.",
        ) from error


def _read(path: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(facts, dict):
            return facts
    return None
