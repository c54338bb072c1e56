"""A virtual multidose dispenser with a hub at its line, and the rolls that tests load into it."""

from pathlib import Path

from firmware.tests.hub_side import HubSide
from firmware.tests.unit import PLAN_ID, RATE, WINDOW_S, Unit, dose_id
from protocol.commands import ActivatePlan, Dose, LoadPlan, StoreLoadPlan
from protocol.events import DoseDue
from protocol.load_plan import MEDIUM_ROLL
from protocol.pouch_label import label_of
from protocol.roll_manifest import RollManifest
from tools.emulator.dispenser import VirtualDispenser

NUMBER = "4711"
PITCH_MM = 70


class RollUnit(Unit):
    """As Unit; the roll has a pouch for each dose, or as many as `pouches` says."""

    def __init__(self, folder: Path, rate: float = RATE) -> None:
        self.device = VirtualDispenser(folder, model="multidose", rate=rate)
        self._rate = rate

    def plan(self, *due_in_s: int, window_s: int = WINDOW_S, **changes) -> LoadPlan:
        """pouches: of each slot; read: must every label be read?"""
        now_s, version = self.now_s(), changes.get("version", 1)
        doses = [
            Dose(dose_id(slot), slot, now_s + in_s, 0, window_s, 2, changes.get("flags", 0), "Morgen")
            for slot, in_s in enumerate(due_in_s, 1)
        ]
        pouches = bytes(changes.get("pouches", [1] * len(doses)))
        roll = RollManifest(NUMBER, pouches, 0, 0, changes.get("read", True), PITCH_MM)
        plan_id = changes.get("plan_id", PLAN_ID)
        return LoadPlan(plan_id, version, MEDIUM_ROLL, doses, [(0, 3600)], None, "nb", (), roll)

    def load(self, plan: LoadPlan, **spoiled: dict[str, object]) -> None:
        """Load a roll whose first pouch lies ready, store the plan, confirm it.

        spoiled: n3={"torn": True} changes the third pouch.
        """
        count = sum(plan.roll.pouches)
        strip = [{"label": label_of(NUMBER, n), "mm": PITCH_MM, "pills": 2} for n in range(1, count + 1)]
        for name, change in spoiled.items():
            strip[int(name[1:]) - 1].update(change)
        self.device.load_roll(strip)
        self.pass_s(20)  # what a start has to move; no plan comes into force meanwhile
        self.answered(self.hub.order(StoreLoadPlan(plan)))
        self.answered(self.hub.order(ActivatePlan(plan.plan_id, plan.version)))
        self.pass_s(30)  # the door, the drawer and the head of the roll are proven
        self.loaded = plan

    def falls_due(self, slot: int) -> None:
        """Let the time go by until this dose is due and told."""
        self.pass_s(max(1, self.loaded.doses[slot - 1].due_s + 2 - self.now_s()))
        self.hub.wait(lambda: slot in [body.slot for body in self.hub.bodies(DoseDue)])

    def labels(self, place: str) -> list[str]:
        """What lies in the drawer or in the chamber."""
        return self.device.read()[place]

    def alarms(self, kind: type, code: int) -> list[str]:
        """The words of all alarms of this code that were raised or ended."""
        return [body.detail for body in self.hub.bodies(kind) if body.code == code]

    def told_alarm(self, kind: type, code: int, detail: str) -> None:
        """Wait until this alarm was raised or ended."""
        self.hub.wait(lambda: detail in self.alarms(kind, code))


__all__ = ["NUMBER", "HubSide", "RollUnit"]
