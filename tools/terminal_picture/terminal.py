"""A terminal at which a command is typed as a technician types it; all that stood there is kept."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

from tools.terminal_picture.screen import Screen

ROWS, COLUMNS = 50, 100
PATIENCE_S = 100.0  # for the busiest machine; nothing waits for it when all is well


@dataclass(frozen=True)
class Typed:
    """One command and what came of it.  output: with its control codes; text: as it stood on the terminal."""

    command: str
    output: str
    code: int

    @property
    def text(self) -> str:
        """What stood there at the end."""
        screen = Screen()
        screen.write(self.output)
        return screen.text()


@dataclass
class Terminal:
    """environment: added to what a login shell has.  folder: where the commands run."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    typed: list[Typed] = field(default_factory=list)

    def type(self, command: str, answers: dict[str, str] | None = None) -> Typed:
        """Type one command; for each question (its words) the answer, in order.  Waits for the end.

        Raises pexpect.TIMEOUT or pexpect.EOF, with what was seen, when a question does not come.
        """
        child = pexpect.spawn(
            "/bin/sh",
            ["-c", f"exec {command}"],
            cwd=str(self.folder),
            env=self._environment(),
            encoding="utf-8",
            timeout=PATIENCE_S,
            dimensions=(ROWS, COLUMNS),
        )
        seen = ""
        for question, answer in (answers or {}).items():
            child.expect_exact(question)
            seen += child.before + child.after
            child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        code = child.exitstatus if child.exitstatus is not None else 128 + (child.signalstatus or 0)
        self.typed.append(Typed(command, seen + child.before, code))
        return self.typed[-1]

    def _environment(self) -> dict[str, str]:
        """Our command comes first on the path."""
        path = f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin"
        base = {"PATH": path, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(self.folder)}
        kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        return {**base, **kept, **self.environment}
