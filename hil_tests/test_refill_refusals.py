"""Who may not fill, and what may not be put in: refused in words, told to the centre, and nothing is released.

One dispenser serves most of these promises, one after the other, as a dispenser does.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from hil_tests.refill_unit import (
    HOUR_S,
    NURSE,
    NURSE_TAG,
    OK,
    PIN,
    RELATIVE,
    TRAY_TAG_UID,
    WRONG_PIN,
    RefillUnit,
)
from protocol.refill_commands import RevokeCredential
from protocol.refill_events import (
    ABORT_PERSON,
    ABORT_REFUSED,
    REFUSED_ALREADY_USED,
    REFUSED_NO_NEW_PLAN,
    REFUSED_NOT_READY,
    REFUSED_OLDER,
    REFUSED_UNREADABLE,
    REFUSED_WRONG_PATIENT,
    REFUSED_WRONG_PERIOD,
    CredentialRefused,
    CredentialsLocked,
    RefillAborted,
    RefillStarted,
)

LOCK_S, TRIES = 900, 5
FIRST_S = 6 * HOUR_S  # nothing falls due while people try


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RefillUnit]:
    """A tablet dispenser with a plan in force and no other."""
    with RefillUnit(tmp_path_factory.mktemp("box")) as box:
        box.begin()
        box.inside = box.next_plan(FIRST_S, FIRST_S + HOUR_S)
        box.load(box.inside)
        yield box


@pytest.fixture(scope="module")
def waiting(box: RefillUnit) -> Any:
    """The plan that waits for a refill."""
    plan = box.next_plan(FIRST_S, FIRST_S + HOUR_S, FIRST_S + 2 * HOUR_S)
    box.store(plan)
    return plan


@pytest.fixture
def at_tray_tag(box: RefillUnit, waiting: Any) -> RefillUnit:
    """A relative has swapped the tray and is asked for its tag."""
    if "Its tag" not in " ".join(box.device.read()["text"]):
        box.identify(RELATIVE)
        box.shows("way")
        box.types("1")
        box.shows("open_swap")
        box.device.lid(True)
        box.shows("swap")
        box.device.tray({1: 2, 2: 2, 3: 2})
        box.types(OK)
        box.shows("tray_tag")
    return box


def test_without_a_new_plan_there_is_nothing_to_fill(box: RefillUnit):
    """Somebody who may comes, but the centre has sent no new plan: refused in words, ended, and all is as before."""
    before = box.device.read_at_rest()
    box.identify(NURSE)
    box.refused_with(REFUSED_NO_NEW_PLAN, "no_plan")
    assert box.hub.wait_for(RefillAborted)[-1] == RefillAborted(NURSE, 2, ABORT_REFUSED, False)
    after = box.device.read_at_rest()
    assert (after["moves"], after["pills"]) == (before["moves"], before["pills"])


def test_a_wrong_pin_is_told_with_the_tries_that_are_left(box: RefillUnit, waiting: Any):
    """Wrong digits: the panel says how many tries are left, the centre hears that and not what was typed."""
    box.asks()
    box.types(WRONG_PIN + OK)
    assert f"Tries left: {TRIES - 1}" in box.shows("wrong")
    assert box.hub.wait_for(CredentialRefused)[-1] == CredentialRefused(TRIES - 1)
    box.types(PIN + OK)
    box.shows("way")
    assert box.stops() == RefillAborted(RELATIVE, 1, ABORT_PERSON, False)
    box.shows("stopped")


def test_nothing_on_the_device_tells_whose_credential_it_is(box: RefillUnit, waiting: Any):
    """The screens are the same for everybody, and neither PIN nor tag can be read from the flash."""
    screens = {}
    for who in (RELATIVE, NURSE):
        box.identify(who)
        screens[who] = box.shows("way")
        box.stops()
        box.shows("stopped")
    flash = (box.device.folder / "flash.bin").read_bytes()
    assert screens[RELATIVE] == screens[NURSE]
    assert PIN.encode() not in flash and bytes.fromhex(NURSE_TAG) not in flash


def test_a_trays_tag_opens_nothing_and_costs_no_try(box: RefillUnit, waiting: Any):
    """Who holds the tray's tag there instead of their own is told so, kindly."""
    count = len(box.hub.bodies(CredentialRefused))
    box.asks()
    box.holds(TRAY_TAG_UID, box.tray_tag(waiting))
    box.shows("trays_tag")
    box.holds(None)
    box.goes_away()
    assert len(box.hub.bodies(CredentialRefused)) == count


WRONG_TRAYS = {
    "wrong_patient": (REFUSED_WRONG_PATIENT, {"device_id": b"neighbor"}),
    "wrong_period": (REFUSED_WRONG_PERIOD, {"plan_id": b"another week's.."}),
    "older": (REFUSED_OLDER, {"plan_id": b"the last week's.", "from_s": 1_700_000_000}),
}


@pytest.mark.parametrize("step", WRONG_TRAYS)
def test_a_wrong_tray_is_refused_in_its_own_words(at_tray_tag: RefillUnit, waiting: Any, step: str):
    """Another patient's, another week's, an older one: each is refused as itself, and the right one can still come."""
    box, (cause, changes) = at_tray_tag, WRONG_TRAYS[step]
    box.holds(TRAY_TAG_UID, box.tray_tag(waiting, **changes))
    box.refused_with(cause, step)
    box.holds(None)
    box.types(OK)
    box.shows("tray_tag")


def test_the_tray_that_has_just_come_out_is_refused(at_tray_tag: RefillUnit, waiting: Any):
    """A tray that was filled for the plan in force has been in the box: it is refused as used."""
    at_tray_tag.holds(TRAY_TAG_UID, at_tray_tag.tray_tag(at_tray_tag.inside))
    at_tray_tag.refused_with(REFUSED_ALREADY_USED, "already_used")
    at_tray_tag.holds(None)
    at_tray_tag.types(OK)
    at_tray_tag.shows("tray_tag")


@pytest.mark.parametrize("spoiled", [b"", b"DVT1", "bit"], ids=["blank", "short", "one bit wrong"])
def test_a_tag_that_cannot_be_read_is_refused_as_that(at_tray_tag: RefillUnit, waiting: Any, spoiled: Any):
    """A blank tag, half a tag, a tag with one wrong bit: try again, say the words; nothing is guessed."""
    box = at_tray_tag
    data = box.tray_tag(waiting)
    box.holds(TRAY_TAG_UID, data[:40] + bytes([data[40] ^ 1]) + data[41:] if spoiled == "bit" else spoiled)
    box.refused_with(REFUSED_UNREADABLE, "unreadable")
    box.holds(None)
    box.types(OK)
    box.shows("tray_tag")


def test_given_up_with_the_lid_open_the_device_needs_a_refill(at_tray_tag: RefillUnit):
    """After all these trays the relative stops: told as touched, and no medicine until it is filled."""
    box = at_tray_tag
    assert box.stops() == RefillAborted(RELATIVE, 1, ABORT_PERSON, True)
    box.shows("unfinished")
    box.device.lid(False)


def test_a_device_that_is_not_ready_refuses_a_refill(box: RefillUnit, waiting: Any):
    """Tipped over: not ready, call us."""
    box.device.tilt(90)
    box.pass_s(10)
    box.identify(NURSE)
    box.refused_with(REFUSED_NOT_READY, "not_ready")
    box.device.tilt(0)


def test_a_revoked_credential_opens_nothing(box: RefillUnit, waiting: Any):
    """The centre takes the nurse's tag back: from then on it is as unknown as any other."""
    box.answered(box.hub.order(RevokeCredential(NURSE)))
    box.asks()
    box.holds(NURSE_TAG)
    box.shows("wrong")
    box.holds(None)
    box.goes_away()


def test_five_wrong_tries_lock_for_everybody_also_over_a_power_cut(box: RefillUnit, waiting: Any):
    """Locked and told; after a power cut the right PIN opens nothing either: who tried and whose it is nobody says."""
    locked = len(box.hub.bodies(CredentialsLocked))
    box.asks()
    while len(box.hub.bodies(CredentialsLocked)) == locked:
        count = len(box.hub.bodies(CredentialRefused))
        box.types(WRONG_PIN + OK)
        box.hub.wait_for(CredentialRefused, count=count + 1)
        if box.hub.bodies(CredentialRefused)[-1].tries_left:
            box.shows("wrong")  # nobody types on before the answer stands
        else:
            box.shows("locked")
    assert box.hub.bodies(CredentialsLocked)[-1] == CredentialsLocked(LOCK_S)
    started = len(box.hub.bodies(RefillStarted))
    box.restart()
    box.device.wait_for(lambda facts: "Locked" not in facts["text"])  # the patient's screen
    box.asks("locked")
    box.types(PIN + OK)
    box.shows("locked")
    assert len(box.hub.bodies(RefillStarted)) == started
