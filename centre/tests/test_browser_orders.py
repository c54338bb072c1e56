"""What an operator orders in a real browser: a missed dose late, a pause for the hospital, and never the wrong one."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from centre.tests.desk import CONTRAST, NARROW, STILL, at_the_desk, log_in, save
from centre.tests.live import Broker, LiveCentre, LiveHub, state_of, wait_for
from centre.tests.signing import Sender
from protocol.commands import AuthoriseRelease, CancelDose, Pause, Resume, StoreLoadPlan
from protocol.credentials import pin_hash
from protocol.device_events import CommandAccepted, Paused, PlanActivated, Resumed
from protocol.dose_events import LATE_TAKEN, RELEASE_LATE, DoseMissed, LateRelease, ReleaseIntended
from protocol.refill_commands import AddCredential

RATE = 120  # a window of five minutes passes in 2.5 s
HOUR_S = 3600


class Flat:
    """A dispenser with two doses in force, the first of them missed; orders come to the hub."""

    def __init__(self, centre: LiveCentre, hub: LiveHub, dispenser: Sender) -> None:
        self.centre, self.hub, self.dispenser = centre, hub, dispenser
        self.path = f"/api/devices/{dispenser.id}"
        self.client = centre.client()
        first_s = self.now_s() + 300
        shared = {"window_s": 300, "late_minutes": 600}
        doses = [{"slot": 1, "due_s": first_s, "label": "Morning", **shared}]
        doses += [{"slot": 2, "due_s": first_s + 20 * HOUR_S, "label": "Evening", **shared}]
        made = self.client.post(f"{self.path}/plans", json={"doses": doses}).json()
        self.ids = [bytes.fromhex(dose["dose_id"]) for dose in made["doses"]]
        self.answer(StoreLoadPlan)
        self.tell(PlanActivated(bytes.fromhex(made["plan_id"]), made["version"], 2))
        wait_for(lambda: self.now_s() > first_s + 300, "the end of the first window")
        self.tell(DoseMissed(self.ids[0], 1, first_s))

    def now_s(self) -> int:
        """The devices' time."""
        return int(str(state_of(self.client)["now_s"]))

    def tell(self, *bodies: object) -> None:
        self.hub.bring(*[self.dispenser.event(body, self.now_s()) for body in bodies])

    def answer(self, kind: type) -> object:
        """Take the next order at the hub, and say that it is done."""
        command = self.hub.commands.get(timeout=10)
        assert isinstance(command.body, kind)
        self.tell(CommandAccepted(command.counter, command.body.TYPE))
        return command.body


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[LiveCentre]:
    """A running centre whose devices live 120 times as fast."""
    now_s = int(time.time())
    clock = f"[demo_clock]\nstarted_unix_s = {now_s}.0\nshows_utc_s = {now_s}\nrate = {RATE}\n"
    made = LiveCentre(tmp_path_factory.mktemp("centre"), broker, clock)
    made.start()
    wait_for(lambda: state_of(made.client())["path_up"], "the centre's way to the broker")
    yield made
    made.stop()


@pytest.fixture
def desk(browser: Browser, centre: LiveCentre) -> Iterator[Page]:
    """An operator, logged in."""
    with at_the_desk(browser, centre) as page:
        yield page


@pytest.fixture
def flat(centre: LiveCentre, hub: LiveHub, dispenser: Sender) -> Flat:
    return Flat(centre, hub, dispenser)


def open_page(page: Page, flat: Flat) -> None:
    """From the board over the list to the page of this dispenser."""
    page.get_by_role("link", name="Dispensers").click()
    page.locator(f'#panel a[href="/devices/{flat.dispenser.id}"]').click()
    page.get_by_role("heading", name="Flat 12").wait_for()


def test_a_missed_dose_is_let_out_late_from_its_alarm(desk: Page, flat: Flat):
    """The nurse opens the alarm, reads once more which dose of which flat it is, and lets it out late."""
    desk.get_by_role("link", name="Dose missed").click()
    desk.locator("#panel").get_by_role("button", name="Give late …").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_text("Flat 12")).to_be_visible()
    expect(dialog.locator(".which")).to_contain_text("Morning, compartment 1")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_label("For how long").select_option("60")
    dialog.get_by_role("button", name="Give late: Morning, compartment 1").click()
    expect(desk.get_by_text("Sent to the dispenser: Release a dose, Flat 12")).to_be_visible()
    order = flat.answer(AuthoriseRelease)
    assert (order.dose_ids, order.kind) == ((flat.ids[0],), RELEASE_LATE)
    flat.tell(ReleaseIntended(flat.ids[0], 1, RELEASE_LATE, 9), LateRelease(flat.ids[0], 1, 9, LATE_TAKEN))
    expect(desk.locator("#panel").get_by_text("Given late, and taken")).to_be_visible()
    expect(desk.locator("#rows").get_by_text("It was given late after that.")).to_be_visible()


def test_a_dispenser_is_paused_for_the_hospital_and_everybody_sees_it(desk: Page, flat: Flat):
    """The nurse pauses the dispenser for a hospital stay; it stands on every board until it is resumed."""
    open_page(desk, flat)
    desk.get_by_role("button", name="Pause … Flat 12").click()
    desk.get_by_label("hospital").check()
    desk.get_by_role("button", name="Pause: Flat 12").click()
    expect(desk.locator("#panel").get_by_text("Sent, not answered yet: Pause")).to_be_visible()
    assert flat.answer(Pause) == Pause(1)
    flat.tell(Paused(2, 1))
    strip = desk.locator("#paused")
    expect(strip).to_contain_text("Flat 12")
    expect(strip).to_contain_text("(hospital): gives nothing")
    expect(desk.locator("#panel .pausing")).to_contain_text("hospital")
    desk.get_by_role("button", name="Resume … Flat 12").click()
    desk.get_by_role("radio", name="Evening, compartment 2").check()
    desk.get_by_role("button", name="Resume: Flat 12").click()
    resume = flat.answer(Resume)
    flat.tell(Resumed(3, resume.from_s))
    expect(strip).to_be_hidden()


def test_an_order_that_cannot_be_says_so_in_the_dialog(desk: Page, flat: Flat):
    """When the dose has ended while the nurse was reading, the dialog says so, and nothing is sent."""
    open_page(desk, flat)
    desk.get_by_role("button", name="Take out … Evening").click()
    answer = flat.client.post(f"{flat.path}/doses/{flat.ids[1].hex()}/cancel", json={})
    assert answer.status_code == 201
    flat.answer(CancelDose)
    flat.tell(DoseMissed(flat.ids[1], 2, flat.now_s()))
    wait_for(lambda: flat.client.get(f"{flat.path}/doses").json()[1]["state"] == "missed", "the dose's end")
    desk.get_by_role("button", name="Take out: Evening").click()
    expect(
        desk.get_by_role("alert").filter(has_text="missed, locked. That cannot be changed")
    ).to_be_visible()
    assert flat.hub.commands.empty()


def test_a_relative_gets_a_pin_that_is_shown_once(desk: Page, flat: Flat):
    """The nurse lets a relative fill: the PIN stands large in the dialog, once; then the page lists who may fill."""
    open_page(desk, flat)
    desk.get_by_role("button", name="Let somebody fill it … Flat 12").click()
    desk.get_by_role("radio", name="relative").check()
    desk.get_by_label("Who (optional)").fill("Daughter")
    desk.get_by_role("button", name="Let them fill it").click()
    pin = desk.get_by_role("dialog").locator(".pin")
    expect(pin).to_have_text(re.compile("^[0-9]{6}$"))
    digits = pin.text_content() or ""
    assert desk.evaluate(CONTRAST) == []
    save(desk, "board-pin.png", "light")
    desk.get_by_role("button", name="I have written it down").click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    order = flat.answer(AddCredential)
    assert order.pin == pin_hash(digits, flat.dispenser.raw_id)
    line = desk.locator("#panel li", has_text="Daughter")
    expect(line).to_contain_text("by a relative, PIN, opens it")
    assert digits not in desk.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_dispenser_can_be_read_and_pressed(browser: Browser, flat: Flat, scheme: str):
    """On a telephone every button of the page and of the question is large, every text is clear, nothing is cut off."""
    context = browser.new_context(viewport=NARROW, locale="en", color_scheme=scheme)
    page = context.new_page()
    log_in(page, flat.centre)
    flat.tell(Paused(2, 1))
    page.locator("#paused a").wait_for()
    assert page.evaluate(CONTRAST) == []
    flat.tell(Resumed(3, flat.now_s()))
    open_page(page, flat)
    page.get_by_role("button", name="Give late …").click()
    page.get_by_role("dialog").wait_for()
    page.wait_for_function(STILL)
    save(page, "board-order.png", scheme)
    for button in page.locator("#panel .button:visible, dialog button:visible, dialog select:visible").all():
        box = button.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(CONTRAST) == []
    context.close()
