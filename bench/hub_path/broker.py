"""mosquitto with two doors: one plain, for the receiver and for gateways without TLS, and one with mutual TLS.

As it comes, but for limits that a flood would meet, and sessions saved every second.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from bench.hub_path.keys import Keys
from tools.brokers.ports import free_port, wait_for_listener

_START_S = 15


class Broker:
    """start(), kill(); the same ports and the same folder each time."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.plain_port, self.tls_port = free_port(), free_port()
        self._folder = folder
        state = folder / "mosquitto"
        state.mkdir()
        of = keys.installation
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"user {'root' if os.geteuid() == 0 else os.environ.get('USER', 'nobody')}\n"
            "per_listener_settings true\nlog_dest none\nset_tcp_nodelay true\n"
            "max_inflight_messages 1000\nmax_queued_messages 0\n"
            f"persistence true\npersistence_location {state}/\nautosave_interval 1\n"
            f"listener {self.plain_port} 127.0.0.1\nallow_anonymous true\n"
            f"listener {self.tls_port} 127.0.0.1\nallow_anonymous false\ncafile {of.ca}\n"
            f"certfile {of.server.certificate}\nkeyfile {of.server.key}\n"
            "require_certificate true\nuse_identity_as_username true\n"
        )

    def start(self) -> None:
        program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise SystemExit("mosquitto is not installed: sudo apt install mosquitto")
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([program, "-c", str(self._config)], stdout=quiet, stderr=quiet)
        if not wait_for_listener(self.tls_port, _START_S, self._process):
            raise SystemExit(f"mosquitto does not start with {self._config}")

    def kill(self) -> None:
        """SIGKILL: what it had not saved is gone."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
