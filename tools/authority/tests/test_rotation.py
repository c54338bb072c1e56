"""Certificates are renewed and revoked, and a real broker acts on it."""

import json
import stat
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from typer.testing import CliRunner

from tools.authority.certificates import issue_client, new_authority
from tools.authority.installation import add_hub, new_installation
from tools.authority.keys import load_key, public_point
from tools.authority.revocation import new_list, read_list, revoke
from tools.authority.rotation import (
    RETIRED,
    holders,
    revoke_hub,
    rotate_broker,
    rotate_centre,
    rotate_hub,
    user_of,
)
from tools.brokers.mosquitto import Mosquitto
from tools.cli import app
from tools.exit_codes import OK, USAGE

LIMIT_S = 15


@pytest.fixture
def installation(tmp_path):
    return new_installation(tmp_path / "keys", ["localhost", "127.0.0.1"])


@pytest.fixture
def hub(installation):
    return add_hub(installation, "vadso", "north")


def run(*words):
    return CliRunner().invoke(app, ["authority", *map(str, words)])


def loaded(file):
    return x509.load_pem_x509_certificate(file.read_bytes())


def answer_of_broker(installation, pair, port) -> str:
    """What a client with this certificate gets: "welcome" or "refused"."""
    user = user_of(loaded(pair.certificate))
    answers = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "hub-" + user.partition("/")[2])
    client.tls_set(str(installation.ca), str(pair.certificate), str(pair.key))
    client.on_connect = lambda *_: answers.append("welcome")
    client.on_disconnect = lambda *_: answers.append("refused")
    try:
        client.connect("127.0.0.1", port)
        while not answers:
            client.loop(LIMIT_S)
    except OSError:
        answers.append("refused")
    client.disconnect()
    return answers[0]


def test_a_revoked_hub_is_shut_out_and_the_others_are_not(tmp_path, installation, hub):
    """After a theft the stolen hub is refused by the broker; the neighbours' hub, the centre and a new hub get in."""
    neighbour = add_hub(installation, "vadso", "south")
    with Mosquitto(tmp_path, installation) as broker:
        assert answer_of_broker(installation, hub.tls, broker.port) == "welcome"
        assert revoke_hub(installation, "north") == 1
        broker.stop()
        broker.start()
        assert answer_of_broker(installation, hub.tls, broker.port) == "refused"
        successor = add_hub(installation, "vadso", "north-2")
        for pair in (neighbour.tls, installation.centre, successor.tls):
            assert answer_of_broker(installation, pair, broker.port) == "welcome"


def test_after_a_rotation_both_are_good_until_the_old_one_is_revoked(tmp_path, installation, hub):
    """A hub is never shut out while its new certificate is on the way; afterwards the old one can be ended alone."""
    kept = tmp_path / "in-the-home.crt", tmp_path / "in-the-home.key"
    kept[0].write_bytes(hub.tls.certificate.read_bytes())
    kept[1].write_bytes(hub.tls.key.read_bytes())
    old = type(hub.tls)(*kept)
    new = rotate_hub(installation, "north")
    with Mosquitto(tmp_path, installation) as broker:
        assert [answer_of_broker(installation, pair, broker.port) for pair in (old, new)] == ["welcome"] * 2
        assert revoke_hub(installation, "north", only_retired=True) == 1
        broker.stop()
        broker.start()
        found = [answer_of_broker(installation, pair, broker.port) for pair in (old, new)]
        assert found == ["refused", "welcome"]


def test_a_rotated_hub_is_the_same_hub(installation, hub):
    """Name, id and event key stay, so that the centre sees one history; the TLS key is new and its owner's alone."""
    before = loaded(hub.tls.certificate)
    event_key = hub.event_key.read_bytes()
    new = rotate_hub(installation, "north")
    after = loaded(new.certificate)
    assert (new, user_of(after), hub.event_key.read_bytes()) == (hub.tls, user_of(before), event_key)
    assert after.public_key() != before.public_key() and after.serial_number != before.serial_number
    assert public_point(load_key(new.key)) == public_point_of(after)
    assert stat.S_IMODE(new.key.stat().st_mode) == 0o600
    folder = new.key.parent
    assert sorted(path.name for path in folder.iterdir()) == ["event.key", "hub.crt", "hub.key", RETIRED]
    assert [path.suffix for path in (folder / RETIRED).iterdir()] == [".crt"]


def public_point_of(certificate):
    numbers = certificate.public_key().public_numbers()
    return b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def test_broker_and_centre_are_renewed_under_their_names(tmp_path, installation, hub):
    """The broker keeps its host names and the centre its name; what the centre signs with stays the same."""
    point = installation.centre_point
    rotate_broker(installation)
    rotate_centre(installation)
    assert installation.centre_point == point
    names = loaded(installation.server.certificate).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert [str(name.value) for name in names.value] == ["localhost", "127.0.0.1"]
    with Mosquitto(tmp_path, installation) as broker:
        assert answer_of_broker(installation, hub.tls, broker.port) == "welcome"
        assert answer_of_broker(installation, installation.centre, broker.port) == "welcome"


def test_a_rotation_that_was_cut_short_can_be_done_again(installation, hub):
    """The power goes while the new key is made: the old pair still fits, and the next try succeeds."""
    folder = hub.tls.key.parent
    (folder / "new").mkdir()
    (folder / "new/hub.key").write_text("half")
    new = rotate_hub(installation, "north")
    assert public_point(load_key(new.key)) == public_point_of(loaded(new.certificate))
    assert not (folder / "new").exists()


def test_the_list_only_grows_and_ends_with_the_authority(installation, hub):
    """Nobody is forgiven by a second revocation, and a list that nobody renews shuts nobody else out."""
    south = add_hub(installation, "vadso", "south")
    assert [revoke_hub(installation, name) for name in ("north", "north", "south")] == [1, 0, 1]
    number, revoked = read_list(installation.authority.certificate, installation.folder)
    serials = {loaded(pair.certificate).serial_number for pair in (hub.tls, south.tls)}
    assert (number, set(revoked)) == (3, serials)
    found = x509.load_pem_x509_crl(installation.crl.read_bytes())
    assert found.next_update_utc == installation.authority.certificate.not_valid_after_utc
    assert found.last_update_utc < datetime.now(UTC) - timedelta(minutes=50)


def test_a_list_of_somebody_else_is_not_believed(installation, hub, tmp_path):
    """A forged list is told, and no certificate of another authority gets onto ours."""
    other = new_authority(tmp_path / "other")
    stranger = issue_client(other, tmp_path / "stranger", "vadso/x")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    new_list(new_authority(tmp_path / "third"), foreign)
    installation.crl.write_bytes((foreign / "ca.crl").read_bytes())
    with pytest.raises(ValueError, match="not signed by this authority"):
        revoke_hub(installation, "north")
    new_list_in_its_place(installation)
    renamed = new_authority(tmp_path / "fourth", "Another name")
    strange = issue_client(renamed, tmp_path / "strange", "vadso/y")
    with pytest.raises(ValueError, match="another authority"):
        revoke(installation.authority, installation.folder, [loaded(strange.certificate)])
    assert (
        loaded(stranger.certificate).serial_number
        not in read_list(installation.authority.certificate, installation.folder)[1]
    )


def new_list_in_its_place(installation):
    installation.crl.unlink()
    new_list(installation.authority, installation.folder)


def test_the_commands_say_what_to_do_next(installation, hub):
    """A technician reads which file goes where, and a wrong name is refused."""
    folder = installation.folder
    assert "hub.crt and hub.key beside it" in run("rotate", folder, "north").stdout
    assert run("rotate", folder, "--broker").exit_code == OK
    assert run("rotate", folder, "--centre").exit_code == OK
    for wrong in (("rotate", folder), ("rotate", folder, "north", "--broker"), ("rotate", folder, "x")):
        assert run(*wrong).exit_code == USAGE
    assert run("revoke", folder, "x").exit_code == USAGE
    assert "1 revoked. Take " in run("revoke", folder, "north", "--retired").stdout
    assert "Nothing new" in run("revoke", folder, "north", "--retired").stdout
    assert "until then the hub is not shut out" in run("revoke", folder, "north").stdout


def test_who_ends_first_stands_at_the_top(installation, hub):
    """The list tells in time which certificate must be renewed; a revoked one needs nobody's care."""
    add_hub(installation, "vadso", "south")
    rotate_hub(installation, "north", days=9)
    shown = json.loads(run("list", installation.folder, "--json").stdout)
    assert [row["name"] for row in shown][0] == "north" and shown[0]["days_left"] in (8, 9)
    revoke_hub(installation, "north")
    assert [holder.name for holder in holders(installation.folder) if holder.revoked] == ["north"]
    lines = run("list", installation.folder).stdout.splitlines()
    assert lines[-1].startswith("north  vadso/") and lines[-1].endswith("revoked")
    assert len(lines) == 5 and lines[-2].startswith("authority  ")
