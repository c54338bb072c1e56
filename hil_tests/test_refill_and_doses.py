"""A refill and a dose that meet: neither is lost, and nothing is given twice."""

from collections.abc import Iterator

import pytest

from hil_tests.refill_unit import HOUR_S, OK, PIN, RELATIVE, RefillUnit
from protocol.dose_events import CAUSE_REFILL
from protocol.events import (
    DoseDue,
    DosePresented,
    DoseTaken,
    PressRefused,
    ReleaseIntended,
)
from protocol.refill_events import RefillStarted

SOON_S, LONG_S = 400, 1800  # a dose that falls due while somebody stands there, and is to be had for long


@pytest.fixture
def box(tmp_path) -> Iterator[RefillUnit]:
    with RefillUnit(tmp_path) as box:
        box.begin()
        yield box


def test_a_dose_that_falls_due_meanwhile_is_offered_when_the_refill_is_given_up(box: RefillUnit):
    """Due while a relative looks at the first question: no release then; stopped untouched, it is offered and taken."""
    box.load(box.next_plan(SOON_S, window_s=LONG_S))
    box.store(box.next_plan(3 * HOUR_S, 4 * HOUR_S))
    box.identify(RELATIVE)
    box.shows("way")
    box.pass_s(SOON_S)
    box.hub.wait_for(DoseDue)
    box.shows("due_now")
    box.types(OK)
    box.device.press()
    box.hub.wait(lambda: CAUSE_REFILL in [press.cause for press in box.hub.bodies(PressRefused)])
    assert box.stops().touched is False
    box.text("Time for medicine")
    box.device.press()
    box.hub.wait_for(DosePresented)
    box.position(1)
    box.device.take()
    box.hub.wait_for(DoseTaken)
    assert len(box.hub.bodies(ReleaseIntended)) == 1


def test_with_a_dose_in_reach_nobody_is_asked_for_a_tag(box: RefillUnit):
    """The compartment stands open: keys change nothing on the panel, and no refill begins before it is taken."""
    box.load(box.next_plan(60, window_s=LONG_S))
    box.store(box.next_plan(3 * HOUR_S, 4 * HOUR_S))
    box.due()
    box.device.press()
    box.hub.wait_for(DosePresented)
    box.text("It is ready")
    box.types(OK + PIN + OK)
    box.pass_s(10)
    box.text("It is ready")
    assert not box.hub.bodies(RefillStarted)
    box.device.take()
    box.hub.wait_for(DoseTaken)
