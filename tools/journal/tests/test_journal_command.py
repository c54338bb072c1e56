"""dosevakt journal: what a technician can believe of a device's events."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from protocol import events
from tools.cli import app
from tools.exit_codes import NO_DEVICE, NOT_VERIFIED, OK, REFUSED, USAGE
from tools.journal.event_file import Row, read_event_file
from tools.journal.event_writer import known_rows
from tools.journal.tests.events import DOSE, NOON_S, healthy, segment
from tools.refusal import Refusal


def run(*words, **more):
    return CliRunner().invoke(app, ["journal", *map(str, words)], **more)


def test_a_whole_journal_is_said_to_be_whole(tmp_path):
    """Who verifies a good file reads what holds, how often the device started, and when its clock was set."""
    file = healthy().save(tmp_path / "j.jsonl")

    done, facts = run("verify", file), json.loads(run("verify", file, "--json").stdout)

    assert done.exit_code == OK, done.stderr
    assert "12 signatures hold" in done.stdout and "2 starts" in done.stdout
    assert "Noted: the clock is set: 2026-11-23" in done.stderr
    assert (facts["result"], facts["events"], facts["signatures"], facts["starts"]) == ("ok", 12, 12, 2)


def altered(device, at):
    cose = bytearray(device.rows[4].cose)
    cose[at] ^= 1
    return [*device.rows[:4], Row(5, bytes(cose)), *device.rows[5:]]


def forked(device):
    """The device's key has written a second event 5: a copy of the device, or its flash put back."""
    device.write(events.DoseDue(DOSE, 5), NOON_S + 70, 2, 9000, seq=5, prev=device.head)
    return device.rows


def strangers(device):
    stranger = healthy()
    return [*device.rows[:4], stranger.rows[4], *device.rows[5:]]


def rechained(device):
    """Taken out, and numbered anew by somebody who has the device's key: only the chain shows it."""
    del device.rows[4:]
    device.write(events.DoseDue(DOSE, 5), NOON_S + 5, prev=bytes(15) + b"\1")
    return device.rows


def booted_backwards(device):
    device.write(events.Booted("0.1.0", 1, 1, True), NOON_S + 80, boot=1, uptime_ms=100)
    return device.rows


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        (lambda d: altered(d, 40), NOT_VERIFIED, "event 5 does not hold"),
        (lambda d: altered(d, -1), NOT_VERIFIED, "event 5 does not hold: the signature does not hold"),
        (lambda d: [*d.rows[:4], *d.rows[5:]], REFUSED, "has gaps: event 5 is missing"),
        (lambda d: [*d.rows[:4], *d.rows[7:]], REFUSED, "has gaps: events 5 to 7 are missing"),
        (lambda d: [*d.rows[:4], Row(5, None), *d.rows[5:]], REFUSED, "event 5 is lost on the device"),
        (lambda d: [*d.rows[:5], d.rows[3], *d.rows[5:]], OK, "12 signatures hold"),
        (lambda d: [*d.rows[:3], d.rows[4], d.rows[3], *d.rows[5:]], NOT_VERIFIED, "event 4 stands behind event 5"),
        (lambda d: [*d.rows[:4], Row(5, d.rows[5].cose), *d.rows[5:]], NOT_VERIFIED, "event 5 says that it is event 6"),
        (forked, NOT_VERIFIED, "two different events 5: a fork"),
        (strangers, NOT_VERIFIED, "event 5 does not hold: the message is signed by a key that is not trusted"),
        (rechained, NOT_VERIFIED, "event 5 does not follow event 4"),
        (booted_backwards, NOT_VERIFIED, "event 13 counts 1 starts, the event before it 2"),
    ],
)  # fmt: skip
def test_what_was_done_to_a_journal_is_named(tmp_path, rows, code, words):
    """An event that was altered, taken out, put in or moved is named by its number, and the command fails."""
    device = healthy()
    file = device.save(tmp_path / "j.jsonl", rows(device))

    done = run("verify", file)

    assert (done.exit_code, words in done.stderr + done.stdout) == (code, True), done.stderr + done.stdout


def test_steps_of_the_clock_are_told(tmp_path):
    """A clock that jumped, within a start or over one, is told with the event and the size of the step."""
    device = healthy()
    device.write(events.DoseDue(DOSE, 1), NOON_S + 3672, boot=2, uptime_ms=13_000)
    device.write(events.Booted("0.1.0", 1, 1, True), NOON_S, boot=3, uptime_ms=100)

    told = run("verify", device.save(tmp_path / "j.jsonl"))

    assert told.exit_code == OK
    assert "the clock went forward by 3599 s" in told.stderr
    assert "after a start the clock was 3672 s back" in told.stderr


def test_a_file_that_was_cut_off_is_good_as_far_as_it_goes(tmp_path):
    """Power fails while a journal is read into a file: what is proved and from where on not is said, and the next run
    goes on behind it."""
    device = healthy()
    file = device.save(tmp_path / "j.jsonl", device.rows[:7])
    with open(file, "ab") as half:
        half.write(b'{"seq": 8, "cose": "d284')

    cut = run("verify", file)
    assert (cut.exit_code, "line 9 is cut off in the middle: events 1 to 7" in cut.stderr) == (REFUSED, True)
    assert "line 9 is cut off" in run("export", file).stderr
    assert [row.seq for row in known_rows(file, device.device_id.hex())] == list(range(1, 8))
    device.save(file, device.rows[7:])
    assert len(read_event_file(file).rows) == 12 and run("verify", file).exit_code == OK


def test_every_place_to_cut_a_file_is_told_or_whole(tmp_path):
    """Wherever the file ends: half a line is named, a whole one without its end counts, and reading goes on from it."""
    device = healthy()
    text = device.save(tmp_path / "whole.jsonl").read_bytes()
    last = text.rindex(b"\n", 0, -1) + 1
    file = tmp_path / "j.jsonl"
    for end in (last + 1, last + 9, len(text) - 3, len(text) - 1):
        file.write_bytes(text[:end])
        assert (run("verify", file).exit_code == OK) == (end == len(text) - 1)
        assert len(known_rows(file, device.device_id.hex())) == 11 + (end == len(text) - 1)
        assert file.read_bytes() in (text, text[:last])
    for end in (0, 5, text.index(b"\n")):
        file.write_bytes(text[:end])
        assert run("verify", file).exit_code == (USAGE if end < 6 else OK)
        known_rows(file, device.device_id.hex())
        device.save(file)
        assert run("verify", file).exit_code == OK, end


@pytest.mark.parametrize("junk", [b"\xff\xfe\0", b"# end\n", b'{"seq": 13}\n', b'{"seq": 13, "cose": "\xc3'])
def test_garbage_at_the_end_of_a_file_is_no_part_of_its_proof(tmp_path, junk):
    """What is no event is named by its line, with how far the file is genuine, and the command fails."""
    file = healthy().save(tmp_path / "j.jsonl")
    file.write_bytes(file.read_bytes() + junk)

    done = run("verify", file)

    assert (done.exit_code, "line 14 is damaged: events 1 to 12" in done.stderr) == (NOT_VERIFIED, True), (
        done.stderr
    )
    assert run("export", file).exit_code == NOT_VERIFIED


def test_a_full_disk_is_a_sentence(tmp_path):
    """The technician's disk takes no more: the command says which file, and what to do."""
    device = healthy()
    with pytest.raises(Refusal, match="No space left on device. Make room") as full:
        device.save(Path("/dev/full"))
    assert full.value.code == REFUSED


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda text: "", USAGE, "is no file of events"),
        (lambda text: "{}\n" + text, USAGE, "is no file of events"),
        (lambda text: text.replace('"seq": 5,', '"seq": -5,'), NOT_VERIFIED, "line 6 is damaged: events 1 to 4"),
        (lambda text: text.replace('"seq": 5, "cose": "d2', '"seq": 5, "cose": "zz'), NOT_VERIFIED, "line 6 is"),
        (lambda text: text.replace('"public_point": "04', '"public_point": "05'), NOT_VERIFIED, "is no key"),
        (lambda text: text.replace('"public_point": "04', '"public_point": "4'), NOT_VERIFIED, "public key is damaged"),
        (lambda text: text.replace('"device": "', '"device": "x'), NOT_VERIFIED, "does not say whose events"),
    ],
)  # fmt: skip
def test_a_damaged_file_names_its_line(tmp_path, change, code, words):
    """A file that somebody edited or a disk has spoiled is refused with the line that is wrong."""
    file = healthy().save(tmp_path / "j.jsonl")
    file.write_text(change(file.read_text()))

    done = run("verify", file)

    assert (done.exit_code, words in done.stderr) == (code, True), done.stderr


def test_a_copy_of_a_flash_is_read_as_the_journal_it_holds(tmp_path):
    """The files of a device's flash, in a folder or a zip, are verified like a journal, junk in them passed over."""
    device = healthy()
    folder = tmp_path / "copy" / "data" / "journal"
    folder.mkdir(parents=True)
    (folder / "0000000001-0000000008.arc").write_bytes(segment(device.rows[:8]))
    (folder / "0000000009.seg").write_bytes(segment(device.rows[8:10]) + b"\0junk")
    (folder / "0000000011.seg").write_bytes(b"\xff" * 30 + segment(device.rows[10:]))
    with zipfile.ZipFile(tmp_path / "copy.zip", "w") as copy:
        for file in folder.iterdir():
            copy.write(file, f"backup/journal/{file.name}")

    for source in (tmp_path / "copy", tmp_path / "copy.zip"):
        done = run("verify", source, "--public-key", device.point.hex())
        assert (done.exit_code, "12 signatures hold" in done.stdout) == (OK, True), done.stderr
        unsigned = run("verify", source)
        assert (unsigned.exit_code, "no signature was checked" in unsigned.stderr) == (REFUSED, True)
    assert run("verify", tmp_path, "--public-key", "04").exit_code == USAGE
    (tmp_path / "empty").mkdir()
    assert "holds no journal" in run("verify", tmp_path / "empty").stderr


def test_an_export_names_events_and_nobody(tmp_path):
    """Who exports a journal gets every event by its name, as JSON or CSV, and no id unless it is asked for."""
    device = healthy()
    file = device.save(tmp_path / "j.jsonl", [*device.rows[:11], Row(12, None)])
    ids = device.device_id.hex(), DOSE.hex()

    lines = [json.loads(line) for line in run("export", file).stdout.splitlines()]
    table = list(csv.DictReader(io.StringIO(run("export", file, "--csv").stdout)))
    run("export", file, "--with-ids", "-o", tmp_path / "with.jsonl")

    assert [line["event"] for line in lines[:4]] == ["Booted", "ClockSet", "DoseDue", "AlarmRaised"]
    assert (
        lines[3]["details"] == {"code": 105, "detail": "encoder: no magnet"}
        and lines[11]["event"] == "(lost)"
    )
    assert table[3]["event"] == "AlarmRaised" and "detail=encoder: no magnet" in table[3]["details"]
    assert len(lines) == len(table) == 12
    assert [name for name in ids if name in str(lines) + str(table)] == []
    assert [name for name in ids if name not in (tmp_path / "with.jsonl").read_text()] == []


def test_reading_needs_a_device(tmp_path, monkeypatch):
    """Without a dispenser on the cable nothing is read, and a sentence says so."""
    monkeypatch.setenv("DOSEVAKT_PORTS", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    assert run("read", "--device", "nobody").exit_code == NO_DEVICE
