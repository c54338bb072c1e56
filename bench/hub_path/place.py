"""One run's place: line, source, gateway, broker and receiver in a folder of their own."""

import os
import subprocess
import sys
import threading
import time
import tty
from pathlib import Path

from bench.hub_path.broker import Broker
from bench.hub_path.gateways import ROOT, Gateway, Setting
from bench.hub_path.journal import Journal
from bench.hub_path.keys import Keys
from bench.hub_path.process_use import cpu_s, kill_tree, peak_mb
from bench.hub_path.receiver import read_records
from bench.hub_path.source import LineSource, LinkSource

_WARM_S = 60.0
_SETTLE_S = 2.0
_LOOK_S = 0.1


class Place:
    """Use with `with`; inside, everything runs and the first events have come through."""

    def __init__(self, folder: Path, gateway: Gateway, journal: Journal, keys: Keys) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.gateway = gateway
        self.journal = journal
        self._keys = keys
        self.broker = Broker(folder, keys)
        self._log = folder / "received"
        self._read = 0  # bytes of the log
        self._arrived: list[tuple[int, int]] = []
        self._used_s = 0.0  # by gateways that were killed

    def __enter__(self) -> "Place":
        self.broker.start()
        self._receiver = self._start_receiver()
        self._near, self._far = os.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)  # held open: the line outlives the gateway
        self.start_gateway()
        make = LinkSource if self.gateway.two_way else LineSource
        self.source = make(self._near, self.journal)
        try:
            self._warm()
        except BaseException:  # nothing may stay behind that takes part in the next measurement
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.source.close()
        self.kill_gateway()
        self._receiver.terminate()
        self._receiver.wait()
        self.broker.kill()
        os.close(self._near)
        os.close(self._far)

    def start_gateway(self) -> None:
        start = self.gateway.start(
            Setting(
                self._folder,
                os.ttyname(self._far),
                self.broker.plain_port,
                self.broker.tls_port,
                self._keys,
            )
        )
        with (self._folder / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(
                start.argv,
                env={**os.environ, **start.env},
                cwd=start.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill_gateway(self) -> None:
        """SIGKILL to all of it."""
        self._used_s += cpu_s(self._process.pid)
        kill_tree(self._process.pid)
        self._process.wait()

    def must_live(self) -> None:
        """A gateway that ended by itself has failed; its figures would mean nothing."""
        if self._process.poll() is not None:
            raise SystemExit(f"{self.gateway.name} ended by itself; it said: {self._said()}")

    def _said(self) -> str:
        return (self._folder / "gateway.log").read_text(errors="replace")[-2000:]

    def cpu_s(self) -> float:
        """Processor seconds of the gateway since the place was made, over all its starts."""
        return self._used_s + cpu_s(self._process.pid)

    def peak_mb(self) -> float:
        return peak_mb(self._process.pid)

    def received(self) -> list[tuple[int, int]]:
        """(received at ns, event) of everything that came, doubles too.  Only what is new is read."""
        place = self.journal.place
        for end, at_ns, payload in read_records(self._log, self._read):
            self._read = end
            came = [place[cose] for cose in self.gateway.events(payload) if cose in place]
            self._arrived += [(at_ns, event) for event in came]
        return self._arrived

    def log_bytes(self) -> int:
        return self._log.stat().st_size

    def _start_receiver(self) -> "subprocess.Popen[str]":
        self.journal.save(self._folder / "journal")
        hub, of = self._keys.hub, self._keys.installation
        centre = [hub.hub_id.hex(), hub.tenant, str(of.centre_signing_key)] if self.gateway.two_way else []
        words = [sys.executable, "-m", "bench.hub_path.receiver", str(self.broker.plain_port)]
        process = subprocess.Popen(
            [*words, str(self._folder), *centre], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        if "ready" not in process.stdout.readline():
            raise SystemExit("the receiver did not start")  # must not count as a gateway's loss
        out = process.stdout
        threading.Thread(target=lambda: [None for _ in out], daemon=True).start()
        return process

    def _warm(self) -> None:
        """Events until one comes through, and a pause until nothing is left to come."""
        end = time.monotonic() + _WARM_S
        while time.monotonic() < end:
            self.source.send(2, 0, 1.0)
            look_until = time.monotonic() + 1.0
            while time.monotonic() < look_until:
                if self.received():
                    time.sleep(_SETTLE_S)
                    return
                time.sleep(_LOOK_S)
        raise SystemExit(f"{self.gateway.name} lets nothing through; it said: {self._said()}")
