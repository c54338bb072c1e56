"""What somebody before the dispenser sees, hears and takes out."""

import json
from pathlib import Path
from typing import Any

from tools.emulator.ear import Ear
from tools.emulator.glyphs import read_lines
from tools.emulator.picture import png


class Seen:
    """folder: the board's, where its screen lies; what was taken is kept there over power-ons."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken = self._taken_before()
        self._ear = Ear()

    def event(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The board has told an event; returns the one that follows from it for the watchers, if any."""
        if message["event"] == "taken":
            self._taken.append(_taken(message))
            (self._folder / "taken.json").write_text(json.dumps(self._taken))
        elif message["event"] == "tone":
            self._ear.hear(message)
        elif message["event"] == "screen":
            return {"event": "text", "t_ms": message["t_ms"], "lines": read_lines(self._picture())}
        return None

    def power_lost(self) -> None:
        """A tone that sounds ends."""
        self._ear.deaf()

    def facts(self, now_ms: int) -> dict[str, Any]:
        """For a reading of the bench."""
        return {
            "text": read_lines(self._picture()),
            "taken": self._taken,
            "sound": self._ear.pattern(now_ms),
            "sounded": self._ear.counts(now_ms),
        }

    def screen_png(self) -> bytes:
        return png(self._picture())

    def _picture(self) -> bytes:
        path = self._folder / "screen.bin"
        return path.read_bytes() if path.exists() else b""

    def _taken_before(self) -> list[Any]:
        path = self._folder / "taken.json"
        return list(json.loads(path.read_text())) if path.exists() else []


def _taken(message: dict[str, Any]) -> list[Any]:
    """[slot, pills, utc_s] of a tray, [label, pills] of a roll."""
    if "label" in message:
        return [message["label"], message["n"]]
    return [message["slot"], message["n"], message["utc_s"]]
