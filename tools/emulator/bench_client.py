"""The bench channel's client side: ask, and hear events."""

import socket
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from tools.emulator.json_lines import Lines, short_path

ANSWER_S = 30.0
UNASKED = 0  # the id of a request whose answer nobody waits for


class BenchError(Exception):
    """The bench refused; the text is its sentence."""


class BenchClient:
    """One connection; may be used from several threads.  Raises OSError when nobody listens at `path`."""

    def __init__(self, path: Path) -> None:
        self._stream = socket.socket(socket.AF_UNIX)
        with short_path(path) as address:
            self._stream.connect(address)
        self._lines = Lines(self._stream)
        self._lock = threading.RLock()
        self._last_id = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self.events: deque[dict[str, Any]] = deque()

    def ask(self, do: str, timeout_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        """The answer's facts.  Raises BenchError with the bench's sentence, TimeoutError, ConnectionError."""
        with self._lock:
            self._last_id += 1
            number = self._last_id
            self._lines.send({"id": number, "do": do, **fields})
            self._hear_until(lambda: number in self._answers, timeout_s, f"no answer to '{do}'")
            answer = self._answers.pop(number)
        if not answer["ok"]:
            raise BenchError(answer["error"])
        return {name: value for name, value in answer.items() if name not in ("id", "ok")}

    def watch(self, on: bool = True) -> None:
        self.ask("watch", on=on)

    def watch_from_the_start(self) -> None:
        """For a board that has no power yet, and nobody who answers: its first event is heard, too."""
        self._lines.send({"id": UNASKED, "do": "watch"})

    def wait_event(self, name: str, timeout_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        """The next event of that name with these fields, heard now or before and not yet taken."""
        found: list[dict[str, Any]] = []

        def looked_through() -> bool:
            for event in list(self.events):
                if event["event"] == name and fields.items() <= event.items():
                    self.events.remove(event)
                    found.append(event)
                    return True
            return False

        with self._lock:
            self._hear_until(looked_through, timeout_s, f"no event '{name}'")
        return found[0]

    def close(self) -> None:
        self._stream.close()

    def _hear_until(self, satisfied: Any, timeout_s: float, complaint: str) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not satisfied():
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"The bench gave {complaint} within {timeout_s:g} s.")
            self._hear(left_s)

    def _hear(self, longest_s: float) -> None:
        self._stream.settimeout(longest_s)
        try:
            messages = self._lines.received()
        except TimeoutError:
            return
        finally:
            self._stream.settimeout(ANSWER_S)
        if self._lines.closed:
            raise ConnectionError("The virtual dispenser has ended.")
        for message in messages:
            if "event" in message:
                self.events.append(message)
            elif message["id"] != UNASKED:
                self._answers[message["id"]] = message
