"""The hub's settings as files: one hub.toml, then conf.d/*.toml beside it in the order of their names; later wins.

A table of a later file is laid over the earlier one key by key; any other value, a list of [[port]] too, replaces the
earlier one as a whole.
"""

import tomllib
from pathlib import Path
from typing import Any

Place = tuple[str | int, ...]  # ("port", 0, "baud"): where a value stands in the tables


class FileRefusedError(Exception):
    """A file cannot be read, or is not TOML.  The text is a sentence that names the file and, if known, the line."""


class ConfigFiles:
    """The files as read; `tables` is what they say together."""

    def __init__(self, main: Path) -> None:
        """Read them all.  Raises FileRefusedError.  main: hub.toml; a missing conf.d is an empty one."""
        self._main = main
        more = sorted(main.parent.joinpath("conf.d").glob("*.toml"))
        self._texts = [(path, _text(path)) for path in (main, *more)]
        self.tables: dict[str, Any] = {}
        for path, text in self._texts:
            _lay_over(self.tables, _parsed(path, text))

    def where(self, place: Place) -> str:
        """ "file:line" of a value, or of what is nearest around one that is missing, in the file that won."""
        for length in range(len(place), 0, -1):
            for path, text in reversed(self._texts):
                line = _line_of(text, place[:length])
                if line is not None:
                    return f"{path}:{line}"
        return str(self._main)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise FileRefusedError(
            f"{path}: cannot be read ({fault.strerror}); check the path after --config."
        ) from fault
    except UnicodeDecodeError as fault:
        raise FileRefusedError(f"{path}: is not TOML ({fault}); write it as UTF-8.") from fault


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise FileRefusedError(f"{path}: is not TOML ({fault}); correct that line.") from fault
    except (
        ValueError,
        RecursionError,
    ) as fault:  # TOML, but with a number or nesting that Python does not take
        raise FileRefusedError(f"{path}: holds a value that nothing needs ({fault}); remove it.") from fault


def _lay_over(under: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        below = under.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            _lay_over(below, value)
        else:
            under[key] = value


def _line_of(text: str, place: Place) -> int | None:
    """The line that completes the value: after it, and not before, the parser itself sees it.  From 1.

    One parser, so that no second one of ours can disagree with it; a config has few lines, and this is for faults only.
    """
    if not _holds(tomllib.loads(text), place):
        return None
    lines = text.splitlines(keepends=True)
    for count in range(1, len(lines) + 1):
        try:
            tables = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:  # inside a value of several lines
            continue
        if _holds(tables, place):
            return count
    return None


def _holds(tables: Any, place: Place) -> bool:
    for step in place:
        if isinstance(step, int):
            if not isinstance(tables, list) or step >= len(tables):
                return False
        elif not isinstance(tables, dict) or step not in tables:
            return False
        tables = tables[step]
    return True
