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
        self._commands: dict[str, list[str]] = {}

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
        self._commands[name] = command
        return process

    def start_again(self, name: str) -> subprocess.Popen[bytes]:
        """Start one that has ended, as it was started before."""
        return self.start(name, self._commands[name])

    def kill(self, name: str) -> None:
        """End one process as a power cut would: it gets no chance to say goodbye or to save."""
        for entry in [entry for entry in self._running if entry[0] == name]:
            entry[1].kill()
            entry[1].wait()
            self._running.remove(entry)

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
