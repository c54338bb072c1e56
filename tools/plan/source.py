"""Read what somebody wrote of a plan: TOML or JSON, one dictionary, and the text for naming lines."""

import json
import tomllib
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from tools.exit_codes import REFUSED
from tools.manners.named_file import read_named
from tools.refusal import Refusal

MAX_BYTES = 200_000  # the longest roll, written dose by dose, has 40 KB


@dataclass(frozen=True)
class Written:
    """A plan as it was written."""

    path: Path
    text: str
    fields: Any


def read_written(path: Path, data: bytes) -> Written:
    """The plan in this file.  Raises Refusal that names the line where the file stops being TOML or JSON."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refusal(REFUSED, f"{path}:{line}: The file is no text in UTF-8; save it as UTF-8.") from error
    fields = (
        _json(path, text) if text.lstrip()[:1] in ("{", "[") and path.suffix != ".toml" else _toml(path, text)
    )
    return Written(path, text, fields)


def read_bytes(path: Path) -> bytes:
    """The file's bytes.  Raises Refusal."""
    data = read_named(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise Refusal(REFUSED, f"{path} is no plan: it has more than {MAX_BYTES} bytes.")
    return data


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Refusal(REFUSED, f"{path}:{error.lineno}: The file is no JSON here: {error.msg}.") from error
    except (ValueError, RecursionError) as error:  # a number of a million digits, a thousand brackets
        raise Refusal(REFUSED, f"{path}: The file is no JSON that a plan could be.") from error


def _toml(path: Path, text: str) -> Any:
    try:
        return _plain(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).partition(" (at line ")
        line = place.split(",")[0]
        where = f"{path}:{line}" if line.isdigit() else f"{path}"
        raise Refusal(REFUSED, f"{where}: The file is no TOML here: {words}.") from error
    except (ValueError, RecursionError) as error:
        raise Refusal(REFUSED, f"{path}: The file is no TOML that a plan could be.") from error


def _plain(value: Any) -> Any:
    """TOML knows days and times of its own; a plan has them as text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, time):
        return value.strftime("%H:%M") if value.second == value.microsecond == 0 else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
