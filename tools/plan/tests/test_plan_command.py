"""dosevakt plan: what a person who writes a plan at a desk can count on."""

import json
from datetime import date, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from typer.testing import CliRunner

from protocol.commands import StoreLoadPlan, decode_command
from protocol.cose import CONTEXT_COMMAND, SignatureError, verify1
from tools.authority.installation import new_installation
from tools.authority.keys import load_key
from tools.cli import app
from tools.exit_codes import INCOMPATIBLE, NO_AUTHORITY, OK, REFUSED, USAGE
from tools.terminal_picture.terminal import Terminal

SOON = date.today() + timedelta(days=3)
HEAD = f'language = "nb"\nfrom = {SOON}\ndays = 7\n'
WEEK = HEAD + (
    '\n[[rules]]  # "the first"\nat = 08:00:00\npills = 2\nlabel = "Morgen"\n'
    '\n[[rules]]\nat = "20:00"\npills = 1\nlate_minutes = 120\n'
)
DEVICE = "00112233445566aa"


def run(*words, **more):
    return CliRunner().invoke(app, ["plan", *map(str, words)], **more)


@pytest.fixture
def week(tmp_path):
    path = tmp_path / "week.toml"
    path.write_text(WEEK, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("a.toml", WEEK.replace("pills = 1", "pills = 21"), 12, "Rule 2, slot 2: pills is 21"),
        ("a.toml", WEEK.replace('"20:00"', '"8pm"'), 10, "Rule 2 has the time '8pm'"),
        ("a.toml", WEEK.replace("pills = 2", "pils = 2"), 7, "Rule 1 has an unknown field 'pils'"),
        ("a.toml", WEEK.replace("late_minutes = 120", "late_minutes = 20"), 13, "Rule 2 has 'late_minutes' 20"),
        ("a.toml", WEEK.replace("days = 7", "days = 15"), 5, "Compartment 29: a tray has"),
        ("a.toml", WEEK.replace("Morgen", "Kari 010190 12345"), 8, "Slot 1: its label looks like a national"),
        ("a.toml", WEEK.replace("days = 7", "days = 70"), 3, "'days' is 70"),
        ("a.toml", WEEK.replace("[[rules]]\nat", "[[rules]\nat"), 10, "The file is no TOML here"),
        ("a.toml", WEEK.replace('"20:00"', '"08:15"'), 10, "(compartment 2) opens at"),
        ("a.toml", WEEK.replace('"nb"', '"de"'), 1, "must be one of nb, nn, se, en"),
        ("a.json", '{"doses": [\n {"slot": 3, "due_s": 4000000000},\n {"slot": 3,\n  "due_s": 4000009999}]}', 3,
         "Dose 2, slot 3: two doses in one slot; dose 1 lies there already"),
        ("a.json", '{"doses": [{"slot": 1, "due_s": 1000000000}]}', 1, "is already past"),
        ("a.json", '{"doses": [\n{"slot": 1,\n"due_s": "noon"}]}', 3, "Dose 1 needs a whole number as 'due_s'"),
        ("a.json", '{"doses": [}', 1, "The file is no JSON here"),
        ("a.json", "[" * 100_000, None, "no JSON that a plan could be"),
        ("a.txt", "\xe6\n".encode("latin-1"), 1, "no text in UTF-8"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_file_line_and_slot(tmp_path, name, text, line, words):
    """Whoever writes a plan reads one sentence that says where it is wrong, and what; nothing is made of it."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    for command in ("check", "make"):
        done = run(command, path)

        assert done.exit_code == REFUSED
        assert done.stderr.startswith(f"{path}:{line}: " if line else f"{path}: "), done.stderr
        assert words in done.stderr and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_week_is_made_checked_signed_and_shown(week, tmp_path, record_property):
    """A plan written as rules becomes instants once; what is signed for a dispenser is just that."""
    keys = tmp_path / "keys"
    key = load_key(new_installation(keys, ["broker.example"]).centre_signing_key)
    assert "can be used: 14 doses (21 tablets) in a tray" in run("check", week).stdout

    made = run("make", week, "--json")
    facts = json.loads(made.stdout)
    assert (made.exit_code, facts["doses"], facts["result"]) == (OK, 14, "ok")
    assert run("make", week).exit_code == REFUSED  # the file is there already

    plan = week.with_suffix(".plan")
    signed = run("sign", plan, "--keys", keys, "--device-id", DEVICE, "--counter", 7, "--hours", 2)
    assert (signed.exit_code, "counter 7, good for 2 h" in signed.stdout) == (OK, True), signed.stderr

    def verify(kid, message, signature):
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            key.public_key().verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    cose = week.with_suffix(".cose").read_bytes()
    command = decode_command(verify1(cose, CONTEXT_COMMAND, verify).payload)
    assert (command.device_id.hex(), command.counter, type(command.body)) == (DEVICE, 7, StoreLoadPlan)
    assert command.body.plan.plan_id.hex() == facts["plan_id"]
    with pytest.raises(SignatureError):
        verify1(cose[:-1] + bytes([cose[-1] ^ 1]), CONTEXT_COMMAND, verify)

    shown = [run("show", path).stdout for path in (week, plan, week.with_suffix(".cose"))]
    assert shown[0] == shown[1] == shown[2] and "2 tabletter" in shown[0]
    record_property(
        "count", "1 plan of 14 doses written, made, signed and shown three times, each the same picture"
    )


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--keys", "{keys}"], USAGE, "Say --counter"),
        (["--keys", "{keys}", "--counter", "1", "--hours", "999"], USAGE, "it must be 1 to 168"),
        (["--keys", "nowhere", "--counter", "1"], USAGE, "holds no authority"),
        ([], USAGE, "Say --keys FOLDER to sign here"),
        (["--keys", "{keys}", "--counter", "1", "--device-id", "kari"], USAGE, "'kari' is no device id"),
        (["--centre-url", "http://127.0.0.1:9", "--account", "me"], NO_AUTHORITY, "cannot be reached"),
        (["--centre-url", "http://127.0.0.1:9"], USAGE, "Say --account"),
    ],
)
def test_nothing_is_signed_by_halves(week, tmp_path, words, code, sentence):
    """Without a counter, a device, a key or a centre that answers, no signed plan lies there afterwards."""
    keys = tmp_path / "keys"
    new_installation(keys, ["broker.example"])
    given = [word.format(keys=keys) for word in words]

    done = run("sign", week, "--device-id", DEVICE, *given, env={"DOSEVAKT_PASSWORD": "secret"})

    assert (done.exit_code, sentence in done.stderr) == (code, True), done.stderr
    assert not week.with_suffix(".cose").exists()


def test_other_files_are_told_apart(tmp_path):
    """A damaged plan file, another signed thing and a file that is none are named as what they are."""
    damaged, other = tmp_path / "a.plan", tmp_path / "b.cose"
    damaged.write_bytes(b"\xa2\x01\x02\x03\x04")
    other.write_bytes(b"\xd2\x84")

    assert "is no plan that a dispenser takes" in run("check", damaged).stderr
    assert run("show", other).exit_code == INCOMPATIBLE
    assert run("show", tmp_path / "nothing").exit_code == USAGE


def test_the_picture_in_a_real_terminal(week, tmp_path):
    """Typed at a terminal the tray is drawn in boxes, in bold; who asks for plain letters gets no control code."""
    terminal = Terminal(tmp_path)

    typed = terminal.type("dosevakt plan show week.toml")
    plain = terminal.type("dosevakt plan show week.toml --ascii")

    assert (typed.code, plain.code) == (OK, OK)
    assert "┌──" in typed.text and "2 tabletter" in typed.text and "\x1b[1m" in typed.output
    assert "+--" in plain.text and "2 tabletter" in plain.text and "\x1b" not in plain.output


def test_a_narrow_terminal_shows_fewer_compartments_beside_each_other(week, tmp_path):
    """On sixty letters no box is broken over two lines."""
    typed = Terminal(tmp_path, {"COLUMNS": "60"}).type("dosevakt plan show week.toml")

    assert typed.code == OK
    assert max(len(line) for line in typed.text.splitlines() if "│" in line) <= 60
