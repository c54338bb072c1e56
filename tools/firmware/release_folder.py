"""The folder of the release key: the sealed key, its public point, and what has been released with it so far."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import typer

from tools.authority.keys import KeyFileError, PassphraseError, PrivateKey, load_key
from tools.authority.passphrase import first_line
from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal

KEY, POINT = "release.key", "release.pub"
RELEASED = "released.jsonl"  # a line for each release, never rewritten


def unsealed(folder: Path, passphrase_file: Path | None) -> PrivateKey:
    """The release key; asks for its passphrase if it has one and no file gives it.  Raises Refusal."""
    path = folder / KEY
    passphrase = None if passphrase_file is None else first_line(passphrase_file)
    try:
        try:
            return load_key(path, passphrase)
        except PassphraseError:
            if passphrase_file is not None or not sys.stdin.isatty():
                raise
            return load_key(path, str(typer.prompt("Passphrase of release.key", hide_input=True, err=True)))
    except (PassphraseError, KeyFileError) as error:
        raise Refusal(
            REFUSED, f"{error}: give the passphrase with --passphrase-file, or at a terminal."
        ) from error
    except OSError as error:
        raise Refusal(
            USAGE, f"{path} cannot be read: {error.strerror}. Make a key with: dosevakt release key"
        ) from error


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
