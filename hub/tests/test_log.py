"""What the hub writes down, and what it never does."""

import io
import json

import structlog

from hub.edges.log import for_journal, is_journal
from hub.tests.parts.hub_process import until
from protocol.device_events import LidOpened
from protocol.path_messages import CarriedCommand


def line(**entry) -> str:
    return for_journal(None, "", dict(entry))


def test_the_journal_gets_a_sentence_with_its_priority():
    """journalctl shows what a person reads, and finds errors by priority."""
    assert line(level="warning", event="path down", why="Nobody answers.", port="x") == (
        "<4>path down: Nobody answers. port=x"
    )
    assert line(level="info", event="hub stopped") == "<6>hub stopped"


def test_every_line_of_a_trace_has_its_priority():
    """A fault of ours is found as a whole."""
    assert line(level="error", event="hub failed", exception="Traceback\n  a\nb") == (
        "<3>hub failed\n<3>Traceback\n<3>  a\n<3>b"
    )


def test_a_fact_cannot_forge_a_line():
    """What a broker says cannot look like a line of its own in the journal."""
    assert line(level="info", event="x", why="a\n<0>forged") == "<6>x: a <0>forged"


def test_the_journal_is_known_by_its_device_and_inode(tmp_path, monkeypatch):
    """Only the stream that systemd named goes to the journal; a file gets JSON."""
    with open(tmp_path / "log", "w") as stream:
        found = (tmp_path / "log").stat()
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        assert is_journal(stream)
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:1")
        assert not is_journal(stream)
    assert not is_journal(io.StringIO())


def test_a_hub_below_systemd_writes_sentences(room):
    """The same hub, with its stderr read by the journal, writes no JSON."""
    log = room.files.folder / "hub.log"
    log.touch()
    room.hub.environment = {"JOURNAL_STREAM": f"{log.stat().st_dev}:{log.stat().st_ino}"}
    room.hub.start()
    until(lambda: "<6>path up: broker=127.0.0.1" in room.hub.text(), room.device)
    assert "<6>hub started: hub=" in room.hub.text() and "{" not in room.hub.text()
    structlog.reset_defaults()


def test_the_log_holds_nothing_of_what_is_carried(room):
    """Events and commands pass with all that is in them; the log, even at its most talkative, has ids and numbers."""
    room.hub.start()
    room.device.journal.add(LidOpened())
    device_id = room.device.journal.id
    until(lambda: room.centre.seqs(device_id) == [1], room.device)
    cose = room.centre.command(room.files.hub_id, device_id, 1)
    room.centre.down(room.files.hub_id, CarriedCommand(device_id, cose))
    until(lambda: room.device.commands and room.device.receipts, room.device)
    carried = [cose, room.device.journal.coses[0], room.device.receipts[0]]
    text = room.hub.text()
    for secret in carried:
        for start in range(0, len(secret) - 16, 8):
            assert (
                secret[start : start + 16].hex() not in text and repr(secret[start : start + 16]) not in text
            )
    known = {
        "level",
        "event",
        "timestamp",
        "why",
        "port",
        "device",
        "boot",
        "have_seq",
        "hub",
        "version",
        "tenant",
    }
    known |= {
        "broker",
        "session",
        "quality",
        "bytes",
        "deleted",
        "devices",
        "silent_s",
        "told",
        "seq",
        "count",
    }
    for entry in map(json.loads, text.splitlines()):
        assert set(entry) <= known, entry
