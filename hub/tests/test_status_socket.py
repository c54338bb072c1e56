"""What the running hub answers on its Unix socket, and that it listens nowhere else."""

import os
import re
import socket
from pathlib import Path

import pytest

from hub.core.metrics import Machine, metrics
from hub.edges.machine import look
from hub.edges.status_socket import NAME, fetch
from hub.tests.parts.hub_process import HubProcess, until
from protocol.device_events import LidOpened

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+')
LISTEN = "0A"  # TCP_LISTEN in /proc/net/tcp


@pytest.fixture
def hub(files):
    """A hub on its own: no broker, no dispenser."""
    process = HubProcess(files)
    process.start()
    until(process.status)
    yield process
    process.kill()


def raw(folder: Path, request: bytes) -> bytes:
    """What comes back for these bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        here = os.getcwd()
        os.chdir(folder)  # a socket address holds 107 bytes
        connection.connect(NAME)
        os.chdir(here)
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_a_hub_is_alive_before_it_is_ready(room):
    """Health says that the hub works; readiness waits for the centre's path and tells in words what is missing."""
    room.files.tenant = room.centre.tenant = "demo"
    room.authority.issue("hub", f"demo/{room.files.hub_id.hex()}")
    room.files.more = (
        "[demo_clock]\nstarted_unix_s = 1.0\nshows_utc_s = 1\nrate = 1\n"  # a clock that is trusted
    )
    folder = room.files.state_dir
    room.broker.kill()
    room.hub.start()
    until(room.hub.status)
    until(lambda: "Nobody answers" in fetch(folder, "/readyz")[1])
    assert fetch(folder, "/readyz")[0] == 503
    assert fetch(folder, "/healthz") == (200, "alive\n")
    room.broker.start()
    until(lambda: fetch(folder, "/readyz") == (200, "ready\n"), room.device)


def test_an_untrusted_clock_is_a_reason_not_to_be_ready(hub):
    """Whoever looks after the hub reads every reason at once."""
    status = hub.status()
    code, text = fetch(hub.files.state_dir, "/readyz")
    assert code == 503 and "Path to the centre: " in text
    assert ("The clock is not synchronised yet." in text) == (not status["clock"]["trusted"])


def test_metrics_can_be_read_by_prometheus(room):
    """Every line is a comment or a sample, each metric has its meaning, and the dispenser's numbers are there."""
    room.hub.start()
    room.device.journal.add(LidOpened())
    device = f'device="{room.device.journal.id.hex()}"'

    def text() -> str:
        return fetch(room.files.state_dir, "/metrics")[1]

    until(room.hub.status, room.device)
    until(lambda: f"dosevakt_hub_device_receipted_seq{{{device}}} 1" in text(), room.device)
    lines = text().splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    named = {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert {re.split(r"[{ ]", line)[0] for line in samples} == named
    assert "dosevakt_hub_path_up 1" in lines
    assert f"dosevakt_hub_device_linked{{{device}}} 1" in lines
    resident = next(line for line in samples if line.startswith("process_resident_memory_bytes "))
    assert 5_000_000 < int(resident.split()[1]) < 200_000_000


PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_key_of_the_status_is_explained(room):
    """Who builds on `status --json` finds each of its keys in the handbook, of ports and dispensers too."""
    room.device.journal.add(LidOpened())
    room.hub.start()
    until(lambda: (room.hub.status() or {}).get("devices") and room.device.all_acked(), room.device)
    status, page = room.hub.status(), PAGE.read_text()
    keys = {*status["path"], *status["outbox"], *status["ports"][0], *status["devices"][0], "left_alone"}
    for both in ("bytes", "frames", "messages"):
        assert f"`{both}_in/out`" in page
        keys -= {f"{both}_in", f"{both}_out"}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
    assert status["ports"][0]["state"] == "linked" and status["ports"][0]["srtt_ms"] >= 0


def test_what_a_machine_does_not_know_is_left_out(tmp_path):
    """A machine that is no Raspberry Pi says nothing about its supply; the text stays sound with odd names."""
    status = {
        "hub_id": "00",
        "tenant": 'a"b\\c\n',
        "version": "1",
        "clock": {"trusted": True},
        "path": {"up": False, "taken_over": False, "refused_from_centre": 0},
        "certificate_days_left": None,
        "outbox": {"waiting": None, "oldest_waits_s": None, "fault": "full"},
        "ports": [],
        "left_alone": [],
        "devices": [],
    }
    text = metrics(status, Machine(1.5, 0.25, 10, None, None, None))
    assert "under_voltage" not in text and "certificate_days" not in text and "port_f" not in text
    assert 'tenant="a\\"b\\\\c\\n"' in text
    assert "dosevakt_hub_outbox_fault 1\n" in text
    assert look(tmp_path).free_bytes > 0


@pytest.mark.parametrize(
    ("request_line", "code"),
    [
        (b"GET /elsewhere HTTP/1.1", b"404"),
        (b"POST /status HTTP/1.1", b"405"),
        (b"hello", b"400"),
        (b"GET /healthz?x=1 HTTP/1.0", b"200"),
    ],
)
def test_a_wrong_question_gets_an_answer_in_words(hub, request_line, code):
    """Nothing can be changed over the socket, and a wrong path is told."""
    answer = raw(hub.files.state_dir, request_line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + code + b" ") and answer.endswith(b"\n")


@pytest.mark.parametrize("request_bytes", [b"", b"GET /status", b"x" * 100_000])
def test_an_asker_without_manners_harms_nobody(hub, request_bytes):
    """Somebody who says nothing, half a question or far too much is hung up on, and the next one is answered."""
    try:
        assert raw(hub.files.state_dir, request_bytes) == b""
    except ConnectionError:
        pass
    assert hub.status()["hub_id"] == hub.files.hub_id.hex()


def test_only_owner_and_group_may_ask(hub):
    """The socket is closed to other users of the machine."""
    assert (hub.files.state_dir / NAME).stat().st_mode & 0o777 == 0o660


def test_the_socket_lies_where_the_settings_say(files, tmp_path):
    """As a service the socket lies in the runtime folder, not beside the outbox on the card."""
    files.more = ""
    text = files.toml().replace('state_dir = "state"', 'state_dir = "state"\nruntime_dir = "run"')
    files.toml = lambda: text
    hub = HubProcess(files)
    hub.start()
    try:
        until((tmp_path / "run" / NAME).exists)
        until(lambda: fetch(tmp_path / "run", "/healthz")[0] == 200)
        assert not (files.state_dir / NAME).exists()
    finally:
        hub.kill()


def test_a_hub_listens_on_no_network(room):
    """While it carries events, no socket of the hub waits for anybody from outside, not even on the loopback."""
    room.hub.start()
    until(lambda: (room.hub.status() or {}).get("path", {}).get("up"), room.device)
    own = {os.readlink(link) for link in Path(f"/proc/{room.hub.pid}/fd").iterdir()}
    tables = [Path(f"/proc/{room.hub.pid}/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6")]
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    ours = [row for row in rows if f"socket:[{row[9]}]" in own]
    assert len(ours) >= 1  # the way to the broker
    assert [row for row in ours if row[3] == LISTEN] == []
