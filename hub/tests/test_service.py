"""What systemd hears of the hub."""

import asyncio
import os
import socket
import threading

import pytest

from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.service import READY, Service
from hub.edges.system_clock import SystemClock
from hub.pulse import Pulse
from hub.tests.parts.hub_process import HubProcess


class Systemd:
    """The socket systemd listens on."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(20)

    def words(self) -> list[str]:
        """Of the next datagram."""
        return self._socket.recv(4096).decode().split("\n")

    def has_heard(self) -> bool:
        self._socket.setblocking(False)
        try:
            return bool(self._socket.recv(4096))
        except BlockingIOError:
            return False
        finally:
            self._socket.settimeout(20)

    def close(self) -> None:
        self._socket.close()


class LateClock(SystemClock):
    """A clock that can be put forward."""

    late_ms = 0

    def real_monotonic_ms(self) -> int:
        return super().real_monotonic_ms() + self.late_ms


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket address holds 107 bytes
    server = Systemd("notify.sock")
    yield server
    server.close()


@pytest.fixture
async def ledger(tmp_path):
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.open()
    kept = Ledger(outbox)
    writing = asyncio.create_task(kept.run())
    yield kept
    writing.cancel()
    kept.close()


def service() -> Service:
    return Service({"NOTIFY_SOCKET": "notify.sock", "WATCHDOG_USEC": "30000"})


def test_a_hub_without_a_broker_is_ready_and_alive(files, systemd, tmp_path):
    """A broker that is away neither delays the start nor starves the watchdog; status tells why the path is down."""
    hub = HubProcess(files)
    hub.environment = {"NOTIFY_SOCKET": str(tmp_path / "notify.sock"), "WATCHDOG_USEC": "30000"}
    try:
        hub.start()
        assert systemd.words()[0] == READY
        beats = 0
        while not hub.said("Nobody answers at 127.0.0.1") or beats < 5:
            assert systemd.words()[0] == "WATCHDOG=1"
            beats += 1
        while "STATUS=Nobody answers at 127.0.0.1:1" not in " ".join(systemd.words()):
            pass
        assert hub.stop() == 0
        while (words := systemd.words()) != ["STOPPING=1"]:
            assert words[0] == "WATCHDOG=1"
    finally:
        hub.kill()


async def test_a_stuck_disk_starves_the_watchdog(ledger, systemd):
    """While the outbox does not answer systemd hears nothing and starts the hub anew; when it answers, all is well."""
    clock, stuck = LateClock(), threading.Event()
    held = ledger.do(lambda _: stuck.wait(20))
    pulse = Pulse(service(), ledger, clock, lambda: "Connected.")
    beating = asyncio.create_task(pulse.run())
    for _ in range(100):
        await asyncio.sleep(0)
    assert not systemd.has_heard() and pulse.fault is None
    clock.late_ms = 60_000
    assert "outbox has not answered" in pulse.fault
    stuck.set()
    await held
    assert await asyncio.to_thread(systemd.words) == ["WATCHDOG=1", "STATUS=Connected."]
    assert pulse.fault is None
    beating.cancel()


async def test_an_outbox_that_fails_does_not_starve_the_watchdog(tmp_path, systemd):
    """A disk that refuses to write is told to people; starting the hub again and again would not mend it."""
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.open()
    outbox.close()
    ledger = Ledger(outbox)
    tasks = [asyncio.create_task(ledger.run())]
    tasks.append(asyncio.create_task(Pulse(service(), ledger, SystemClock(), str).run()))
    assert (await asyncio.to_thread(systemd.words))[0] == "WATCHDOG=1"
    assert ledger.fault is not None
    for task in tasks:
        task.cancel()


def test_without_systemd_nothing_is_sent_and_nothing_fails():
    """The demo runs the same hub without a service manager."""
    Service({}).tell(READY)
    Service({"NOTIFY_SOCKET": "/nowhere/notify.sock"}).tell(READY)


def test_an_abstract_address_is_reached():
    """systemd may name its socket with @, which stands for a zero byte."""
    server = Systemd("\0dosevakt-test-" + str(os.getpid()))
    Service({"NOTIFY_SOCKET": "@dosevakt-test-" + str(os.getpid())}).tell(READY, "STATUS=x")
    assert server.words() == [READY, "STATUS=x"]
    server.close()


def test_a_watchdog_for_another_process_is_not_ours():
    """The time limit counts only for the process that systemd watches."""
    limit = {"WATCHDOG_USEC": "30000000"}
    assert Service(limit).watchdog_s == 30
    assert Service({**limit, "WATCHDOG_PID": str(os.getpid())}).watchdog_s == 30
    assert Service({**limit, "WATCHDOG_PID": "1"}).watchdog_s is None
    assert Service({"WATCHDOG_USEC": "0"}).watchdog_s is None
