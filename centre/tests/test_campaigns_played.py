"""Campaigns among homes that say nothing, hubs that speak of others' dispensers, and another municipality."""

from collections.abc import Iterator

import pytest

from centre.core import campaign as core
from centre.core import update_life as life
from centre.edges import campaign_store, registry
from centre.edges.campaign_desk import CampaignDesk
from centre.edges.desk import Desk
from centre.edges.ingest import Ingest
from centre.tests.conftest import House
from centre.tests.signing import Sender
from centre.tests.town import DIGEST, RELEASE, Town
from protocol.device_events import CommandAccepted
from protocol.errors import BAD_SIGNATURE
from protocol.path_messages import HubState
from protocol.path_updates import (
    CARRIED,
    NO_ROOM,
    NOT_STAGED,
    NOT_TAKEN,
    STAGED,
    DropUpdate,
    PrepareUpdate,
    UpdateState,
)
from protocol.service_commands import InstallFirmware
from protocol.service_events import DeviceErased, UpdateConfirmed, UpdateStarted

OTHER = "vardo"


@pytest.fixture
def town(house: House) -> Iterator[Town]:
    made = Town(house)
    with made.client:
        yield made


def told(town: Town, campaign_id: str) -> dict:
    """The campaign as the JSON door tells it."""
    return town.client.get(f"/api/campaigns/{campaign_id}").json()


def test_one_that_took_the_order_and_fell_silent_stops_the_campaign(town: Town):
    """Twelve hours after a dispenser took the order without another word, the campaign has stopped by itself, a
    technician is called, and the page says why."""
    campaign_id = town.begin()
    device = town.first()
    town.hub_says(device, STAGED)
    town.tick()
    town.says(device, CommandAccepted(1, InstallFirmware.TYPE))
    town.house.clock.leap(life.SILENT_S)
    town.tick()
    assert told(town, campaign_id)["state"] == core.RUNNING
    town.house.clock.leap(60)
    town.tick()
    assert (told(town, campaign_id)["state"], told(town, campaign_id)["why"]) == (core.STOPPED, core.FAILURES)
    assert town.house.kinds() == ["update_failed"]
    shown = town.client.get(f"/campaigns/{campaign_id}").text
    assert "Stopped by itself" in shown and "It took the order and said nothing more." in shown
    town.says(device, UpdateStarted(8, "0.3.0"), UpdateConfirmed(8, "0.3.0"))  # its home had no network
    assert town.steps(campaign_id)[device.id] == life.DONE


def test_a_home_that_is_never_reached_is_given_up_and_a_person_decides(town: Town):
    """With its hub away nobody is asked.  After three days the dispenser counts as not reached, without an alarm, and
    the campaign waits for a person, for nobody has proved the version yet."""
    town.hub_is(online=False)
    campaign_id = town.begin()
    for _ in range(3):
        assert town.tick() == []
        town.house.clock.leap(life.GIVE_UP_S // 3)
    town.house.clock.leap(60)
    town.tick()
    assert (told(town, campaign_id)["state"], told(town, campaign_id)["why"]) == (core.STOPPED, core.NOBODY)
    assert list(town.steps(campaign_id).values()).count(life.UNREACHED) == 1
    assert town.house.kinds() == []
    assert town.client.post(f"/api/campaigns/{campaign_id}/resume", json={}).json()["state"] == core.RUNNING
    town.hub_is(online=True)
    assert len([wish for wish in town.tick() if isinstance(wish, PrepareUpdate)]) == 4


def test_silent_homes_hold_up_no_others(town: Town):
    """Of the second wave two dispensers are done and two are never heard of: after three days the third wave opens."""
    campaign_id = town.begin()
    first = town.first()
    town.says(first, UpdateConfirmed(8, "0.3.0"))
    second = [town.devices[wish.device_id.hex()] for wish in town.tick() if isinstance(wish, PrepareUpdate)]
    for device in second[:2]:
        town.says(device, UpdateConfirmed(8, "0.3.0"))
    town.tick()
    assert told(town, campaign_id)["waves"][1]["done"] == 2
    town.house.clock.leap(life.GIVE_UP_S + 60)
    assert len([wish for wish in town.tick() if isinstance(wish, PrepareUpdate)]) == 15
    assert told(town, campaign_id)["state"] == core.RUNNING and town.house.kinds() == []


def test_a_hub_with_a_full_disk_is_told_in_words_and_asked_again(town: Town):
    """Its hub has no room: nothing is ordered, nothing fails, the page says so, and with room it goes on."""
    campaign_id = town.begin()
    device = town.first()
    for _ in range(3):
        assert town.hub_says(device, NOT_STAGED, NO_ROOM)
        assert town.tick() == [] and town.order(device) is None
    assert "The hub has no room." in town.client.get(f"/campaigns/{campaign_id}").text
    assert town.house.kinds() == [] and told(town, campaign_id)["state"] == core.RUNNING
    town.hub_says(device, STAGED)
    town.tick()
    assert town.order(device) == 1


def test_one_that_comes_back_from_its_home_is_let_go(town: Town):
    """A dispenser that is erased while its order is on the way is no failure: the order is withdrawn, its hub drops the
    bundle, and nobody is called."""
    campaign_id = town.begin()
    device = town.first()
    town.hub_says(device, STAGED)
    town.tick()
    assert town.order(device) == 1
    town.says(device, DeviceErased(1, 0, 0, 0, 0, 0))
    assert town.order(device) is None and town.steps(campaign_id)[device.id] == life.LEFT
    assert town.tick() == [DropUpdate(device.raw_id)] and town.house.kinds() == []
    assert told(town, campaign_id)["why"] != core.FAILURES


def test_a_hub_speaks_only_for_its_own_dispensers(town: Town):
    """What another home's hub says of a dispenser's firmware is not heard: it can neither order nor stop anything."""
    stranger = Sender()
    with town.house.database.write() as connection:
        registry.enrol_hub(connection, "demo", stranger.point, "Stair C")
    campaign_id = town.begin()
    device = town.first()
    for state, reason in ((STAGED, 0), (NOT_TAKEN, BAD_SIGNATURE), (CARRIED, 0)):
        assert not town.hub_says(device, state, reason, hub=stranger)
        assert town.steps(campaign_id)[device.id] == life.STAGING
    assert town.tick() == [] and town.order(device) is None and town.house.kinds() == []


class Neighbours:
    """Another municipality on the same database: its hub, its dispensers, its own campaign desk."""

    def __init__(self, town: Town) -> None:
        self.house = house = town.house
        self.hub, self.devices = Sender(), [Sender() for _ in range(3)]
        self.desk = CampaignDesk(OTHER, Desk(OTHER, house.key))
        self.ingest = Ingest(house.database, OTHER, house.key, house.clock)
        with house.database.write() as connection:
            registry.ensure_tenant(connection, OTHER)
            registry.enrol_hub(connection, OTHER, self.hub.point, "Town hall")
            for device in self.devices:
                registry.enrol_device(connection, OTHER, device.point, "tablet", self.hub.id, "Room 1")
        self.ingest.take_state(self.hub.id, HubState(True, 1, "test", [], house.clock.utc_s()))

    def tick(self) -> list:
        with self.house.database.write() as connection:
            return self.desk.tick(connection, self.ingest.who("centre"))[0]


def test_another_municipality_is_never_asked_nor_seen(town: Town):
    """A campaign has no dispenser of another tenant, sends nothing to its hubs, hears nothing from them, and nobody
    there can see or steer it."""
    there = Neighbours(town)
    campaign_id = town.begin()
    strangers = {device.id for device in there.devices}
    assert not strangers & set(town.steps(campaign_id)) and there.tick() == []
    device = town.first()  # Town.tick holds that only our own hub is written to
    said = UpdateState(device.raw_id, DIGEST, STAGED, 0)
    assert not there.ingest.take_update(there.hub.id, said)
    assert not there.ingest.take_update(town.house.hub.id, said)
    assert not town.house.ingest.take_update(there.hub.id, said)
    assert town.steps(campaign_id)[device.id] == life.STAGING
    stranger = there.devices[0]
    town.says(stranger, UpdateConfirmed(8, "0.3.0"))  # carried to the wrong house: nobody knows it there
    assert town.house.kinds() == ["unknown_device"] and told(town, campaign_id)["waves"][0]["done"] == 0
    with there.house.database.write() as connection:
        assert campaign_store.listing(connection, OTHER) == []
        with pytest.raises(LookupError):
            there.desk.act(connection, campaign_id, core.ABORT, there.ingest.who("kari"))
        theirs = there.desk.begin(connection, RELEASE, there.ingest.who("kari"))
    assert set(theirs.campaign.parts) == strangers
    asked = {down.message.device_id.hex() for down in there.tick()}
    assert asked and asked <= strangers
    assert town.client.get(f"/campaigns/{theirs.campaign_id}").status_code == 404
    assert town.client.get(f"/api/campaigns/{theirs.campaign_id}").status_code == 404
    assert town.client.post(f"/api/campaigns/{theirs.campaign_id}/abort", json={}).status_code == 404
    assert [row["campaign_id"] for row in town.client.get("/api/campaigns").json()] == [campaign_id]
