"""A campaign at the centre: who may begin it, what hubs are told, what dispensers answer, and what the page shows."""

from collections.abc import Iterator

import pytest

from centre.core import campaign as core
from centre.core import update_life as life
from centre.edges import accounts, campaign_store, command_store
from centre.tests.conftest import TENANT, House
from centre.tests.town import DIGEST, RELEASE, Town
from protocol import errors
from protocol.commands import decode_command
from protocol.cose import parse_sign1
from protocol.device_events import CommandAccepted, CommandRefused
from protocol.path_updates import CARRIED, NO_ROOM, NOT_STAGED, STAGED, DropUpdate, PrepareUpdate
from protocol.service_commands import InstallFirmware
from protocol.service_events import DeviceErased, ServiceEnded, UpdateConfirmed, UpdateReverted, UpdateStarted


@pytest.fixture
def town(house: House) -> Iterator[Town]:
    made = Town(house)
    with made.client:
        yield made


def test_a_dispenser_is_taken_through_and_the_next_wave_opens(town: Town):
    """Staged, ordered with a signed command, installed, confirmed; only then the second wave's hubs are asked."""
    campaign_id = town.begin()
    device = town.first()
    assert town.tick() == [] and town.order(device) is None
    town.hub_says(device, NOT_STAGED, NO_ROOM)
    assert town.steps(campaign_id)[device.id] == life.STAGING
    assert "The hub has no room." in town.client.get(f"/campaigns/{campaign_id}").text
    town.hub_says(device, STAGED)
    assert town.tick() == []
    counter = town.order(device)
    assert counter == 1
    with town.house.database.read() as connection:
        signed = command_store.cose_of(connection, TENANT, device.id, counter)
    assert decode_command(parse_sign1(signed).payload).body == InstallFirmware(8, DIGEST)
    town.says(
        device, CommandAccepted(counter, InstallFirmware.TYPE), UpdateStarted(8, "0.3.0"), ServiceEnded(2, 60)
    )
    town.hub_says(device, CARRIED)
    assert town.steps(campaign_id)[device.id] == life.TRYING
    assert town.tick() == []
    town.says(device, UpdateConfirmed(8, "0.3.0"))
    down = town.tick()
    assert [wish for wish in down if isinstance(wish, DropUpdate)] == [DropUpdate(device.raw_id)]
    assert len([wish for wish in down if isinstance(wish, PrepareUpdate)]) == 4
    assert town.tick() == [] and town.house.kinds() == []
    shown = town.client.get(f"/campaigns/{campaign_id}").text
    assert "Wave 1: 1 of 1 done, 0 failed" in shown and "Wave 3: 0 of 15 done" in shown


def test_one_that_goes_back_stops_it_and_calls_a_technician(town: Town):
    """The first dispenser that goes back to its old version stops the campaign, and a technician's alarm says so."""
    campaign_id = town.begin()
    device = town.first()
    town.hub_says(device, STAGED)
    town.tick()
    town.says(
        device, CommandAccepted(1, InstallFirmware.TYPE), UpdateStarted(8, "0.3.0"), UpdateReverted(8, 1)
    )
    assert town.tick() == [DropUpdate(device.raw_id)]
    shown = town.client.get(f"/campaigns/{campaign_id}").text
    assert "Stopped by itself" in shown and "It went back to the version before." in shown
    assert town.house.kinds() == ["update_failed"]
    (row,) = town.client.get("/api/alarms").json()
    assert "did not take firmware 0.3.0" in row["what"]
    assert town.client.post(f"/api/campaigns/{campaign_id}/resume", json={}).json()["state"] == core.RUNNING
    assert len(town.tick()) == 4


def test_a_cables_version_that_is_given_up_calls_a_technician_too(town: Town):
    """A version that came by cable and was given up hours later, when nobody stood there, rings as well."""
    town.says(town.house.device, UpdateStarted(9, "0.4.0"), UpdateReverted(9, 1))
    assert town.house.kinds() == ["update_failed"]


def test_a_dispenser_that_cannot_now_is_asked_again_with_a_new_order(town: Town):
    """Refused because a dose is near, no alarm rings; later its hub is asked and a new order signed."""
    campaign_id = town.begin()
    device = town.first()
    town.hub_says(device, STAGED)
    town.tick()
    town.says(device, CommandRefused(1, InstallFirmware.TYPE, errors.NOT_NOW))
    assert town.steps(campaign_id)[device.id] == life.POSTPONED and town.house.kinds() == []
    town.house.clock.leap(life.AGAIN_S + 1)
    town.tick()
    assert town.steps(campaign_id)[device.id] == life.STAGING
    town.hub_says(device, STAGED)
    town.tick()
    assert town.order(device) == 2
    town.house.clock.leap(life.ORDER_GOOD_S + 60)  # nobody answers for a day: no alarm, asked again
    town.house.wait(60)
    town.tick()
    assert town.steps(campaign_id)[device.id] == life.POSTPONED
    assert town.order(device) is None and town.house.kinds() == []


def test_one_campaign_for_a_class_at_a_time(town: Town):
    """A second campaign waits until the first is ended, and who is in flight is not asked twice."""
    first_id = town.begin()
    device = town.first()
    answer = town.client.post("/api/campaigns", json={"target": RELEASE.target})
    assert answer.status_code == 409 and "end it first" in answer.json()["error"]
    town.hub_says(device, STAGED)
    town.tick()
    town.says(device, CommandAccepted(1, InstallFirmware.TYPE))
    assert town.client.post(f"/api/campaigns/{first_id}/abort", json={}).json()["state"] == core.ABORTED
    town.tick()
    second_id = town.begin()
    for _ in range(3):
        asked = {wish.device_id for wish in town.tick() if isinstance(wish, PrepareUpdate)}
        assert device.raw_id not in asked
    town.says(device, UpdateConfirmed(8, "0.3.0"))
    assert town.steps(first_id)[device.id] == life.DONE == town.steps(second_id)[device.id]
    assert [row["state"] for row in town.client.get("/api/campaigns").json()].count(core.ABORTED) == 1
    for path, status in (
        (f"/api/campaigns/{first_id}/resume", 409),
        (f"/api/campaigns/{first_id}/dance", 404),
    ):
        assert town.client.post(path, json={}).status_code == status
    assert town.client.post("/api/campaigns/00/pause", json={}).status_code == 404
    assert town.client.post("/api/campaigns", json={"target": "x.dvb"}).status_code == 409


def test_only_technicians_and_leads_steer(town: Town):
    """An operator sees campaigns and their numbers, and is offered no button; asking all the same is refused."""
    campaign_id = town.begin()
    with town.house.database.write() as connection:
        accounts.new_account(connection, TENANT, "kari", "operator", "a long password")
        ends_s = town.house.clock.wall_s() + 60
        opened = accounts.open_session(connection, TENANT, "kari", "Desk 1", "en", ends_s)
    town.client.cookies.set("dosevakt_session", opened.token)
    for path in ("/campaigns", f"/campaigns/{campaign_id}"):
        shown = town.client.get(path)
        assert shown.status_code == 200 and "<button" not in shown.text
    assert town.client.post("/api/campaigns", json={"target": RELEASE.target}).status_code == 403
    headers = {"X-CSRF-Token": opened.csrf}
    assert town.client.post(f"/campaigns/{campaign_id}/abort", headers=headers).status_code == 403


@pytest.mark.parametrize("language", ["nb", "nn", "se", "en"])
def test_the_pages_can_be_read_and_used_without_a_script(town: Town, language: str):
    """The form begins a campaign only with its box ticked; every page has a heading, labels and no word of code."""
    with town.house.database.write() as connection:
        ends_s = town.house.clock.wall_s() + 60
        opened = accounts.open_session(connection, TENANT, "demo", "Desk 1", language, ends_s)
    town.client.cookies.set("dosevakt_session", opened.token)
    form = {"csrf": opened.csrf, "target": RELEASE.target}
    unsure = town.client.post("/campaigns", data=form)
    assert unsure.status_code == 200 and 'role="alert"' in unsure.text
    begun = town.client.post("/campaigns", data={**form, "sure": "yes"})
    assert begun.status_code == 200 and begun.text.count("<progress") == 3
    assert f'<html lang="{language}"' in begun.text and "campaign." not in begun.text
    for line in begun.text.splitlines():
        assert "<progress" not in line or f'id="{line.split(chr(34))[1]}"' in line
    assert begun.text.count("<label for=") == 3 and "style=" not in begun.text
    with town.house.database.read() as connection:
        assert len(campaign_store.listing(connection, TENANT)) == 1
    assert town.client.get("/campaigns/zz").status_code == 404


def test_who_runs_it_already_or_has_come_back_is_left_alone(town: Town):
    """A dispenser that runs the version, and one that was returned and erased, are no part of a campaign."""
    runs, erased, older = list(town.devices.values())[1:4]
    town.says(runs, UpdateConfirmed(RELEASE.sequence, RELEASE.version))
    town.says(erased, DeviceErased(1, 0, 0, 0, 0, 0))
    town.says(older, UpdateConfirmed(RELEASE.sequence - 1, "0.2.0"))
    steps = town.steps(town.begin())

    assert not {runs.id, erased.id} & set(steps)
    assert older.id in steps and len(steps) == 18


def test_one_with_a_newer_version_by_cable_is_no_failure(town: Town):
    """A dispenser that says that it had a newer version is left as it is, and the campaign does not stop for it."""
    campaign_id = town.begin()
    device = town.first()
    town.hub_says(device, STAGED)
    town.tick()
    town.says(device, CommandRefused(town.order(device), InstallFirmware.TYPE, errors.OLD_VERSION))

    assert town.steps(campaign_id)[device.id] == life.LEFT
    assert town.client.get(f"/api/campaigns/{campaign_id}").json()["why"] != core.FAILURES
