"""The dosevakt command: what it refuses, in words and by exit code."""

import json

import pytest
from typer.testing import CliRunner

from tools.authority.installation import open_installation
from tools.cli import app
from tools.exit_codes import NO_AUTHORITY, OK, REFUSED, USAGE

PROVISION = ["provision", "--hub", "00" * 8, "--label", "Flat 1", "--tenant", "demo", "--account", "me"]


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"DOSEVAKT_PASSWORD": "secret"})


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["demo", "--story", "jamm"], "There is no story 'jamm'"),
        (["demo", "--rate", "100000"], "out of bounds"),
    ],
)
def test_a_wrong_wish_starts_nothing(words, sentence):
    """A mistyped wish is answered with what there is, and nothing is started."""
    done = run(*words)

    assert done.exit_code == USAGE
    assert sentence in done.stderr


def test_the_list_is_json_when_asked():
    """A script gets a list, also an empty one."""
    done = run("list", "--json")

    assert done.exit_code == OK
    assert isinstance(json.loads(done.stdout.splitlines()[-1])["devices"], list)


def test_keys_are_made_once_and_a_hub_gets_its_own(tmp_path):
    """A technician makes an installation, adds a hub, and cannot replace either by accident."""
    keys = tmp_path / "keys"

    assert run("authority", "new", keys, "--host", "broker.example").exit_code == OK
    added = run("authority", "hub", keys, "north", "--tenant", "vadso")

    assert added.exit_code == OK
    assert (keys / "hubs/north/hub.crt").exists()
    assert len(json.loads(added.stdout)["public_point"]) == 130
    assert run("authority", "new", keys, "--host", "broker.example").exit_code == REFUSED
    assert run("authority", "hub", keys, "north", "--tenant", "vadso").exit_code == REFUSED
    assert run("authority", "hub", keys, "south", "--tenant", "a/b").exit_code == USAGE


def test_provisioning_needs_the_centres_key(tmp_path):
    """The wrong file in place of the centre's key is named before anything is touched."""
    wrong = tmp_path / "key.pub"
    wrong.write_text("no key")

    done = run(*PROVISION, "--centre-url", "http://127.0.0.1:9", "--centre-key", wrong, "--port", tmp_path)

    assert done.exit_code == USAGE
    assert str(wrong) in done.stderr


def test_a_centre_that_cannot_be_reached_is_told(tmp_path):
    """Without the centre nothing is provisioned, and the technician reads why."""
    run("authority", "new", tmp_path / "keys", "--host", "localhost")
    key = open_installation(tmp_path / "keys").centre_public_key

    done = run(*PROVISION, "--centre-url", "http://127.0.0.1:9", "--centre-key", key, "--port", tmp_path)

    assert done.exit_code == NO_AUTHORITY
    assert "cannot be reached" in done.stderr
