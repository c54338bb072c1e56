"""What an operator does in a real browser: see it come, take it, close it with a reason."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from centre.tests.desk import CONTRAST, NARROW, STILL, WIDE, at_the_desk, log_in, save
from centre.tests.live import LiveCentre, LiveHub, wait_for
from centre.tests.signing import Sender
from protocol.device_events import AlarmRaised, Booted, PlanActivated
from protocol.dose_events import DoseDue, DoseMissed, DosePresented, DoseTaken, DoseUncertain, PreAlarm
from protocol.hub_events import DeviceLost


def dose(number: int) -> bytes:
    return number.to_bytes(16, "big")


@pytest.fixture
def desk(browser: Browser, centre: LiveCentre) -> Iterator[Page]:
    """An operator, logged in through the form; any error in the page's console fails the test."""
    with at_the_desk(browser, centre) as page:
        yield page


def test_an_alarm_comes_by_itself_is_claimed_and_closed(desk, centre, hub, dispenser):
    """The operator sees the missed dose arrive without touching anything, takes it, and closes it with a reason."""
    expect(desk.get_by_text("No open alarms")).to_be_visible()
    hub.bring(dispenser.event(DoseMissed(dose(1), 2, int(time.time()) - 3600)))
    row = desk.get_by_role("row").filter(has_text="Flat 12")
    row.get_by_role("button", name="Claim").click()
    expect(row.get_by_text("demo has it")).to_be_visible()
    row.get_by_role("button", name="Close …").click()
    desk.get_by_label("Taken after a call").check()
    desk.get_by_role("button", name="Close the alarm").click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    expect(row.locator(".who strong")).to_have_text("Closed")
    expect(row.get_by_text("Taken after a call")).to_be_visible()


def test_other_needs_words(desk, centre, hub, dispenser):
    """An alarm is not closed with 'other' alone: the operator must write what was done."""
    hub.bring(dispenser.event(DoseUncertain(dose(1), 2, 1)))
    row = desk.get_by_role("row").filter(has_text="Flat 12")
    row.get_by_role("button", name="Claim").click()
    row.get_by_role("button", name="Close …").click()
    desk.get_by_label("Other (write what)").check()
    desk.get_by_role("button", name="Close the alarm").click()
    expect(desk.get_by_role("alert").filter(has_text="Write in a few words")).to_be_visible()
    desk.get_by_label("Other (write what)").check()
    desk.get_by_label("What was done").fill("The neighbour looked in.")
    desk.get_by_role("button", name="Close the alarm").click()
    expect(row.locator(".who strong")).to_have_text("Closed")


def test_the_slower_operator_reads_who_was_faster(desk, browser, centre, hub, dispenser):
    """When another operator takes the alarm, every other board shows the name in place."""
    hub.bring(dispenser.event(DoseMissed(dose(1), 2, int(time.time()) - 3600)))
    row = desk.get_by_role("row").filter(has_text="Flat 12")
    row.get_by_role("button", name="Claim").wait_for()
    kari = centre.colleague("kari")
    number = kari.get("/api/alarms").json()[0]["id"]
    kari.post(f"/api/alarms/{number}/claim", json={}).raise_for_status()
    expect(row.get_by_text("kari has it")).to_be_visible()
    expect(row.get_by_role("button", name="Claim")).to_have_count(0)
    kari.post(f"/api/alarms/{number}/release", json={}).raise_for_status()


def test_the_panel_says_what_to_do(desk, centre, hub, dispenser):
    """Beside the alarm stand the steps, what has been done, and the dispenser's last days."""
    hub.bring(dispenser.event(PreAlarm(dose(1), 2, int(time.time()) + 1800)))
    desk.get_by_role("link", name="Dose not taken yet").click()
    panel = desk.locator("#panel")
    expect(panel.get_by_text("Call the person now")).to_be_visible()
    expect(panel.get_by_text("Raised")).to_be_visible()
    desk.get_by_role("button", name="Close the panel").click()
    expect(panel).to_be_empty()


def test_starting_the_shift_turns_the_sound_on(desk, centre, hub, dispenser):
    """After 'Start shift' the board can be heard, and says so; keys work only after they are switched on."""
    desk.get_by_role("button", name="Start shift").click()
    expect(desk.get_by_text("Sound is off")).to_be_hidden()
    hub.bring(dispenser.event(DoseMissed(dose(1), 2, int(time.time()) - 3600)))
    row = desk.get_by_role("row").filter(has_text="Flat 12")
    row.get_by_role("button", name="Claim").wait_for()
    desk.locator("body").press("c")
    expect(row.get_by_text("Nobody has it")).to_be_visible()
    desk.get_by_label("Keyboard keys").check()
    desk.locator("h1").click()
    desk.keyboard.press("j")
    desk.keyboard.press("c")
    expect(row.get_by_text("demo has it")).to_be_visible()


def test_a_lost_link_is_louder_than_an_alarm(desk, centre, hub):
    """When the board no longer hears the centre, it says so across the whole page."""
    centre.stop()
    expect(desk.get_by_text("The live link to the centre is lost")).to_be_visible(timeout=30_000)
    centre.start()
    expect(desk.get_by_text("The live link to the centre is lost")).to_be_hidden(timeout=30_000)


def test_the_page_speaks_the_chosen_language(desk, centre):
    """The operator changes the language, and the page says which one it speaks."""
    desk.get_by_label("Language").select_option("se")
    desk.get_by_role("button", name="Change").click()
    expect(desk.get_by_role("heading", name="Váruhusat")).to_be_visible()
    assert desk.locator("html").get_attribute("lang") == "se"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_targets_are_large_and_nothing_is_cut_off_on_a_telephone(browser, centre, hub, dispenser, scheme):
    """On a telephone no button is smaller than a fingertip, and nothing must be scrolled sideways."""
    context = browser.new_context(viewport=NARROW, locale="en", color_scheme=scheme)
    page = context.new_page()
    log_in(page, centre)
    hub.bring(dispenser.event(DoseMissed(dose(1), 2, int(time.time()) - 3600)))
    page.get_by_role("button", name="Claim").wait_for()
    for button in page.locator("button:visible, .button:visible, select:visible").all():
        box = button.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.wait_for_function(STILL)
    save(page, "board-phone.png", scheme)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, centre, hub, dispenser, scheme):
    """Every text on a busy board has at least 4.5:1 contrast, in the light and in the dark."""
    context = browser.new_context(viewport=WIDE, locale="en", color_scheme=scheme)
    page = context.new_page()
    log_in(page, centre)
    busy_evening(centre, hub, dispenser)
    expect(page.locator("#rows tr")).to_have_count(5)
    page.get_by_role("row").filter(has_text="Unknown whether").get_by_role("button", name="Claim").click()
    page.get_by_text("demo has it").wait_for()
    page.get_by_role("button", name="Start shift").click()
    page.mouse.move(640, 780)
    page.wait_for_function(STILL)
    assert page.evaluate(CONTRAST) == []
    page.evaluate("document.activeElement.blur()")
    save(page, "board.png", scheme)
    page.get_by_role("link", name="Dose missed").first.click()
    page.locator("#panel-title").wait_for()
    assert page.evaluate(CONTRAST) == []
    save(page, "board-panel.png", scheme)
    context.close()


def busy_evening(centre: LiveCentre, hub: LiveHub, dispenser: Sender) -> None:
    """Five dispensers, each with its own trouble."""
    others = [Sender() for _ in range(4)]
    centre.enrol(hub, dispenser, *others)
    now_s = int(time.time())
    later = {"slot": 2, "due_s": now_s + 900, "label": "Evening medicine"}
    made = centre.client().post(f"/api/devices/{dispenser.id}/plans", json={"doses": [later]})
    evening = bytes.fromhex(made.json()["doses"][0]["dose_id"])
    hub.bring(
        dispenser.event(Booted("0.1.0", 1, 1, True), now_s - 90_000),
        dispenser.event(PlanActivated(dose(99), 1, 3), now_s - 89_000),
        dispenser.event(DoseDue(dose(1), 1), now_s - 33_000),
        dispenser.event(DosePresented(dose(1), 1), now_s - 32_700),
        dispenser.event(DoseTaken(dose(1), 1), now_s - 32_680),
        dispenser.event(DoseDue(dose(2), 2), now_s - 3700),
        dispenser.event(DoseMissed(evening, 2, now_s - 3700), now_s - 100),
        others[0].event(PreAlarm(dose(3), 5, now_s + 1500)),
        others[1].event(DoseUncertain(dose(4), 9, 1)),
        others[2].event(AlarmRaised(121, "")),
        hub.event(DeviceLost(others[3].raw_id, now_s - 600)),
    )
    wait_for(lambda: len(centre.client().get("/api/alarms").json()) == 5, "five alarms")
