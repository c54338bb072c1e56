"""Events that nobody should believe: the centre keeps them apart, says so on the board, and the true ones stay true."""

import pytest

from hil_tests.auditor import BEHIND_A_GAP, NOTHING_WRONG, audit
from hil_tests.rogues import Pen, at_the_broker, at_the_centre, waiting_in_hub
from hil_tests.unit import Unit
from tools.authority.installation import HubKeys, add_hub
from tools.authority.keys import load_key, public_point
from tools.demo.settings import TENANT
from tools.demo.town import Town


@pytest.fixture
def other_hub(unit: Unit) -> HubKeys:
    """A second hub of the same municipality, registered and with its own certificate."""
    hub = add_hub(unit.town.keys, TENANT, "hub-2")
    point = public_point(load_key(hub.event_key)).hex()
    unit.town.centre.post("/api/hubs", {"public_point": point, "label": "Stairway B"})
    return hub


def own_alarm(unit: Unit, device_id: str, **fields):
    """Wait for an alarm of another sender than the unit."""

    def look():
        rows = [row for row in unit.town.centre.get("/api/alarms") if row["device_id"] == device_id]
        return next((row for row in rows if fields.items() <= row.items()), None)

    return unit.wait_until(look, f"an alarm {fields} of {device_id}")


def test_an_event_with_a_changed_signature_is_refused_and_shown(unit: Unit):
    """One bit of the signature is turned: the event is not stored, and the board says forged."""
    unit.has_time()
    known = at_the_centre(unit.town, unit.device_id)
    forged = known[0][:-1] + bytes([known[0][-1] ^ 1])
    with at_the_broker(unit.town, unit.town.hub) as rogue:
        rogue.publish([forged])
        unit.alarm(kind="forged", condition="active", owner="lead")
    assert audit(unit) == NOTHING_WRONG


def test_an_event_signed_with_another_devices_key_is_refused_and_shown(unit: Unit):
    """A key that is not this dispenser's signs in its name: not stored, and the board says forged."""
    unit.has_time()
    with at_the_broker(unit.town, unit.town.hub) as rogue:
        rogue.publish([Pen().event(named=bytes.fromhex(unit.device_id))])
        unit.alarm(kind="forged", condition="active")
    assert audit(unit) == NOTHING_WRONG


@pytest.mark.rig
def test_an_event_of_a_stranger_is_refused_and_shown(unit: Unit):
    """A dispenser that nobody registered reports something: the board shows an unknown device at that hub."""
    unit.has_time()
    pen = Pen()
    with at_the_broker(unit.town, unit.town.hub) as rogue:
        rogue.publish([pen.event()])
        own_alarm(unit, unit.town.hub_id, kind="unknown_device", condition="active")
    assert not at_the_centre(unit.town, pen.id.hex())


def test_the_same_events_sent_again_change_nothing(unit: Unit):
    """A hub sends what it had sent before: nothing is doubled, and no dose is counted twice."""
    unit.load()
    unit.event("DoseMissed", 1)
    before = unit.told()
    missed = unit.alarm(kind="missed")
    with at_the_broker(unit.town, unit.town.hub) as rogue:
        for _ in range(2):
            rogue.publish(at_the_centre(unit.town, unit.device_id))
        rogue.publish([Pen().event()])  # comes after them, so when it is seen they were judged
        own_alarm(unit, unit.town.hub_id, kind="unknown_device")
    assert unit.told()[: len(before)] == before
    assert unit.alarm(kind="missed")["count"] == missed["count"]
    assert audit(unit) == NOTHING_WRONG


def test_old_events_replayed_through_another_hub_are_refused_and_shown(unit: Unit, other_hub: HubKeys):
    """Somebody recorded events and plays them at another hub: the board says replay, and names the wrong hub."""
    unit.has_time()
    with at_the_broker(unit.town, other_hub) as rogue:
        rogue.publish(at_the_centre(unit.town, unit.device_id))
        unit.alarm(kind="replay", condition="active")
        unit.alarm(kind="wrong_hub", condition="active")
    assert audit(unit) == NOTHING_WRONG


def test_events_out_of_order_are_an_alarm_until_the_hole_is_filled(unit: Unit):
    """The last of some events comes first: a gap is on the board, no receipt covers it, and the rest ends the gap."""
    unit.has_time()
    with_short_grace(unit.town)
    unit.town.kill("broker")
    for is_open in (True, False, True):
        unit.move_lid(is_open)
    held = unit.wait_until(
        lambda: (rows := waiting_in_hub(unit.town, unit.device_id))[1:] and rows,
        "events that wait in the hub",
    )
    unit.town.kill("hub")
    unit.town.start_again("broker")
    unit.wait_until(lambda: unit.town.centre.get("/api/state")["path_up"], "the centre back at the broker")
    with at_the_broker(unit.town, unit.town.hub) as rogue:
        rogue.publish([held[-1]])
        unit.alarm(kind="gap", condition="active")
    unit.town.start_again("hub")
    unit.alarm(kind="gap", condition="cleared")
    assert audit(unit) == BEHIND_A_GAP


def with_short_grace(town: Town) -> None:
    """The centre gives a hole a minute to fill; here a second is enough to see that it does not."""
    town.kill("centre")
    config = town.folder / "centre.toml"
    config.write_text(config.read_text() + "\n[limits]\ngap_grace_s = 1\n")
    town.start_again("centre")


@pytest.mark.rig
def test_a_hub_on_another_hubs_topic_is_not_heard(unit: Unit, other_hub: HubKeys):
    """With its own certificate a hub speaks on its neighbour's topic: the broker lets nothing of it through."""
    unit.has_time()
    stranger = Pen()
    with at_the_broker(unit.town, other_hub) as rogue:
        rogue.attempt([stranger.event()], as_hub=unit.town.hub.hub_id)
    with at_the_broker(unit.town, other_hub) as rogue:
        rogue.publish([Pen().event()])  # on its own topic, so when it is seen the other one was dropped
        own_alarm(unit, other_hub.hub_id.hex(), kind="unknown_device")
    rows = unit.town.centre.get("/api/alarms?closed=true")
    assert stranger.id.hex() not in [row["facts"].get("sender") for row in rows]
