"""The authority's key behind a passphrase."""

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from typer.testing import CliRunner

from tools.authority.installation import add_hub, new_installation, open_installation
from tools.authority.keys import PassphraseError, load_key, new_key, public_point, save_key
from tools.authority.sealed_key import seal
from tools.cli import app
from tools.exit_codes import OK, REFUSED, USAGE

WORDS = "korrekt hest batteri stift"


def run(*words):
    return CliRunner().invoke(app, ["authority", *map(str, words)])


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "passphrase"
    file.write_text(WORDS + "\nnot this line\n")
    return file


def test_a_sealed_key_is_opened_by_its_passphrase_and_no_other(tmp_path):
    """A stolen key file is worth nothing without the words that are locked away elsewhere."""
    key = new_key()
    path = save_key(key, tmp_path / "ca.key", WORDS)
    assert public_point(load_key(path, WORDS)) == public_point(key)
    for wrong in (None, "", WORDS + " ", WORDS.upper()):
        with pytest.raises(PassphraseError):
            load_key(path, wrong)


def test_a_sealed_key_is_standard_bytes():
    """Another program than ours opens the key too, whatever letters the passphrase has; no two seals are alike."""
    der = new_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    first, second = seal(der, "áčđŋšŧž"), seal(der, "áčđŋšŧž")
    assert first != second and b"\x06\x09\x2b" not in first
    opened = load_pem_private_key(first, "áčđŋšŧž".encode())
    assert opened.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()) == der


def test_only_the_authoritys_key_asks_for_words(tmp_path):
    """Broker, centre and hubs start by themselves after a power cut; only the authority waits for a person."""
    installation = new_installation(tmp_path / "keys", ["localhost"], WORDS)
    hub = add_hub(installation, "vadso", "a")
    for key in (installation.server.key, installation.centre.key, hub.tls.key, hub.event_key):
        assert load_key(key)
    with pytest.raises(PassphraseError):
        open_installation(installation.folder)
    assert open_installation(installation.folder, WORDS).centre_point == installation.centre_point


def test_nothing_is_issued_without_the_passphrase(tmp_path, secret):
    """The tool refuses in words, and leaves nothing half made."""
    keys = tmp_path / "keys"
    assert run("new", keys, "--host", "localhost", "--passphrase-file", secret).exit_code == OK
    refused = run("hub", keys, "north", "--tenant", "vadso")
    assert refused.exit_code == REFUSED and "sealed with a passphrase: give it with" in refused.stderr
    assert not (keys / "hubs").exists()
    wrong = tmp_path / "wrong"
    wrong.write_text("something else\n")
    refused = run("hub", keys, "north", "--tenant", "vadso", "--passphrase-file", wrong)
    assert refused.exit_code == REFUSED and "does not open" in refused.stderr
    assert run("hub", keys, "north", "--tenant", "vadso", "--passphrase-file", secret).exit_code == OK


def test_a_short_passphrase_or_none_is_told(tmp_path):
    """Four letters are refused; a script that gives none is told that the key lies open."""
    short = tmp_path / "short"
    short.write_text("hest\n")
    refused = run("new", tmp_path / "a", "--host", "localhost", "--passphrase-file", short)
    assert refused.exit_code == USAGE and "fewer than 12 characters" in refused.stderr
    assert not (tmp_path / "a").exists()
    assert run("new", tmp_path / "a", "--host", "x", "--passphrase-file", tmp_path / "no").exit_code == USAGE
    done = run("new", tmp_path / "a", "--host", "localhost")
    assert done.exit_code == OK and "ca.key has no passphrase" in done.stderr
