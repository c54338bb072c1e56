"""The broker's settings and access list in deploy/mosquitto, on the real mosquitto: what a stolen or mad hub can do."""

import re
from pathlib import Path

import pytest

from protocol.path_messages import MAX_PAYLOAD
from tools.authority.installation import add_hub, new_installation
from tools.brokers.mosquitto import DEPLOY, Mosquitto
from tools.brokers.tests.conftest import Client

MIB = 1 << 20


@pytest.fixture
def installation(tmp_path):
    return new_installation(tmp_path / "keys", ["localhost", "127.0.0.1"])


@pytest.fixture
def mad(installation):
    return add_hub(installation, "vadso", "mad")


@pytest.fixture
def sound(installation):
    return add_hub(installation, "vadso", "sound")


@pytest.fixture
def broker(tmp_path, installation):
    with Mosquitto(tmp_path, installation) as running:
        yield running


@pytest.fixture
def connect(installation, broker):
    """connect(pair, client_id) -> a client that the broker took."""
    clients = []

    def make(pair, client_id):
        clients.append(Client(installation, pair, broker.port, client_id))
        assert clients[-1].connect()
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def topic(hub, name):
    return f"dosevakt/v1/{hub.user}/{name}"


def setting(name):
    found = re.search(rf"^{name} (\S+)$", (DEPLOY / "mosquitto.conf").read_text(), re.MULTILINE)
    return int(found[1])


def test_a_hub_cannot_take_anothers_place(installation, mad, sound, connect):
    """A stolen hub that calls itself by another's name neither throws it off nor gets what waits for it."""
    centre, owner = connect(installation.centre, "centre-vadso"), connect(sound.tls, "hub-sound")
    owner.subscribe(topic(sound, "down"))
    thief = connect(mad.tls, "hub-sound")
    centre.publish(topic(sound, "down"), b"private")
    assert owner.received() == (topic(sound, "down"), b"private")
    owner.publish(topic(sound, "up"), b"true")
    assert owner.still_there() and thief.nothing_more()


def test_what_waits_for_a_hub_is_not_handed_to_another(installation, mad, sound, connect):
    """While a home's power is off a stolen hub cannot fetch, or delete, what the centre has sent there."""
    centre, owner = connect(installation.centre, "centre-vadso"), connect(sound.tls, "hub-sound")
    owner.subscribe(topic(sound, "down"))
    owner.close()
    centre.publish(topic(sound, "down"), b"private")
    thief = connect(mad.tls, "hub-sound")
    thief.subscribe(topic(sound, "down"))
    thief.close()
    assert connect(sound.tls, "hub-sound").received() == (topic(sound, "down"), b"private")
    assert thief.nothing_more()


def test_a_mad_hub_does_not_fill_the_broker(installation, mad, sound, connect, broker, record_property):
    """One hub sends without end while the centre is away: the broker stays small and serves the other hub."""
    centre = connect(installation.centre, "centre-vadso")
    centre.subscribe("dosevakt/v1/+/+/up", "dosevakt/v1/+/+/state")
    centre.close()
    flood, sent_bytes = connect(mad.tls, "hub-mad"), 0
    flood.subscribe(topic(mad, "down"))
    while sent_bytes < setting("max_queued_bytes") + 16 * MIB:
        flood.pour(topic(mad, "up"), bytes(MAX_PAYLOAD), 64)
        sent_bytes += 64 * MAX_PAYLOAD
    used_bytes = resident_bytes(broker)
    other = connect(sound.tls, "hub-sound")
    other.publish(topic(sound, "up"), b"still served")
    assert used_bytes < setting("memory_limit") and other.still_there()
    count = f"{sent_bytes // MIB} MiB sent by one hub while the centre was away: broker at {used_bytes // MIB} MiB"
    record_property("count", count)


def test_a_message_no_hub_of_ours_sends_is_not_taken(installation, mad, sound, connect):
    """The largest batch of events passes; a larger packet costs its sender the connection, and nobody else."""
    centre, other = connect(installation.centre, "centre-vadso"), connect(sound.tls, "hub-sound")
    centre.subscribe("dosevakt/v1/+/+/up")
    connect(mad.tls, "hub-mad").attempt(topic(mad, "up"), bytes(setting("max_packet_size") + 1))
    other.publish(topic(sound, "up"), bytes(MAX_PAYLOAD))
    assert centre.received() == (topic(sound, "up"), bytes(MAX_PAYLOAD))
    assert centre.nothing_more() and centre.still_there()


def resident_bytes(broker) -> int:
    status = Path(f"/proc/{broker.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[1]) << 10
