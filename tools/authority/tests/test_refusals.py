"""A technician's bad days with the folder of keys: one sentence and an exit code each, and nothing is half made."""

import base64
import os
import random
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from tools.authority.certificates import issue_client, load_certificate
from tools.authority.installation import add_hub, new_installation
from tools.authority.keys import KeyFileError, load_key
from tools.authority.revocation import read_list
from tools.authority.rotation import holders, user_of
from tools.authority.tests.test_rotation import loaded
from tools.cli import app
from tools.exit_codes import OK, REFUSED, USAGE

WORDS = "korrekt hest batteri stift"


def run(*words):
    return CliRunner().invoke(app, ["authority", *map(str, words)])


def refused(done, code, *words):
    """The exit code, one sentence on stderr with all these words, and no trace."""
    said = done.stderr.splitlines()
    return (done.exit_code, len(said), [word for word in words if word not in said[0]]) == (code, 1, [])


@pytest.fixture
def keys(tmp_path):
    """A folder with one hub, north, and an open authority."""
    installation = new_installation(tmp_path / "keys", ["localhost"])
    add_hub(installation, "vadso", "north")
    return installation.folder


def commands(keys):
    return (
        ("hub", keys, "south", "--tenant", "vadso"),
        ("rotate", keys, "north"),
        ("revoke", keys, "north"),
        ("list", keys),
    )


def test_a_folder_that_is_none_is_told(tmp_path):
    """A misspelt folder: each command says that no authority is there, and makes none."""
    for words in commands(tmp_path / "kyes"):
        assert refused(run(*words), USAGE, "holds no authority"), words
    assert not (tmp_path / "kyes").exists()


@pytest.mark.parametrize("name", ("ca.crt", "ca.key", "ca.crl"))
def test_a_lost_file_is_named(keys, name):
    """One file is gone from the stick: the sentence names it and says where to get it, and nothing is changed."""
    (keys / name).unlink()
    before = {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()}
    done = [run(*words) for words in commands(keys)]
    refusals = [reply for reply in done if reply.exit_code != OK]
    assert all(refused(reply, reply.exit_code, "") for reply in refusals)
    assert any(
        "copy of the folder" in reply.stderr or "holds no authority" in reply.stderr for reply in refusals
    )
    if name != "ca.crl":  # a hub can be made without the list
        assert {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()} == before


def test_a_lost_list_forgives_nobody(keys):
    """A stolen hub stays shut out when the list is lost: no new and empty one is made behind the technician's back."""
    assert run("revoke", keys, "north").exit_code == OK
    (keys / "ca.crl").unlink()
    for words in (("revoke", keys, "north"), ("list", keys), ("rotate", keys, "north")):
        assert refused(run(*words), REFUSED, "ca.crl is missing", "take the broker's"), words
    assert not (keys / "ca.crl").exists()


@pytest.mark.parametrize("name", ("ca.crt", "ca.key", "ca.crl", "hubs/north/hub.crt"))
def test_a_damaged_file_is_named(keys, name):
    """A file that a bad stick has spoiled is told by its name, without a trace."""
    (keys / name).write_text("spoilt")
    done = [run(*words) for words in commands(keys)]
    refusals = [reply for reply in done if reply.exit_code != OK]
    assert refusals and all(refused(reply, REFUSED, str(keys / name), "other copy") for reply in refusals)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_spoilt_byte_is_a_trace(keys):
    """Whichever byte of a certificate, key or list a bad stick has changed, it is told in words or does no harm."""
    dice, sound, told = random.Random(1), load_certificate(keys / "ca.crt"), 0
    readers = {"ca.crt": load_certificate, "ca.key": load_key}
    readers["ca.crl"] = lambda file: read_list(sound, file.parent)
    for name, read in readers.items():
        lines = (keys / name).read_text().splitlines()
        content = base64.b64decode("".join(lines[1:-1]))
        for _ in range(300):
            spoilt = bytearray(content)
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
            text = base64.b64encode(spoilt).decode()
            (keys / name).write_text("\n".join((lines[0], text, lines[-1])))
            try:
                read(keys / name)
            except KeyFileError:
                told += 1
    assert told > 300


def test_a_stick_that_cannot_be_read_is_told(keys, monkeypatch):
    """A file without the right to read it, or a stick that was pulled out, is a sentence."""

    def denied(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(keys), "read_bytes", denied)
    assert refused(run("list", keys), REFUSED, "ca.crt: Permission denied")


def test_a_wrong_passphrase_changes_nothing(tmp_path):
    """Neither a new hub, nor a rotation, nor a revocation comes of a wrong passphrase; the list needs none."""
    installation = new_installation(tmp_path / "keys", ["localhost"], WORDS)
    add_hub(installation, "vadso", "north")
    wrong = tmp_path / "wrong"
    wrong.write_text("another sentence\n")
    before = {path: path.read_bytes() for path in installation.folder.rglob("*") if path.is_file()}
    for words in commands(installation.folder)[:-1]:
        assert refused(run(*words, "--passphrase-file", wrong), REFUSED, "The passphrase does not open"), (
            words
        )
        assert refused(run(*words), REFUSED, "is sealed with a passphrase"), words
    assert {path: path.read_bytes() for path in installation.folder.rglob("*") if path.is_file()} == before
    assert run("list", installation.folder).exit_code == OK


def test_a_passphrase_file_from_another_machine_is_good(tmp_path):
    """The words count, not how an editor ended the line."""
    installation = new_installation(tmp_path / "keys", ["localhost"], WORDS)
    file = tmp_path / "words"
    file.write_bytes(WORDS.encode() + b"\r\n")
    assert (
        run("hub", installation.folder, "n", "--tenant", "vadso", "--passphrase-file", file).exit_code == OK
    )
    file.write_bytes(b"\xff\xfe")
    again = run("hub", installation.folder, "m", "--tenant", "vadso", "--passphrase-file", file)
    assert refused(again, USAGE, "is no text in UTF-8")


@pytest.mark.parametrize("name", ("../north", "a/b", "", ".hidden", "x" * 65, "a b"))
def test_a_hubs_name_stays_in_its_folder(keys, name):
    """No name writes keys outside the folder, or where nobody finds them."""
    before = sorted(os.walk(keys))
    assert refused(run("hub", keys, name, "--tenant", "vadso"), USAGE, "cannot be used", "letters, digits")
    assert sorted(os.walk(keys)) == before


def test_a_hub_is_not_made_twice(keys):
    """The keys of a hub that hangs in a home are never replaced by a second one of its name."""
    assert refused(run("hub", keys, "north", "--tenant", "vadso"), REFUSED, "is there already")


@pytest.mark.parametrize("host", ("https://broker.example.org", "bro ker", "mægler.example", "x" * 65, ""))
def test_a_brokers_name_that_is_none_makes_nothing(tmp_path, host):
    """A wrong host name is told before a key is made, so that the same folder can be used at the next try."""
    assert refused(run("new", tmp_path / "keys", "--host", host), USAGE, "broker's name cannot be used")
    assert run("new", tmp_path / "keys", "--host", "broker.example.org").exit_code == OK


def test_a_revoked_hub_does_not_come_in_again_by_a_rotation(keys):
    """Who was shut out for good gets no new certificate under the old name."""
    assert run("revoke", keys, "north").exit_code == OK
    assert refused(run("rotate", keys, "north"), REFUSED, "was revoked; make a new one")


def test_what_ends_soon_says_what_to_do(keys):
    """The list tells the command for each certificate that ends within 60 days, and how long one has been dead."""
    authority = new_installation(keys.parent / "other", ["localhost"])
    hub = add_hub(authority, "vadso", "north")
    for file in (hub.tls.key, hub.tls.certificate):
        file.unlink()
    past = datetime.now(UTC) - timedelta(days=10)
    issue_client(authority.authority, hub.tls.certificate.with_suffix(""), hub.user, days=7, not_before=past)
    first = run("list", authority.folder).stdout.splitlines()[0]
    assert first.startswith("north  ") and "EXPIRED" in first and first.endswith("rotate KEYS north")
    assert run("rotate", authority.folder, "north").exit_code == OK
    assert "EXPIRED" not in run("list", authority.folder).stdout
    later = {
        holder.name: holder for holder in holders(authority.folder, datetime.now(UTC) + timedelta(days=350))
    }
    assert later["broker"].days_left in (46, 47) and later["authority"].days_left > 3000
    assert user_of(loaded(hub.tls.certificate)) == hub.user
