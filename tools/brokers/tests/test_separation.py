"""One hub's certificate opens that hub's topics and no others, on the real broker and on the demo's."""

from tools.authority.certificates import issue_client, new_authority
from tools.authority.installation import add_hub

# Ways to ask for more than one's own: whole levels, a part of a shared subscription, the broker's own numbers.
EVERYTHING = (
    "#",
    "+/+/+/+/+",
    "dosevakt/v1/+/+/down",
    "dosevakt/#",
    "$share/all/dosevakt/v1/+/+/down",
    "$SYS/#",
)


def topic(hub, name):
    return f"dosevakt/v1/{hub.user}/{name}"


def client_of(connect, hub):
    return connect(hub.tls, "hub-" + hub.hub_id.hex())


def test_a_hub_reaches_the_centre_and_hears_its_answer(installation, hub_a, connect):
    """What a hub sends comes to the centre under the hub's own name, and the centre's answer comes back."""
    centre, hub = connect(installation.centre, "centre-ingest"), client_of(connect, hub_a)
    centre.subscribe("dosevakt/v1/+/+/up", "dosevakt/v1/+/+/state")
    hub.subscribe(topic(hub_a, "down"))

    hub.publish(topic(hub_a, "up"), b"event")
    hub.publish(topic(hub_a, "state"), b"here")
    centre.publish(topic(hub_a, "down"), b"receipt")

    assert [centre.received(), centre.received()] == [
        (topic(hub_a, "up"), b"event"),
        (topic(hub_a, "state"), b"here"),
    ]
    assert hub.received() == (topic(hub_a, "down"), b"receipt")


def test_a_hub_cannot_speak_as_another(installation, hub_a, hub_b, connect):
    """A stolen hub cannot report anything in the name of another home's hub."""
    centre, owner = connect(installation.centre, "centre-ingest"), client_of(connect, hub_b)
    centre.subscribe("dosevakt/v1/+/+/up", "dosevakt/v1/+/+/state")
    owner.subscribe(topic(hub_b, "down"))

    for forged in (topic(hub_b, "up"), topic(hub_b, "state"), topic(hub_b, "down")):
        client_of(connect, hub_a).attempt(forged, b"forged")
    owner.publish(topic(hub_b, "up"), b"true")

    assert centre.received() == (topic(hub_b, "up"), b"true")
    assert centre.nothing_more()
    assert owner.nothing_more()


def test_a_hub_cannot_listen_to_another(installation, hub_a, hub_b, connect):
    """A stolen hub hears nothing that is meant for, or comes from, another home's hub."""
    centre, owner = connect(installation.centre, "centre-ingest"), client_of(connect, hub_b)
    thief = client_of(connect, hub_a)
    wishes = (topic(hub_b, "down"), topic(hub_b, "up"), topic(hub_b, "state"), *EVERYTHING)
    for wish in wishes:
        thief.subscribe(wish)
    thief.subscribe(topic(hub_a, "down"))

    owner.publish(topic(hub_b, "up"), b"private")
    centre.publish(topic(hub_b, "down"), b"private")
    centre.publish(topic(hub_a, "down"), b"mine")

    assert thief.received() == (topic(hub_a, "down"), b"mine")
    assert thief.nothing_more()


def test_a_neighbour_in_the_same_municipality_is_as_far_away(installation, hub_a, connect):
    """Two homes of one municipality hear and say as little of each other as two of different ones."""
    neighbour = add_hub(installation, "vadso", "next-door")
    centre, owner = connect(installation.centre, "centre-ingest"), client_of(connect, neighbour)
    centre.subscribe("dosevakt/v1/+/+/up")
    owner.subscribe(topic(neighbour, "down"))
    thief = client_of(connect, hub_a)
    thief.subscribe(topic(neighbour, "down"), "dosevakt/v1/vadso/+/down", topic(hub_a, "down"))

    centre.publish(topic(neighbour, "down"), b"private")
    centre.publish(topic(hub_a, "down"), b"mine")
    thief_heard = thief.received()
    thief.attempt(topic(neighbour, "up"), b"forged")
    owner.publish(topic(neighbour, "up"), b"true")

    assert (thief_heard, owner.received()) == (
        (topic(hub_a, "down"), b"mine"),
        (topic(neighbour, "down"), b"private"),
    )
    assert centre.received() == (topic(neighbour, "up"), b"true")
    assert thief.nothing_more() and centre.nothing_more()


def test_a_last_will_is_no_way_around(installation, hub_a, hub_b, connect):
    """What a dying hub has the broker say for it is said in its own name only."""
    centre = connect(installation.centre, "centre-ingest")
    centre.subscribe("dosevakt/v1/+/+/up", "dosevakt/v1/+/+/state")
    forger = connect(hub_a.tls, "hub-" + hub_a.hub_id.hex(), (topic(hub_b, "state"), b"forged"))
    if forger is not None:
        forger.die()
    honest = connect(hub_a.tls, "hub-" + hub_a.hub_id.hex(), (topic(hub_a, "state"), b"gone"))
    honest.die()

    assert centre.received() == (topic(hub_a, "state"), b"gone")
    assert centre.nothing_more()


def test_nobody_gets_in_without_our_certificate(tmp_path, hub_a, connect):
    """No certificate, or one from another authority: the broker does not say a word."""
    stranger = issue_client(new_authority(tmp_path / "other"), tmp_path / "stranger", hub_a.user)

    assert connect(None, "hub-" + hub_a.hub_id.hex()) is None
    assert connect(stranger, "hub-" + hub_a.hub_id.hex()) is None


def test_the_brokers_own_certificate_is_no_clients(installation, connect):
    """Who copies the broker's key cannot come in with it as a hub or as the centre."""
    assert connect(installation.server, "centre-ingest") is None
