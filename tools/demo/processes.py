"""Child processes that end when we end, however we end."""

import ctypes
import signal
import subprocess
import sys
from pathlib import Path

END_LIMIT_S = 8
# prctl(2): the kernel sends the child this signal when its parent dies, so that not even SIGKILL leaves an orphan.
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Processes:
    """Started in order, ended in reverse.  Each one's words go to LOGS/NAME.log."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start `command` in a session of its own: Ctrl-C at the terminal reaches us alone, and we end it in order."""
        with self.log(name).open("ab") as sink:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self._running.append((name, process))
        return process

    def log(self, name: str) -> Path:
        """Where the words of `name` go."""
        return self._logs / f"{name}.log"

    def ended(self) -> str | None:
        """Return the name of a process that is gone though nobody asked it to, or None."""
        return next((name for name, process in self._running if process.poll() is not None), None)

    def end(self, name: str) -> None:
        """End one process: ask first, insist after END_LIMIT_S."""
        for entry in [entry for entry in self._running if entry[0] == name]:
            _end(entry[1])
            self._running.remove(entry)

    def end_all(self) -> None:
        """End all, the last one started first."""
        while self._running:
            _end(self._running.pop()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
