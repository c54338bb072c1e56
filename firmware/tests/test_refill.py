"""Filling the real firmware on the virtual board: by hand, by a new tray, and what stops it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.filling_unit import HOUR_S, FillingUnit
from protocol.events import PlanActivated
from protocol.refill_events import RefillSealed, RefillStarted


@pytest.fixture
def home(tmp_path: Path) -> Iterator[FillingUnit]:
    """A unit that knows its centre, the time, and who may fill."""
    with FillingUnit(tmp_path) as unit:
        unit.begin()
        yield unit


def test_a_relative_fills_slot_by_slot(home: FillingUnit):
    """PIN, three slots in the plan's words, one full turn, the first dose: sealed, and the new plan is in force."""
    plan = home.waiting(HOUR_S, 5 * HOUR_S, 12 * HOUR_S)
    home.identify()
    home.shows("way")
    home.types("2")
    home.shows("open_fill")
    home.opens()
    for slot in (1, 2, 3):
        home.fill_slot(plan, slot)
    home.shows("close")
    home.opens(False)
    home.seal()

    (sealed,) = home.hub.wait_for(RefillSealed)
    assert (sealed.role, sealed.way, sealed.filled, sealed.differences) == (1, 2, 0b111, ())
    assert len(sealed.slot_s) == 3
    assert home.hub.wait_for(PlanActivated)[-1].plan_id == plan.plan_id
    assert len(home.hub.bodies(RefillStarted)) == 1
