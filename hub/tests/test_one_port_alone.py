"""What one dispenser, its cable or its port does touches no other: counted with sixteen ports, and alone."""

import asyncio
import contextlib
import os
import pty
import tty
from types import SimpleNamespace

import pytest
import structlog

from hub.config import read_config
from hub.devices import Devices
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.serial_port import SerialPort
from hub.edges.system_clock import SystemClock
from hub.ports import Ports
from hub.surroundings import Surroundings
from hub.tests.parts.bad_ports import Deaf, Flooder, Loose, Staller, Torn
from hub.tests.parts.hub_process import until
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import DeviceJournal
from protocol import cbor, frame
from protocol.device_events import LidClosed, LidOpened
from protocol.link import RESET

ROUNDS = 8  # events that each good dispenser journals one after the other while the bad ones misbehave
PATIENCE_S = 60


def receipted(hub) -> dict[str, int]:
    return {row["device_id"]: row["receipted_seq"] for row in (hub.status() or {"devices": []})["devices"]}


def test_five_bad_ports_of_sixteen_touch_none_of_the_others(room, tmp_path, record_property):
    """One floods, one stalls, one is torn off, one never reads, one comes and goes: the other eleven are served on."""
    kinds = (Flooder, Staller, Torn, Deaf, Loose)
    bad = [kind(tmp_path, DeviceJournal(), f"bad-{number}") for number, kind in enumerate(kinds)]
    good = [room.device] + [PtyDevice(tmp_path, DeviceJournal(), f"good-{number}") for number in range(10)]
    room.files.ports = [device.path for device in (*bad, *good)]
    room.hub.start()
    until(lambda: all(device.misdeeds for device in bad), *bad, *good, limit_s=PATIENCE_S)
    for count in range(1, ROUNDS + 1):
        for device in good:
            device.journal.add(LidOpened() if count % 2 else LidClosed())
        until(lambda: all(device.all_acked() for device in good), *bad, *good, limit_s=PATIENCE_S)
    wanted = {device.journal.id.hex(): ROUNDS for device in good}
    until(lambda: wanted.items() <= receipted(room.hub).items(), *bad, *good, limit_s=PATIENCE_S)
    assert all(room.centre.seqs(device.journal.id) == list(range(1, ROUNDS + 1)) for device in good)
    misdeeds = ", ".join(f"{type(device).__name__} {device.misdeeds}" for device in bad)
    record_property(
        "count",
        f"{len(good) * ROUNDS} of {len(good) * ROUNDS} events receipted beside five bad ports (misdeeds: {misdeeds})",
    )


def test_a_port_that_invents_dispensers_is_told_and_fills_nothing(room, tmp_path):
    """Something that says it is another dispenser each time is no longer listened to; the real one is served on."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    (tmp_path / "liar").symlink_to(os.ttyname(slave))
    room.files.ports = [tmp_path / "liar", tmp_path / "device"]
    room.hub.start()
    until(room.hub.status, room.device)
    said = []

    def told() -> bool:
        reset = {1: [1, 0], 2: b"%08d" % len(said), 3: 1, 4: 9, 5: 1}
        said.append(os.write(master, b"\0" + frame.encode(bytes([RESET, 9]) + bytes(8) + cbor.encode(reset))))
        with contextlib.suppress(BlockingIOError):
            os.read(master, 65_536)
        return "names more dispensers" in room.hub.status()["ports"][0]["sentence"]

    until(told, room.device, limit_s=PATIENCE_S)
    room.device.journal.add(LidOpened())
    until(lambda: room.centre.seqs(room.device.journal.id) == [1], room.device)
    os.close(slave)
    os.close(master)


@pytest.fixture
def line():
    """A port and nobody who reads at its other end."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield SimpleNamespace(path=os.ttyname(slave), master=master)
    os.close(slave)
    os.close(master)


async def test_what_a_port_does_not_take_is_bounded(line, record_property):
    """A dispenser that never reads costs at most 64 KiB: then its port is let go, in words."""
    said: list[str] = []
    port = SerialPort(line.path, 115_200, lambda data: None, said.append)
    port.open()
    written = 0
    while not said:
        port.write(bytes(1_000))
        written += 1_000
        assert written < 1_000_000
        await asyncio.sleep(0)
    assert "takes no bytes" in said[0] and not port.is_open
    record_property("count", f"{written} bytes written to a port nobody reads until it was let go")


async def test_what_comes_while_nobody_takes_it_waits_outside(line, record_property):
    """While reading is paused a flood fills the line's own buffer and then stops; going on, nothing is missing."""
    came = bytearray()
    port = SerialPort(line.path, 115_200, came.extend, lambda why: None)
    port.open()
    port.pause()
    os.set_blocking(line.master, False)
    data, sent = os.urandom(4_096), bytearray()
    with pytest.raises(BlockingIOError):
        while len(sent) < 1_000_000:
            sent += data[: os.write(line.master, data)]
    await asyncio.sleep(0)
    assert came == b""
    port.go_on()
    async with asyncio.timeout(PATIENCE_S):
        while len(came) < len(sent):
            await asyncio.sleep(0)
    assert came == sent
    port.close()
    record_property("count", f"{len(sent)} bytes waited outside while reading was paused")


async def test_a_fault_of_the_hubs_own_program_in_one_port_ends_neither_hub_nor_others(tmp_path, files):
    """One port's session breaks by a fault of ours: it is told with its trace, the port rests, the other is served."""
    devices = [PtyDevice(tmp_path, DeviceJournal(), name) for name in ("one", "two")]
    files.ports = [device.path for device in devices]
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.open()
    ledger, log = Ledger(outbox), structlog.testing.CapturingLogger()
    shape = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    broken = []

    def heard(device_id: bytes) -> None:
        if device_id == devices[0].journal.id and not broken:
            broken.append(device_id)
            raise ZeroDivisionError("a fault of ours")

    around = Surroundings(
        hub_id=files.hub_id,
        ledger=ledger,
        devices=Devices(lambda: None),
        clock=SystemClock(),
        log=structlog.wrap_logger(log, processors=shape),
        clock_trusted=lambda: True,
        on_events=lambda: None,
        on_clock_proof=lambda device_id, nonce: None,
        on_heard=heard,
        dice_per_mille=lambda: 0,
    )
    ports = Ports(read_config(files.write()), around, rest_s=0.2)
    tasks = [asyncio.create_task(ledger.run()), asyncio.create_task(ports.run())]
    sentences = set()
    async with asyncio.timeout(PATIENCE_S):
        while not (broken and all(session.device_id for session in ports.sessions)):
            for device in devices:
                device.turn()
            sentences.update(session.sentence for session in ports.sessions)
            await asyncio.sleep(0.005)
    assert any("fault of the hub itself (ZeroDivisionError)" in sentence for sentence in sentences)
    assert sum("Traceback" in str(call.args) for call in log.calls) == 1
    assert [session.openings for session in ports.sessions] == [2, 1]
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ledger.close()
