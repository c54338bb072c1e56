"""The two media as the simulation needs them: the world, how a plan is made for it, how it is filled by staff."""

from collections import namedtuple

from firmware.simulation.roll_world import Pouch, RollWorld
from firmware.simulation.tray_world import TrayWorld
from protocol.load_plan import MEDIUM_ROLL, MEDIUM_TRAY, LoadPlan
from protocol.pouch_label import label_of
from protocol.roll_manifest import RollManifest

OFFSETS = ((0, 3600),)
PITCH_MM = 70
NUMBER = "4711"
CONFIRMED_S = 4  # from filling to the order that confirms it

# What a plan needs beside its doses.  `pouches`: of each slot; None: one.
Roll = namedtuple("Roll", "number pouches read header", defaults=(NUMBER, None, True, 0))


class TrayMedium:
    """Compartments that staff fill."""

    word = "tray"
    World = TrayWorld

    def plan(self, plan_id, version, doses, roll=None, quiet=()):
        """These doses, one language, no reminder profile of their own."""
        return LoadPlan(plan_id, version, MEDIUM_TRAY, doses, OFFSETS, None, "en", quiet)

    def contents(self, plan):
        """(name of the act, its argument) that puts what the plan says into the device."""
        return "fill", {dose.slot: (dose.dose_id, dose.pills) for dose in plan.doses}


class RollMedium:
    """Pouches that a pharmacy packed."""

    word = "roll"
    World = RollWorld

    def plan(self, plan_id, version, doses, roll=None, quiet=()):
        """These doses in the order of their slots; a dose cannot be had late here."""
        roll = roll or Roll()
        slots = {dose.slot: dose for dose in doses}
        counts = roll.pouches or [
            int(n not in slots or not slots[n].flags & 2) for n in range(1, max(slots) + 1)
        ]
        manifest = RollManifest(roll.number, bytes(counts), roll.header, 0, roll.read, PITCH_MM)
        return LoadPlan(plan_id, version, MEDIUM_ROLL, doses, OFFSETS, None, "en", quiet, manifest)

    def contents(self, plan):
        """As the tray's: the strip that the pharmacy packed for it."""
        return "load_roll", strip_of(plan)


TRAY, ROLL = TrayMedium(), RollMedium()
MEDIA = {medium.word: medium for medium in (TRAY, ROLL)}


def strip_of(plan):
    """The pouches of a plan's roll, the first one first.  A slot without a dose has pouches of nobody's."""
    roll, doses, strip = plan.roll, {dose.slot: dose for dose in plan.doses}, []
    strip += [Pouch("", PITCH_MM, 0, None, 0, False)] * roll.header
    for slot, count in enumerate(roll.pouches, 1):
        dose = doses.get(slot)
        name, pills = (dose.dose_id, dose.pills) if dose else (bytes([slot]) * 16, 1)
        for _ in range(count):
            label = label_of(roll.number, len(strip) - roll.header + 1)
            strip.append(Pouch(label, roll.pitch_mm, slot, name, pills, False))
    return strip + [Pouch("", PITCH_MM, 0, None, 0, False)] * roll.trailer
