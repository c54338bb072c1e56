"""What needs no device: lists that cannot be used, labels, wishes that are not clear, a centre that is away."""

import json

import pytest
import segno
from typer.testing import CliRunner

from centre.core.enrolment import DAYS
from tools.authority import enrolment_command
from tools.cli import app
from tools.exit_codes import NO_AUTHORITY, NO_DEVICE, OK, REFUSED, USAGE
from tools.provisioning import label
from tools.provisioning.batch_file import DONE, FAILED, Result, Row, read_batch, read_report, write_report
from tools.refusal import Refusal

HUB = "00112233aabbccdd"
HEAD = "serial,hub,label\n"


def run(*words, **environment):
    settings = {"DOSEVAKT_PASSWORD": "secret", "DOSEVAKT_PORTS": "", **environment}
    return CliRunner().invoke(app, [str(word) for word in words], env=settings)


def test_a_list_names_its_faults_by_line(tmp_path):
    """Each row that cannot be used is named with the line an editor shows, and the others stay as they are."""
    path = tmp_path / "devices.csv"
    path.write_text(
        HEAD + f"\na1,{HUB},Flat 1\n,{HUB},Flat 2\na3,x,Flat 3\nA1,{HUB},Flat 4\na5,{HUB},\na6,{HUB}\n"
        f'a7,{HUB.upper()},"Flat 7, left"\na8,{HUB},{"x" * 61}\n'
    )
    rows = read_batch(path)
    assert [row.line for row in rows if not row.fault] == [3, 9]
    assert rows[-2] == Row(9, "a7", HUB, "Flat 7, left")
    faults = {row.line: row.fault for row in rows if row.fault}
    assert set(faults) == {4, 5, 6, 7, 8, 10}
    assert (
        "missing" in faults[4] and "16 hex" in faults[5] and "line 3" in faults[6] and "2 fields" in faults[8]
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "columns must be"),
        (b"serial,hub\n1,2\n", "columns must be"),
        (HEAD.encode(), "names no device"),
        (b"\xff\xfe", "no CSV"),
        (HEAD.encode() + b'a,"b\n', "no CSV"),
        (b"x" * 1_100_000, "too large"),
    ],
)
def test_what_is_no_list_is_one_sentence(tmp_path, content, words):
    """A file that is no list of devices is refused in one sentence, before anybody is asked for a password."""
    path = tmp_path / "devices.csv"
    path.write_bytes(content)
    done = run("provision", "--batch", path, "--centre-url", "http://127.0.0.1:9")
    assert (done.exit_code, words in done.stderr, "Traceback" in done.output) == (USAGE, True, False)
    assert not (tmp_path / "devices.report.csv").exists()


def test_a_spreadsheets_list_is_read_too(tmp_path):
    """Semicolons, a byte order mark and columns in another order, as spreadsheets write them, are no faults."""
    path = tmp_path / "devices.csv"
    path.write_bytes("\ufefflabel;serial;hub\nVæret 1;a1;".encode() + HUB.encode() + b"\r\n")
    assert read_batch(path) == [Row(2, "a1", HUB, "Været 1")]


def test_a_report_remembers_what_is_done(tmp_path):
    """What was done is skipped by the next run, what failed is not; a file that is no report is not written over."""
    path = tmp_path / "report.csv"
    done, failed = Row(2, "a1", HUB, "Flat, 1"), Row(3, "a2", HUB, "Flat 2")
    write_report(path, [Result(done, DONE, "id", "word", "serial", "2031-01-01"), Result(failed, FAILED)])
    assert list(read_report(path)) == [done.key]
    assert read_report(path)[done.key].word == "word"
    path.write_text("something else\n")
    with pytest.raises(Refusal, match="no report"):
        read_report(path)


def test_a_label_says_which_device_and_nothing_else(tmp_path):
    """The code on paper and on the terminal says device id and word, in the form that decision 39 promises."""
    words = ("5a7a78cca4a0f420", "lusab-babad")
    assert label.content(*words) == "DOSEVAKT:1:5A7A78CCA4A0F420:LUSAB-BABAD"
    code = segno.make(label.content(*words), error="m", micro=False)
    assert (code.mode, code.symbol_size(border=0)[0]) == ("alphanumeric", 29)
    drawn = label.as_text(*words, colour=False).splitlines()
    modules = [(" ▄▀█".index(cell) >> (1 - half)) & 1 for line in drawn for half in (0, 1) for cell in line]
    size = code.symbol_size(border=label.BORDER)[0]
    dark = [1 - module for module in modules][: size * size]
    assert dark == [int(cell) for row in code.matrix_iter(border=label.BORDER) for cell in row]
    label.save(tmp_path / "l.svg", *words, "tablet")
    text = (tmp_path / "l.svg").read_text()
    assert "lusab-babad" in text and "5a7a 78cc a4a0 f420" in text
    label.save(tmp_path / "l.png", *words, "tablet")
    assert (tmp_path / "l.png").read_bytes().startswith(b"\x89PNG")
    for wrong in ("l.pdf", "l"):
        with pytest.raises(Refusal, match=r"\.svg or \.png"):
            label.save(tmp_path / wrong, *words, "tablet")


def test_a_wish_that_is_not_clear_disturbs_nobody(tmp_path):
    """What is missing or too much on the command line is named; nobody is asked when nobody is there."""
    where = ("--hub", HUB, "--label", "Flat 1", "--centre-url", "http://127.0.0.1:9")
    for words, code, sentence in (
        (("--label", "Flat 1"), USAGE, "--hub is missing"),
        (("--hub", HUB), USAGE, "--label is missing"),
        ((*where, "--qr", "label.pdf"), USAGE, ".svg or .png"),
        (("--request-out", tmp_path / "r", "--certificate", tmp_path / "c"), USAGE, "only one of"),
        (("--certificate", tmp_path / "none"), USAGE, "cannot be read"),
        (where, NO_DEVICE, "No dispenser is connected"),
    ):
        done = run("provision", *words)
        assert (done.exit_code, sentence in done.stderr) == (code, True), done.stderr


def test_a_centre_that_is_away_is_code_9(tmp_path):
    """The centre cannot be reached: exit code 9, with --json as an event too, and the list's report loses nothing."""
    path = tmp_path / "devices.csv"
    path.write_text(HEAD + f"a1,{HUB},Flat 1\n")
    words = ("--batch", path, "--centre-url", "http://127.0.0.1:9", "--account", "kari", "--json")
    done = run("provision", *words, XDG_STATE_HOME=str(tmp_path))
    assert done.exit_code == NO_AUTHORITY
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["result"], last["code"]) == ("refused", NO_AUTHORITY)


def test_nobody_to_type_a_password(tmp_path, monkeypatch):
    """Without a terminal nothing is asked: the command says where the password may come from instead."""
    monkeypatch.delenv("DOSEVAKT_PASSWORD", raising=False)
    path = tmp_path / "devices.csv"
    path.write_text(HEAD + f"a1,{HUB},Flat 1\n")
    words = ["provision", "--batch", str(path), "--centre-url", "http://127.0.0.1:9", "--account", "kari"]
    done = CliRunner().invoke(app, words, env={"XDG_STATE_HOME": str(tmp_path), "DOSEVAKT_PORTS": ""})
    assert (done.exit_code, "DOSEVAKT_PASSWORD" in done.stderr) == (USAGE, True)


def test_the_authoritys_key_is_made_once(tmp_path):
    """The sealed key and the centre's are made beside each other, their points in one file; neither is replaced."""
    words = tmp_path / "words"
    words.write_text("fire ord av en liste\n")
    keys = tmp_path / "keys"
    sealed = ("authority", "enrolment-key", keys, "--passphrase-file", words)
    assert run(*sealed).exit_code == OK
    assert run(*sealed).exit_code == REFUSED
    assert run("authority", "enrolment-key", keys, "--for-centre").exit_code == OK
    assert len((keys / "enrolment.pub").read_bytes()) == 130
    assert b"ENCRYPTED" in (keys / "enrolment.key").read_bytes()
    assert enrolment_command.DAYS == DAYS


def test_a_label_that_has_nowhere_to_lie_is_refused_before_the_device_is_touched(tmp_path):
    """A mistyped folder is said at once: not after the device has got its owner."""
    refused = run("provision", "--hub", HUB, "--label", "Flat 1", "--qr", tmp_path / "nowhere" / "l.svg")

    assert refused.exit_code == USAGE
    assert "there is no folder" in refused.stderr
