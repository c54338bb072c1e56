"""What a technician mistypes is said before a device is disturbed: in service mode it doses nothing, and then rests."""

import pytest
import typer
from typer.testing import CliRunner

from tools.cli import app
from tools.exit_codes import NO_AUTHORITY, NO_DEVICE, REFUSED, USAGE
from tools.refusal import told

HUB = "00112233445566aa"
PLACE = ("provision", "--hub", HUB, "--label")
AWAY = ("--centre-url", "http://127.0.0.1:9", "--account", "kari")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A technician's folder: a file of words, one that is a folder, and no device on the cable."""
    (tmp_path / "words").write_text("fire ord av en liste\n")
    (tmp_path / "ports").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("DOSEVAKT_DEVICE", "DOSEVAKT_CENTRE", "DOSEVAKT_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOSEVAKT_PORTS", str(tmp_path / "ports"))
    monkeypatch.setenv("DOSEVAKT_PASSWORD", "secret")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("provision", "--hub", "zzz", "--label", "Flat 1"), USAGE, "Zzz is no hub's id: it has 16 hex digits."),
        ((*PLACE, "x" * 61), USAGE, "A label has 1 to 60 letters."),
        ((*PLACE, "Kari 010190 12345"), USAGE, "The label looks like a national identity number"),
        ((*PLACE, "Flat 1", *AWAY), NO_DEVICE, "No dispenser is connected."),
        (("journal", "read", "--output", "words"), USAGE, "words is no file of events"),
        (("journal", "read", "--output", "ports"), REFUSED, "ports is a folder; name a file in it."),
        (("journal", "read", "--output", "new.jsonl"), NO_DEVICE, "No dispenser is connected."),
        (("diagnose", "--tests", "--service", "words"), USAGE, "words holds no signed command of the centre."),
        (("return", "--offline", "--service", "words"), USAGE, "words holds no signed command of the centre."),
        (("return", "--offline", "--service", "nowhere"), USAGE, "The file nowhere cannot be read"),
        (("update", "words"), 7, "words is no whole firmware bundle"),
    ],
)  # fmt: skip
def test_what_is_wrong_on_the_command_line_is_said_first(desk, words, code, sentence):
    """A wrong place, file or command is named with its code; a right one is followed by the look for a device."""
    done = CliRunner().invoke(app, words, catch_exceptions=False)

    assert (done.exit_code, sentence in done.stderr) == (code, True), done.stderr


def test_a_hubs_id_is_read_from_its_label_in_any_letters(desk):
    """Who types the id in capitals is understood."""
    done = CliRunner().invoke(app, ["provision", "--hub", HUB.upper(), "--label", "Flat 1", *AWAY])

    assert (done.exit_code, "No dispenser is connected" in done.stderr) == (NO_DEVICE, True), done.stderr


def test_a_centre_that_does_not_answer_is_named_in_words(desk):
    """No number of the system's stands in the sentence, only what is wrong."""
    (desk / "list.csv").write_text(f"serial,hub,label\na1,{HUB},Flat 1\n")
    done = CliRunner().invoke(app, ["provision", "--batch", "list.csv", *AWAY])

    assert done.exit_code == NO_AUTHORITY
    assert done.stderr.strip() == "The centre at http://127.0.0.1:9 cannot be reached (Connection refused)."


def test_ctrl_c_at_a_passwords_prompt_is_an_interruption():
    """Whoever stops where a password is asked for gets the sentence and the code of every interruption."""
    asks = typer.Typer()

    @asks.command()
    @told
    def ask() -> None:
        raise typer.Abort

    done = CliRunner().invoke(asks, [])

    assert (done.exit_code, "Interrupted. Run the same command again" in done.stderr) == (USAGE, True)
