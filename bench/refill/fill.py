"""A scripted hand before a virtual dispenser, in virtual time: what the device adds to the hand's own time."""

import re
import shutil
from pathlib import Path

from firmware.tests.filling_unit import HOUR_S, TRAYS_TAG, FillingUnit
from protocol.refill_events import RefillSealed
from tools.emulator.build import ROOT

SLOTS = 28
TABLETS_S = 5.0  # to read the words, count tablets and put them in
LID_S = 3.0  # to open or close the lid with its key
SWAP_S = 12.0  # to take one tray out and put the other in
KEY_S = 0.15
LOOK_MS = 50
LINE = "        self._shown = shown\n"
PRINT = "        import gc; gc.collect(); print('FREE', gc.mem_free())\n"


def telling_firmware(folder: Path) -> Path:
    """A copy of the firmware that prints how much memory is free at each screen of a filling."""
    copy = folder / "firmware"
    shutil.copytree(ROOT / "firmware", copy)
    session = copy / "shell" / "refilling_session.py"
    assert session.read_text().count(LINE) == 1
    session.write_text(session.read_text().replace(LINE, LINE + PRINT))
    return copy


class Hand:
    """own_s: the time that it took itself; everything else is the device's."""

    def __init__(self, unit: FillingUnit) -> None:
        self._unit = unit
        self.own_s = 0.0

    def busy(self, seconds: float) -> None:
        """Do something oneself."""
        self.own_s += seconds
        self._unit.step(round(seconds * 1000))

    def key(self, key: str) -> None:
        """Press one key."""
        self._unit.device.ask("key", keys=key)
        self.busy(KEY_S)

    def lid(self, open: bool) -> None:
        """Use the key, and swing the lid."""
        self.busy(LID_S)
        self._unit.device.lid(open)

    def reads(self, *words: str, limit_ms: int = 60_000) -> None:
        """Wait until the panel shows these words."""
        for _ in range(limit_ms // LOOK_MS):
            shown = " ".join(self._unit.device.read()["text"])
            if all(word in shown for word in words):
                return
            self._unit.step(LOOK_MS)
        raise AssertionError(f"{words} not seen, but {self._unit.device.read()['text']}")

    def now_s(self) -> float:
        """The world's clock."""
        return float(self._unit.device.read()["uptime_ms"]) / 1000


def fill_here(unit: FillingUnit) -> tuple[list[float], float, float]:
    """(what the device added at each slot, in all, the hand's own time), s: from the way to the seal."""
    plan = unit.waiting(*[HOUR_S * (2 + slot) for slot in range(SLOTS)])
    unit.identify()
    unit.shows("way")
    hand, added_s = Hand(unit), []
    began_s = hand.now_s()
    hand.key("2")
    hand.reads("Open the lid")
    hand.lid(True)
    for number, dose in enumerate(plan.doses):
        since_s = hand.now_s()
        hour, minute = divmod((dose.due_s + HOUR_S) // 60 % 1440, 60)
        hand.reads(f"{hour:02}:{minute:02}")
        if number:
            added_s.append(hand.now_s() - since_s)
        hand.busy(TABLETS_S)
        unit.device.fill({dose.slot: dose.pills})
        hand.key("#")
    hand.reads("Close lid")
    _close_and_seal(hand)
    return added_s, hand.now_s() - began_s - hand.own_s, hand.own_s


def swap(unit: FillingUnit) -> float:
    """Seconds from the lid's opening to the seal, the hand's own time among them."""
    plan = unit.waiting(*[HOUR_S * (72 + slot) for slot in range(SLOTS)])
    unit.identify(nurse=True, language="en")
    unit.shows("way")
    hand = Hand(unit)
    hand.key("1")
    hand.reads("Open the lid")
    unit.device.lid(True)
    began_s = hand.now_s()
    hand.reads("New tray")
    hand.busy(SWAP_S)
    unit.device.ask("tray", slots={str(dose.slot): dose.pills for dose in plan.doses})
    hand.key("#")
    hand.reads("Its tag")
    unit.device.ask("tag", uid=TRAYS_TAG, data=unit.tray_tag(plan).hex())
    hand.reads("Close lid")
    _close_and_seal(hand)
    return hand.now_s() - began_s


def _close_and_seal(hand: Hand) -> None:
    hand.lid(False)
    hand.reads("First dose")
    hand.busy(1.0)
    hand.key("#")
    hand.reads("Thank you")


def measure(folder: Path) -> dict[str, float]:
    """Fill here, then swap; seconds and bytes by name."""
    with FillingUnit(folder / "unit", firmware=telling_firmware(folder)) as unit:
        unit.begin()
        added_s, in_all_s, own_s = fill_here(unit)
        unit.live()
        unit.hub.wait_for(RefillSealed)
        unit.step(16_000)
        swap_s = swap(unit)
        unit.live()
        unit.hub.wait_for(RefillSealed, count=2)
        free = [int(found) for found in re.findall(r"^FREE (\d+)", unit.device.console(), re.M)]
    return {
        "slot": sum(added_s) / len(added_s),
        "slot, longest": max(added_s),
        "in all": in_all_s,
        "own": own_s,
        "swap": swap_s,
        "free": min(free),
    }
