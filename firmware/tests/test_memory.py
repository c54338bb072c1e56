"""The memory of the whole unit: full tray or roll, commands, receipts, a restart.  The long form is bench/heap.py."""

from pathlib import Path

from firmware.tests.roll_unit import RollUnit
from firmware.tests.unit import Unit
from protocol.commands import ActivatePlan, LoadPlan
from protocol.events import Booted, CommandRefused, DoseDue, DoseTaken

FULL_TRAY = tuple(60 + 400 * number for number in range(28))
FULL_ROLL = tuple(60 + 400 * number for number in range(56))
LABEL = "Ta sammen med mat og et glass vann"  # nearly the longest


def take(unit: Unit, plan: LoadPlan, slot: int) -> None:
    """Wait for this slot's time and take its dose."""
    told = len(unit.hub.bodies(DoseTaken))
    unit.pass_s(plan.doses[slot - 1].due_s + 5 - unit.now_s())
    unit.hub.wait_for(DoseDue, count=told + 1)
    unit.device.press()
    unit.position(slot)
    unit.device.take()
    unit.hub.wait_for(DoseTaken, count=told + 1)


def test_a_full_tray_never_runs_out_of_memory(unit: Unit):
    """28 doses loaded twice, doses taken, receipts, a refused command and a power cut: not one start too many."""
    plan = unit.plan(*FULL_TRAY)
    unit.load(plan)
    take(unit, plan, 1)
    take(unit, plan, 2)
    unit.hub.receipt(len(unit.hub.events))
    unit.hub.order(ActivatePlan(b"?" * 16, 1))
    unit.hub.wait_for(CommandRefused)
    starts = len(unit.hub.bodies(Booted))
    unit.device.cut_power()
    unit.device.power_on()
    unit.hub.wait_for(Booted, count=starts + 1)
    take(unit, plan, 3)
    unit.hub.receipt(len(unit.hub.events))
    unit.load(unit.plan(*FULL_TRAY, version=2))

    assert len(unit.hub.bodies(Booted)) == starts + 1
    assert "MemoryError" not in unit.device.console()
    assert "Traceback" not in unit.device.console()


def full_roll(unit: RollUnit, plan_id: bytes) -> LoadPlan:
    plan = unit.plan(*FULL_ROLL, pouches=[1, 2] * 28, plan_id=plan_id)
    for dose in plan.doses:
        dose.label = LABEL
    return plan


def test_a_full_roll_never_runs_out_of_memory(tmp_path: Path):
    """56 doses in 84 pouches, some taken, a power cut, and another roll of as many: not one start too many."""
    with RollUnit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        plan = full_roll(unit, b"p" * 16)
        unit.load(plan)
        for slot in (1, 2):
            unit.pass_s(plan.doses[slot - 1].due_s + 5 - unit.now_s())
            unit.hub.wait_for(DoseDue, count=slot)
            unit.device.press()
            unit.device.wait_for(lambda facts: facts["door"] == "open")
            unit.device.take()
            unit.hub.wait_for(DoseTaken, count=slot)
        starts = len(unit.hub.bodies(Booted))
        unit.restart()
        unit.device.wait_for(lambda facts: facts["uptime_ms"] > 20_000)  # no leap: the line would begin anew
        unit.device.cut_roll()
        unit.load(full_roll(unit, b"q" * 16))

        assert len(unit.hub.bodies(Booted)) == starts + 1
        assert "MemoryError" not in unit.device.console()
        assert "Traceback" not in unit.device.console()
