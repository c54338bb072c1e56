"""New firmware in a real browser: begun, stopped by itself, gone on with, and ended for good."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from centre.tests.desk import CONTRAST, NARROW, at_the_desk, save
from centre.tests.live import Broker, LiveCentre, LiveHub, state_of, wait_for
from centre.tests.signing import Sender
from protocol.device_events import CommandAccepted
from protocol.path_messages import encode_path_message
from protocol.path_updates import STAGED, UpdateState
from protocol.service_commands import InstallFirmware
from protocol.service_events import UpdateReverted, UpdateStarted
from tools.release_repository import offline, roles
from tools.release_repository.tests.bundles import release_key, signed_bundle

VERSION, SEQUENCE = "0.3.0", 8
PICTURE = {"width": 820, "height": 900}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[LiveCentre]:
    """A running centre with one version in its firmware repository."""
    now, folder = datetime.now(UTC), tmp_path_factory.mktemp("repository")
    lists = offline.new_repository(folder, None, now)
    bundle = signed_bundle(release_key(), VERSION, SEQUENCE, b"code")
    offline.publish(lists, f"dosevakt-tablet-pico-{VERSION}.dvb", bundle, None, now)
    key = roles.key_file(folder, roles.ONLINE)
    firmware = f'[firmware]\nrepository = "{folder}/repository"\nonline_key = "{key}"\n'
    made = LiveCentre(tmp_path_factory.mktemp("centre"), broker, firmware)
    made.start()
    wait_for(lambda: state_of(made.client())["path_up"], "the centre's way to the broker")
    wait_for(lambda: made.client().get("/api/firmware").json()["releases"], "the version")
    yield made
    made.stop()


class Homes:
    """Eight dispensers below one hub; whoever is asked takes the version and goes back to the one before."""

    def __init__(self, centre: LiveCentre, hub: LiveHub) -> None:
        self.centre, self.hub = centre, hub
        self.devices = {device.raw_id: device for device in (Sender() for _ in range(8))}
        centre.enrol(hub, *self.devices.values())

    def next_goes_back(self) -> None:
        """The hub has the bundle, the order comes, and the version is given up by the dispenser."""
        wish = self.hub.wishes.get(timeout=30)
        device = self.devices[wish.device_id]
        said = UpdateState(wish.device_id, wish.manifest_digest, STAGED, 0)
        self.hub.publish("up", encode_path_message(said))
        order = self.hub.commands.get(timeout=30)
        assert (order.device_id, order.body) == (
            device.raw_id,
            InstallFirmware(SEQUENCE, wish.manifest_digest),
        )
        accepted = CommandAccepted(order.counter, InstallFirmware.TYPE)
        words = accepted, UpdateStarted(SEQUENCE, VERSION), UpdateReverted(SEQUENCE, 1)
        self.hub.bring(*[device.event(body) for body in words])
        client = self.centre.client()
        wait_for(lambda: client.get("/api/campaigns").json()[0]["state"] == "stopped", "the stop")


@pytest.fixture
def desk(browser: Browser, centre: LiveCentre) -> Iterator[Page]:
    """An operator who may steer, logged in."""
    with at_the_desk(browser, centre) as page:
        yield page


def can_be_read_and_pressed(page: Page) -> None:
    """Every text is clear and every button large, on a telephone too; nothing must be scrolled sideways."""
    usual = page.viewport_size
    for size in (PICTURE, NARROW):
        page.set_viewport_size(size)
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for button in page.locator("button:visible, .button:visible").all():
            box = button.bounding_box()
            assert box and box["height"] >= 44 and box["width"] >= 44
        names = [bar.evaluate("bar => bar.labels.length") for bar in page.locator("progress").all()]
        assert names and all(names)
    page.set_viewport_size(PICTURE)
    page.evaluate("window.scrollTo(0, 0)")
    save(page, "campaign.png", "light")
    assert usual is not None
    page.set_viewport_size(usual)


def test_an_operator_follows_a_campaign_that_stops_goes_on_and_ends_it(
    desk: Page, centre: LiveCentre, hub: LiveHub
):
    """The page shows the waves, which dispenser failed and why, and why the campaign stopped; one button goes on,
    another ends it for good.  In English and in Bokmål."""
    homes = Homes(centre, hub)
    desk.get_by_role("link", name="Dispensers").click()
    desk.get_by_role("link", name="Firmware").click()
    desk.get_by_role("radio", name="Version 0.3.0 for tablet-pico").check()
    desk.get_by_role("checkbox").check()
    desk.get_by_role("button", name="Begin").click()
    expect(desk.get_by_role("status")).to_contain_text("Under way")
    expect(desk.get_by_text("Wave 1: 0 of 1 done, 0 failed")).to_be_visible()

    homes.next_goes_back()
    desk.reload()
    expect(desk.get_by_role("status")).to_contain_text("Stopped by itself")
    expect(desk.get_by_role("status")).to_contain_text("Find out why before you go on.")
    expect(desk.get_by_text("Wave 1: 0 of 1 done, 1 failed")).to_be_visible()
    failed = desk.get_by_role("listitem").filter(has_text="It went back to the version before.")
    expect(failed.get_by_role("link")).to_contain_text("Flat")
    can_be_read_and_pressed(desk)
    desk.get_by_role("button", name="Go on").click()
    expect(desk.get_by_role("status")).to_contain_text("Under way")

    homes.next_goes_back()
    place = desk.url
    desk.goto(centre.url)
    desk.get_by_label("Language").select_option("nb")
    desk.get_by_role("button", name="Change").click()
    desk.goto(place)
    expect(desk.get_by_role("status")).to_contain_text("Stoppet av seg selv")
    expect(desk.get_by_text("Bølge 2: 0 av 1 ferdige, 1 mislyktes")).to_be_visible()
    expect(desk.get_by_text("Den gikk tilbake til forrige versjon.")).to_have_count(2)
    desk.get_by_role("button", name="Avslutt for godt").click()
    expect(desk.get_by_role("status")).to_contain_text("Avsluttet av et menneske")
    expect(desk.get_by_role("button")).to_have_count(0)
