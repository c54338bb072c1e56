"""How far a long step has come: a bar where somebody looks, a line now and then where a log is kept, or events."""

import json
import time
from collections.abc import Callable
from typing import IO, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

PART = 0.05  # a line for each 5 %


class Shown(Protocol):
    """One way to show progress."""

    def at(self, phase: str, done: int, total: int) -> None:
        """`done` of `total` of this phase."""

    def end(self) -> None:
        """Nothing more comes for now: other lines may be written."""


class Bar:
    """For a terminal, on stderr."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._task: tuple[str, TaskID] | None = None

    def at(self, phase: str, done: int, total: int) -> None:
        if self._progress is None:
            columns = (
                TextColumn("{task.description:<10}"),
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
            )
            self._progress = Progress(*columns, console=self._console)
            self._progress.start()
        if self._task is None or self._task[0] != phase:
            self._task = phase, self._progress.add_task(phase, total=total)
        self._progress.update(self._task[1], completed=done, total=total)

    def end(self) -> None:
        if self._progress is not None:
            self._progress.stop()
        self._progress = self._task = None


class Lines:
    """For a log: one line for each 5 %."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._said: tuple[str, int] = ("", -1)

    def at(self, phase: str, done: int, total: int) -> None:
        said = phase, int(done / total / PART + 1e-9) if total else int(1 / PART)
        if said != self._said:
            self._said = said
            print(f"{phase}: {round(said[1] * PART * 100)} %", file=self._stream, flush=True)

    def end(self) -> None:
        pass


class Events:
    """For a script: NDJSON on stdout, at most one event for each percent."""

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._said: tuple[str, int] = ("", -1)

    def at(self, phase: str, done: int, total: int) -> None:
        said = phase, done * 100 // total if total else 100
        if said != self._said:
            self._said = said
            self._emit(phase=phase, done=done, total=total)

    def end(self) -> None:
        pass


def ndjson(stream: IO[str], **facts: object) -> None:
    """One event: a JSON object on a line of its own, with `t`, seconds since 1970."""
    stream.write(json.dumps({"t": round(time.time(), 3), **facts}, ensure_ascii=False, default=str) + "\n")
    stream.flush()
