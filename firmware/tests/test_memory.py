"""The memory of the whole unit: full tray or roll, commands, receipts, a restart.  The long form is bench/heap.py."""

from collections.abc import Callable
from pathlib import Path

from firmware.tests.filling_unit import FillingUnit
from firmware.tests.roll_unit import NUMBER, RollUnit
from firmware.tests.unit import Unit
from protocol.commands import ActivatePlan, LoadPlan, StoreLoadPlan
from protocol.events import Booted, CommandRefused, DoseDue, DoseTaken
from protocol.pouch_label import label_of
from protocol.refill_events import RefillSealed
from tools.emulator.process import FIRMWARE_BYTES

FULL_TRAY = tuple(60 + 400 * number for number in range(28))
FULL_ROLL = tuple(60 + 400 * number for number in range(56))
# A full roll is sealed with 53,000 bytes free at the worst screen, and with 45,000 no more (decision 35, its table).
LEAST_FREE = 53_000
IN_SIGHT = (
    4  # pouches that the virtual feed gets: each weighs some 300 bytes in the same heap, and one is tried
)
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


class WeighedUnit(RollUnit, FillingUnit):
    """Its plans are rolls.  free: bytes that were free at each screen of a filling, after a collection."""

    def __init__(self, folder: Path) -> None:
        FillingUnit.__init__(self, folder, model="multidose")
        self.free: list[int] = []

    def shows(self, step: str, *more: str, language: str = "nb", limit_ms: int = 20_000) -> str:
        shown = super().shows(step, *more, language=language, limit_ms=limit_ms)
        self.free.append(self.device.ask("heap")["free"])
        return shown


def test_a_full_roll_is_filled_with_room_to_spare(
    tmp_path: Path, record_property: Callable[[str, str], None]
):
    """A plan of 84 pouches is stored, its roll tried and sealed: at each screen more is free than a filling needs."""
    with WeighedUnit(tmp_path) as home:
        home.begin()
        home.answered(home.hub.order(StoreLoadPlan(full_roll(home, b"p" * 16))))
        home.comes_with_a_roll()
        strip = [{"label": label_of(NUMBER, n), "mm": 70, "pills": 2} for n in range(1, IN_SIGHT + 1)]
        home.device.load_roll(strip)
        home.types("#")
        home.shows("number")
        home.types(NUMBER + "#")
        home.shows("close_roll")
        home.opens(False)
        home.shows("count", limit_ms=60_000)
        home.types("#")
        home.seal()
        home.hub.wait_for(RefillSealed)

    told = (
        f"free while a roll of 84 pouches is filled: at least {min(home.free):,} bytes of {FIRMWARE_BYTES:,}"
    )
    record_property("count", told)
    assert min(home.free) >= LEAST_FREE, home.free
