"""A filling that finds no room in the board's memory: it ends in words, and the same filling can be done again."""

import shutil
from pathlib import Path

from firmware.tests.filling_unit import HOUR_S, FillingUnit
from protocol.pouch_label import label_of
from protocol.refill_events import ABORT_FAULT, RefillAborted, RefillSealed
from tools.emulator.build import ROOT

NUMBER = "4711"
TRIAL = "            failed = await mechanism.trial_feed(self._schedule)\n"
NO_ROOM_ONCE = """\
            if not hasattr(mechanism, "was_full"):
                mechanism.was_full = True
                raise MemoryError
"""


def full_once(folder: Path) -> Path:
    """A copy of the firmware whose memory is full at the first trial of a roll."""
    copy = folder / "firmware"
    shutil.copytree(ROOT / "firmware", copy)
    hands = copy / "shell" / "refilling_roll.py"
    assert hands.read_text().count(TRIAL) == 1
    hands.write_text(hands.read_text().replace(TRIAL, NO_ROOM_ONCE + TRIAL))
    return copy


def puts_the_roll_in(home: FillingUnit) -> None:
    """From the first key to the closed lid, with the number of the roll that lies there."""
    home.comes_with_a_roll()
    home.device.cut_roll()
    home.device.load_roll([{"label": label_of(NUMBER, n), "mm": 70, "pills": 2} for n in (1, 2)])
    home.types("#")
    home.shows("number")
    home.types(NUMBER + "#")
    home.shows("close_roll")
    home.opens(False)


def test_a_filling_that_finds_no_memory_is_told_in_words_and_loses_nothing(tmp_path: Path):
    """It says "not done, no medicine until it is filled", a fault is told, and the same plan is filled next."""
    with FillingUnit(tmp_path / "unit", model="multidose", firmware=full_once(tmp_path)) as home:
        home.begin()
        plan = home.waiting_roll(HOUR_S, 5 * HOUR_S)
        boots = home.device.read()["boots"]
        puts_the_roll_in(home)
        home.shows("unfinished", language="nb", limit_ms=60_000)
        home.step(20_000)
        home.live()
        (aborted,) = home.hub.wait_for(RefillAborted)
        assert (aborted.reason, aborted.touched) == (ABORT_FAULT, True)

        puts_the_roll_in(home)
        home.shows("count", limit_ms=60_000)
        home.types("#")
        home.seal()
        (sealed,) = home.hub.wait_for(RefillSealed)
        assert sealed.plan_id == plan.plan_id
        assert home.device.read()["boots"] == boots
        assert home.device.read()["taken"] == []
