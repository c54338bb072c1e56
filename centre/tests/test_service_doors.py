"""What a technician's tool beside a dispenser is given: signed commands that expire, receipts for what it carries."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from centre.core.service_orders import GOOD_S
from centre.edges import accounts, command_store, event_store, registry
from centre.edges.tables.alarms import audit
from centre.tests.conftest import TENANT, House
from centre.tests.signing import Sender
from protocol import cose
from protocol.commands import decode_command_heading
from protocol.device_events import Booted, CommandAccepted, LidClosed, LidOpened
from protocol.path_messages import MAX_EVENTS
from protocol.receipts import decode_receipt
from protocol.service_commands import EraseDevice, InstallFirmware, OpenRepl, ServiceTests

COMMANDS, EVENTS = "/api/service/commands", "/api/service/events"
DIGEST = "ab" * 32


@pytest.fixture
def client(house: House) -> Iterator:
    with house.client() as someone:
        yield someone


def trail(house: House) -> list[tuple[str, str, str]]:
    with house.database.read() as connection:
        query = select(audit.c.verb, audit.c.actor, audit.c.comment).where(audit.c.tenant == TENANT)
        return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by(audit.c.id))]


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ({"what": "open_repl", "minutes": 20}, OpenRepl(20)),
        ({"what": "erase"}, EraseDevice()),
        (
            {"what": "install", "sequence": 7, "manifest_digest": DIGEST},
            InstallFirmware(7, bytes.fromhex(DIGEST)),
        ),
        ({"what": "tests"}, ServiceTests()),
    ],
)
def test_a_technician_gets_a_signed_command_for_a_quarter_of_an_hour(house: House, client, more, body):
    """The tool gets the command signed by the centre; it is good for 15 minutes, and who asked stands in the trail."""
    answer = client.post(COMMANDS, json={"device_id": house.device.id, **more})
    assert answer.status_code == 201, answer.text
    given = answer.json()
    signed = cose.parse_sign1(bytes.fromhex(given["cose"]))
    heading = decode_command_heading(signed.payload)
    assert (heading.device_id, heading.type, heading.fields) == (
        house.device.raw_id,
        body.TYPE,
        body.to_map(),
    )
    assert heading.counter == given["counter"] == 1 and heading.not_after_s == given["not_after_s"]
    assert 0 <= house.clock.utc_s() + GOOD_S - heading.not_after_s <= 5
    words = f"device {house.device.id} {more['what']} counter 1"
    assert trail(house)[-1] == ("service_command", "demo", words)


def test_no_hub_is_given_what_a_technician_carries(house: House, client):
    """The carried command goes over no hub and calls nobody when it is not used; its answer is known."""
    client.post(COMMANDS, json={"device_id": house.device.id, "what": "tests"})
    with house.database.read() as connection:
        assert command_store.waiting(connection, TENANT) == {}
    house.clock.leap(GOOD_S + 60)
    house.wait(60)
    assert house.kinds() == []
    house.bring(house.device.event(CommandAccepted(1, ServiceTests.TYPE), house.clock.utc_s()))
    with house.database.read() as connection:
        assert command_store.state_of(connection, TENANT, house.device.id, 1) == "accepted"


def test_what_waited_for_the_dispenser_is_signed_behind_it(house: House, client):
    """An order that still waits for the dispenser keeps its worth after the carried one was taken."""
    client.post(f"/api/devices/{house.device.id}/pause", json={"reason": "hospital"}).raise_for_status()
    given = client.post(COMMANDS, json={"device_id": house.device.id, "what": "tests"}).json()
    with house.database.read() as connection:
        waiting = command_store.waiting(connection, TENANT)[house.device.id]
    assert given["counter"] == 2 and [command.counter for command in waiting] == [3]


@pytest.mark.parametrize(
    ("wish", "status", "words"),
    [
        ({"what": "dance"}, 422, "must be one of open_repl, erase, install, tests"),
        ({"what": "open_repl"}, 422, "these fields and no others: minutes"),
        ({"what": "open_repl", "minutes": 31}, 422, "outside its bounds: minutes"),
        ({"what": "open_repl", "minutes": 0}, 422, "outside its bounds: minutes"),
        ({"what": "erase", "minutes": 5}, 422, "these fields and no others: -"),
        ({"what": "install", "sequence": 7}, 422, "manifest_digest, sequence"),
        ({"what": "install", "sequence": 7, "manifest_digest": "ab"}, 422, "pattern"),
        ({"what": "tests", "extra": 1}, 422, "extra"),
        ({"what": "tests", "device_id": "00" * 8}, 404, "There is no device 0000000000000000"),
        ({"what": "tests", "device_id": "../../etc"}, 422, "pattern"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_a_sentence(house: House, client, wish, status, words):
    """Nothing is signed for a wish that is unclear, out of bounds or about a stranger."""
    answer = client.post(COMMANDS, json={"device_id": house.device.id, **wish})
    assert answer.status_code == status and words in answer.text, answer.text
    assert trail(house) == []


def test_only_technicians_and_leads_serve_dispensers(house: House, client):
    """An operator is told that this takes a technician's account; a technician gets the command."""
    wish = {"device_id": house.device.id, "what": "tests"}
    for role, status in (("operator", 403), ("nurse", 403), ("technician", 201), ("lead", 201)):
        with house.database.write() as connection:
            accounts.new_account(connection, TENANT, f"a-{role}", role, "a long password")
            ends_s = house.clock.wall_s() + 60
            opened = accounts.open_session(connection, TENANT, f"a-{role}", "Van 3", "en", ends_s)
        client.cookies.set("dosevakt_session", opened.token)
        answer = client.post(COMMANDS, json=wish)
        assert answer.status_code == status, answer.text
    assert client.post(EVENTS, json={"coses": ["00"]}).status_code == 422


def carried(client, events: list[bytes]):
    return client.post(EVENTS, json={"coses": [event.hex() for event in events]})


def test_events_carried_by_hand_get_the_same_receipt(house: House, client):
    """What a technician carries in is verified, chained and receipted as if the hub had brought it, also in parts."""
    told = [house.device.event(body, house.clock.utc_s()) for body in (LidOpened(), LidClosed(), LidOpened())]
    first, again = carried(client, told[:2]), carried(client, told)
    for answer, seq in ((first, 2), (again, 3)):
        assert answer.status_code == 200, answer.text
        (signed,) = answer.json()["receipts"]
        receipt = decode_receipt(cose.parse_sign1(bytes.fromhex(signed)).payload)
        assert receipt.covering(house.device.raw_id) == (seq, cose.event_hash(told[seq - 1]))
    assert house.bring(*told).receipts != []  # the hub finds its way home later
    assert house.kinds() == []
    assert trail(house)[-1] == ("events_by_hand", "demo", "3 events")


def test_a_copy_that_came_over_another_hub_is_no_attack(house: House, client):
    """A dispenser that moved to another home has told some of it over its old hub; carried again, nobody is called."""
    told = house.device.event(LidOpened(), house.clock.utc_s())
    house.bring(told)
    other = Sender()
    with house.database.write() as connection:
        registry.enrol_hub(connection, TENANT, other.point, "Stair C")
        registry.enrol_device(connection, TENANT, house.device.point, "tablet", other.id, "Flat 9")
    assert len(carried(client, [told]).json()["receipts"]) == 1
    assert house.kinds() == []


def test_a_hole_gets_no_receipt(house: House, client):
    """Events behind a hole are kept, and covered only when the hole is filled."""
    told = [house.device.event(body, house.clock.utc_s()) for body in (LidOpened(), LidClosed(), LidOpened())]
    assert carried(client, told[2:]).json()["receipts"] == []
    receipts = carried(client, told[:2]).json()["receipts"]
    receipt = decode_receipt(cose.parse_sign1(bytes.fromhex(receipts[0])).payload)
    assert receipt.covering(house.device.raw_id) == (3, cose.event_hash(told[2]))


def test_a_carried_hello_does_not_hide_a_dead_hub(house: House, client):
    """That a person brings a dispenser's events is no sign of life of its hub."""
    with house.database.read() as connection:
        before = registry.hub_of(connection, TENANT, house.hub.id)
    carried(client, [house.device.event(Booted("0.2.0", 1, 1, True), house.clock.utc_s())])
    with house.database.read() as connection:
        assert registry.hub_of(connection, TENANT, house.hub.id) == before


def test_what_is_not_ours_is_refused_as_a_whole(house: House, client):
    """A stranger's, a forged and a hub's event are each named by number, and nothing beside them is stored."""
    sound = house.device.event(LidOpened(), house.clock.utc_s())
    stranger = Sender().event(LidOpened(), house.clock.utc_s())
    hubs = house.hub.event(LidOpened(), house.clock.utc_s())
    forged = sound[:-1] + bytes([sound[-1] ^ 1])
    for bad, words in (
        (stranger, "which is not enrolled here"),
        (forged, "carries no signature of its device"),
        (hubs, "a hub brings its own"),
        (b"", "carries no signature"),
    ):
        answer = carried(client, [sound, bad])
        assert answer.status_code == 422 and words in answer.json()["error"], answer.text
        assert answer.json()["error"].startswith("Event 2 ")
    with house.database.read() as connection:
        assert event_store.newest(connection, TENANT) == 0
    assert client.post(EVENTS, json={"coses": ["zz"]}).status_code == 422
    assert client.post(EVENTS, json={"coses": []}).status_code == 422
    assert carried(client, [sound] * (MAX_EVENTS + 1)).status_code == 422
