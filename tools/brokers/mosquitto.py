"""The real mosquitto with the configuration that a municipality gets from deploy/mosquitto."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tools.authority.installation import Installation
from tools.brokers.ports import free_port, wait_for_listener

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "mosquitto"
START_LIMIT_S = 15


class Mosquitto:
    """One broker on the loopback address.  Its state survives kill() and the next start()."""

    def __init__(self, folder: Path, installation: Installation, port: int = 0) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._installation = installation
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and return when it listens.  Raises OSError with its own words when it does not."""
        log = self.folder / "mosquitto.log"
        command = mosquitto_command(self.folder, self._installation, self.port)
        with log.open("ab") as sink:
            self._process = subprocess.Popen(command, stdout=sink, stderr=sink)
        if not wait_for_listener(self.port, START_LIMIT_S, self._process):
            self.kill()
            raise OSError(f"mosquitto does not listen on port {self.port}: {log.read_text()[-500:]}")

    @property
    def pid(self) -> int:
        """Of the running broker."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Ask it to end, so that it saves its sessions, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> "Mosquitto":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


def mosquitto_command(folder: Path, installation: Installation, port: int) -> list[str]:
    """Write the configuration into `folder`, where its state lives too, and return what starts the broker with it.

    Raises OSError when mosquitto is not installed.
    """
    state = folder / "mosquitto-state"
    state.mkdir(parents=True, exist_ok=True)
    # mosquitto drops root's rights to a user of its own, who could not read the keys: stay who we are.
    lines = [f"user {_own_name()}", "log_dest stderr", f"persistence_location {state}/"]
    words = {
        "port": port,
        "bind": "127.0.0.1",
        "ca": installation.ca,
        "crl": installation.crl,
        "certificate": installation.server.certificate,
        "key": installation.server.key,
        "acl": DEPLOY / "acl",
    }
    config = folder / "mosquitto.conf"
    template = (DEPLOY / "mosquitto.conf").read_text()
    config.write_text(fill_in(template, {k: str(v) for k, v in words.items()}) + "\n".join(lines) + "\n")
    return [_program(), "-c", str(config)]


def fill_in(template: str, words: dict[str, str]) -> str:
    """Return `template` with each {word} replaced outside comments.  Raises KeyError for a word nobody gave."""
    return (
        "\n".join(line if line.startswith("#") else line.format_map(words) for line in template.splitlines())
        + "\n"
    )


def _program() -> str:
    # Debian keeps it in a folder that an ordinary user's PATH may lack.
    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        raise OSError("mosquitto is not installed: sudo apt install mosquitto")
    return found


def _own_name() -> str:
    return "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
