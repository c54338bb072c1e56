"""A root folder that boots: systemd-nspawn, with a network of its own that has a loopback address and nothing else."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from deploy.try_install.clean_root import SIDE_BY_SIDE

BOOT_LIMIT_S = 90.0
_LOOK_EVERY_S = 0.2


class NotSeenError(Exception):
    """Something that had to come true did not; the text says what."""


class Container:
    """The machine while it runs.  Its files can also be reached below `root`.  more: options of systemd-nspawn."""

    def __init__(self, root: Path, log: Path, more: tuple[str, ...] = ()) -> None:
        self.root = root
        self._more = more
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def __enter__(self) -> "Container":
        command = ["systemd-nspawn", "--quiet", "--boot", "--console=pipe", "--private-network"]
        command += [*SIDE_BY_SIDE, *self._more]
        with self._log.open("ab") as sink:
            self._process = subprocess.Popen(
                [*command, "-D", str(self.root)], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
            )
        self.until("the machine boots", self._booted, BOOT_LIMIT_S)
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)  # nspawn passes it on as an orderly power-off
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def run(self, *words: str, user: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program in the machine, as root or as `user`; its exit code is the caller's to look at."""
        if user is not None:
            words = ("runuser", "-u", user, "--", *words)
        enter = ["nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-n", "-p", "-C", "--"]
        return subprocess.run([*enter, *words], capture_output=True, text=True, check=False)

    def beside(self, *words: str, **more: object) -> "subprocess.Popen[bytes]":
        """Start a program of this machine in the container's network alone: a neighbour on its loopback address."""
        return subprocess.Popen(["nsenter", "-t", str(self._leader), "-n", "--", *words], **more)  # type: ignore[call-overload,no-any-return]

    def says(self, *words: str) -> str:
        """What a program writes to stdout, without the last line end."""
        return self.run(*words).stdout.strip()

    def until(self, what: str, true: Callable[[], object], limit_s: float = 60.0) -> None:
        """Wait for it.  Raises NotSeenError after limit_s."""
        deadline = time.monotonic() + limit_s
        while not true():
            if time.monotonic() > deadline:
                raise NotSeenError(f"{what}: not within {limit_s:.0f} s")
            time.sleep(_LOOK_EVERY_S)

    def _booted(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise NotSeenError("systemd-nspawn ended: " + self._log.read_text(errors="replace")[-300:])
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        if not children:
            return False
        self._leader = int(children[0])
        return self.says("systemctl", "is-system-running") in ("running", "degraded")
