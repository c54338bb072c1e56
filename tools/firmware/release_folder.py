"""The folder of the release key: the sealed key, its public point, and what has been released with it so far."""

import json
import time
from pathlib import Path
from typing import Any

from tools.authority.keys import PrivateKey
from tools.authority.opened_key import opened_key
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal

KEY, POINT = "release.key", "release.pub"
RELEASED = "released.jsonl"  # a line for each release, never rewritten


def unsealed(folder: Path, passphrase_file: Path | None) -> PrivateKey:
    """The release key; asks for its passphrase if it has one and no file gives it.  Raises Refusal."""
    path = folder / KEY
    if not path.exists():
        raise Refusal(USAGE, f"There is no {path}. Make a key with: dosevakt release key")
    return opened_key(path, passphrase_file)


def last_sequence(folder: Path) -> int:
    """The highest sequence released so far; 0 before the first."""
    path = folder / RELEASED
    try:
        lines = path.read_text().splitlines() if path.exists() else []
        return max((int(json.loads(line)["sequence"]) for line in lines), default=0)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(REFUSED, f"{path} cannot be understood; bring it back from the copy.") from error


def note_release(folder: Path, version: str, sequence: int, bundles: list[dict[str, Any]]) -> None:
    """Keep what was released: its sequence is never used again."""
    row = {"t": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "version": version, "sequence": sequence}
    digests = {one["device_class"]: one["digest"] for one in bundles}
    try:
        with (folder / RELEASED).open("a") as file:
            file.write(json.dumps(row | {"digests": digests}) + "\n")
    except OSError as error:
        raise Refusal(REFUSED, f"{folder / RELEASED} cannot be written: {error.strerror}.") from error
