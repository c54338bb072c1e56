"""A sample of the same proof where nothing is simplified: real MicroPython, real LittleFS, parts at register level.

Three short days on the virtual board (tools/emulator), cut at a few of its flash writes; the audit reads the journal as
the hub received it.  What moved is known here only by what the hand took, so I5 and I7 are asked in virtual time alone.
"""

from pathlib import Path

import pytest

from firmware.simulation.audit import audit
from firmware.simulation.history import History
from firmware.simulation.world import EPOCH_MS
from firmware.tests.unit import Unit, dose_id
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import DoseMissed, DoseTaken, DoseUncertain, DoseWithheld
from protocol.load_plan import LoadPlan

DUE_S, WINDOW_S = (120, 900), 300
OUTCOMES = (DoseTaken, DoseMissed, DoseUncertain, DoseWithheld)
END_S = 1300


def normal(unit: Unit) -> None:
    """Both doses are asked for and taken, the first one twice."""
    for wait_s in (DUE_S[0] + 10, 5, DUE_S[1] - DUE_S[0]):
        after(unit, wait_s)
        unit.device.press()
        after(unit, 10)
        reach_in(unit)


def missed(unit: Unit) -> None:
    """Nobody comes for the first dose; the second one is asked for and left lying."""
    after(unit, DUE_S[0] + WINDOW_S + 20)
    unit.device.press()
    after(unit, DUE_S[1] - DUE_S[0] - WINDOW_S)
    unit.device.press()


def jam(unit: Unit) -> None:
    """The carousel stands still at the first dose and turns again at the second."""
    unit.device.ask("stall", on=True)
    after(unit, DUE_S[0] + 10)
    unit.device.press()
    after(unit, 60)
    unit.device.ask("stall", on=False)
    after(unit, DUE_S[1] - DUE_S[0])
    unit.device.press()
    after(unit, 10)
    reach_in(unit)


def after(unit: Unit, seconds: int) -> None:
    """Let the time pass; when the power has failed meanwhile, give it back."""
    unit.pass_s(seconds)
    if not unit.device.read()["power"]:
        unit.device.power_on()
        unit.pass_s(5)


def reach_in(unit: Unit) -> None:
    if unit.device.read()["power"]:
        unit.device.take()


def history(unit: Unit, plan: LoadPlan) -> History:
    """What the hub received, and what hands took."""
    told = {event.seq: event for event in unit.hub.events}
    coses = dict(enumerate(unit.hub.coses, 1))
    log = [(event.utc_s * 1000 - EPOCH_MS, "journalled", event.seq, 0, 0, False) for event in told.values()]
    for slot, _, utc_s in unit.device.read()["taken"]:
        log.append((utc_s * 1000 - EPOCH_MS, "taken", slot, dose_id(slot), 2))
    sent = [(0, 1, StoreLoadPlan(plan)), (0, 2, ActivatePlan(plan.plan_id, plan.version))]
    return History(coses, told, log, sent, unit.now_s())


@pytest.mark.parametrize("day", [normal, missed, jam])
@pytest.mark.parametrize(("writes", "torn"), [(2, False), (5, True), (9, True), (14, False)])
def test_the_board_itself_keeps_the_invariants(tmp_path: Path, record_property, day, writes, torn):
    """On real MicroPython too, a day whose power fails in a flash write ends with one outcome a dose, none twice."""
    with Unit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        plan = unit.plan(*DUE_S, window_s=WINDOW_S)
        unit.load(plan)
        unit.device.cut_at_flash_write(writes, torn)
        day(unit)
        for _ in range(4):
            after(unit, END_S // 4)
        unit.hub.wait(lambda: len(unit.hub.bodies(*OUTCOMES)) >= len(DUE_S))
        boots = unit.device.read()["boots"]
        assert audit(history(unit, plan)) == []
    record_property(
        "count", f"on the board, day '{day.__name__}', flash write {writes}: {boots} starts, 0 broken"
    )
