"""The power fails while the carousel turns; later the mains go and the battery carries the dispenser."""

from protocol.dose_events import CAUSE_POWER_CUT
from tools.demo.flat import FAR_SLOT, Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step

LEAD_S, EVERY_S, WINDOW_S = 180, 480, 300  # virtual; the shortest window that a plan may have
LOW_PER_MILLE = 120


class PowerCut(Story):
    """Power fails in mid-turn: the dose is uncertain, a nurse is called, it is never released again."""

    NAME = "power-cut"

    def written_plan(self) -> Plan:
        first_due_s = self.stage.town.now_s() + LEAD_S
        written = plan(first_due_s, count=2, every_s=EVERY_S, window_s=WINDOW_S, language="en")
        written["doses"][0]["slot"] = FAR_SLOT
        written["doses"][1]["slot"] = 1
        return written

    @step("dose 1 due")
    def due(self) -> Seen:
        return short(self.stage.event("DoseDue", 1))

    @step("button pressed; the power fails in the middle of the turn")
    def cut(self) -> Seen:
        self.flat.press_and_then("power", on=False)
        facts = self.flat.sees(lambda f: not f["power"], "a dispenser without power")
        position = facts["position"]
        wanted(
            0 < position < FAR_SLOT, f"a carousel between home and slot {FAR_SLOT} (it stands at {position})"
        )
        return {"at_utc_s": facts["utc_s"], "position": position, "motor_steps": facts["moves"]}

    @step("power back: dose 1 is uncertain, for nobody can know")
    def uncertain(self) -> Seen:
        self.flat.power_on()
        return short(self.stage.event("DoseUncertain", 1, cause=CAUSE_POWER_CUT))

    @step("alarm on the board, for a nurse")
    def nurse(self) -> Seen:
        alarm = self.stage.alarm(kind="uncertain", condition="active", handling="new")
        wanted(alarm["owner"] == "nurse", f"an alarm that a nurse owns (it is the {alarm['owner']}'s)")
        return {**row(alarm), "owner": alarm["owner"]}

    @step("position proven anew, carousel home; a press brings dose 1 no second time")
    def never_again(self) -> Seen:
        self.flat.at_home()
        seen = self.flat.press_in_vain("Not yet")
        told = self.stage.told(1)
        wanted(told.count("ReleaseIntended") == 1, f"one release of dose 1 ({told})")
        return {**seen, "told_of_dose_1": told}

    @step("mains unplugged: the dispenser goes on, and tells after a minute")
    def no_mains(self) -> Seen:
        self.flat.bench("mains", **{"in": False})
        return row(self.stage.alarm(kind="no_mains", condition="active"))

    @step("battery low: told while it still lasts")
    def battery_low(self) -> Seen:
        self.flat.bench("battery", per_mille=LOW_PER_MILLE)
        return row(self.stage.alarm(kind="battery_low", condition="active"))

    @step("mains back and battery charged: both alarms end by themselves")
    def mains_back(self) -> Seen:
        self.flat.bench("mains", **{"in": True})
        self.flat.bench("battery", per_mille=1000)
        self.stage.alarm(kind="battery_low", condition="cleared")
        return row(self.stage.alarm(kind="no_mains", condition="cleared"))

    @step("dose 2 due, pressed and taken as always")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 2)
        seen = self.stage.press_and_take(2, slot=1)
        return {**short(self.stage.event("DoseTaken", 2)), **seen}
