"""Doses that nobody takes fill the chamber, and a full chamber stops the dispenser."""

from protocol.commands import StoreLoadPlan
from tools.demo.filler import OK
from tools.demo.flat import Seen, wanted
from tools.demo.roll_story import RollStory
from tools.demo.stage import row, short
from tools.demo.story import step

CHAMBER = 109  # code of the Norwegian exchange, 1.9
PLACES, NEARLY = 20, 15  # firmware/core/roll.py
REPLAN_LEAD_S = 240  # virtual: seventeen pouches are cut off, one by one


class ChamberFull(RollStory):
    """Unused pouches fill the chamber: told before it is full; full, nothing is given; emptied, it is."""

    NAME = "chamber-full"
    POUCHES = [4, 4, 4, 4, 1, 1]
    HEADER = 3

    @step("the doctor changes the plan: five doses of this roll are not needed any more")
    def replan(self) -> Seen:
        due_s = self.stage.town.now_s() + REPLAN_LEAD_S
        rest = [{**self.written["doses"][-1], "due_s": due_s}]
        answer = self.stage.post(f"plans/{self.stage.plan_id}/replan", {**self.written, "doses": rest})
        self.stage.doses[-1] = answer["doses"][0]["dose_id"]
        self.stage.event("CommandAccepted", counter=answer["counter"], command_type=StoreLoadPlan.TYPE)
        self.stage.post(f"plans/{self.stage.plan_id}/activate")
        event = self.stage.event("PlanActivated", plan_id=self.stage.plan_id, version=answer["version"])
        return {**short(event), "doses_left": 1}

    @step("their pouches go to the chamber; nearly full is told while there is room")
    def nearly(self) -> Seen:
        event = self.stage.event("AlarmRaised", code=CHAMBER, detail="chamber nearly full")
        counted = self.stage.event("PouchesRetained", chamber=NEARLY)
        return {**short(event), "priority": event["body"]["priority"], "counted": counted["body"]["chamber"]}

    @step("the last of them: the chamber is full, an alarm on the board")
    def full(self) -> Seen:
        event = self.stage.event("AlarmRaised", code=CHAMBER, detail="chamber full")
        chamber = self.at_rest()["chamber"]
        wanted(len(chamber) == PLACES, f"{PLACES} pouches in the chamber ({len(chamber)})")
        alarm = self.stage.alarm(code=CHAMBER, condition="active")
        return {**row(alarm), **short(event), "priority": event["body"]["priority"], "chamber": len(chamber)}

    @step("the dose that is left is due: a press moves nothing, and the panel says so in plain words")
    def press(self) -> Seen:
        self.stage.event("DoseDue", dose_id=self.stage.doses[-1])
        return self.flat.press_in_vain("We will call you")

    @step("a nurse comes with her tag: the lid is unlocked, she empties the chamber, and closes")
    def emptied(self) -> Seen:
        screens = self.nurse.identifies()["screens"]
        self.nurse.reads("Open the lid")
        self.nurse.lid(True)
        self.nurse.reads("Have a look")
        count = len(self.flat.dispenser.empty_chamber())
        self.nurse.types(OK)
        self.nurse.reads("Empty it")
        self.nurse.types(OK)
        event = self.stage.event("ChamberEmptied", pouches=count)
        self.nurse.hears(lambda: self.nurse.lid(False), "as before")
        return {**short(event), "emptied": count, "screens": screens + self.nurse.handed_over()}

    @step("the alarm ends by itself")
    def cleared(self) -> Seen:
        return row(self.stage.alarm(code=CHAMBER, condition="cleared"))

    @step("the dose is offered now, inside its window; pressed and taken")
    def next_dose(self) -> Seen:
        seen = self.press_and_take(len(self.POUCHES))
        return {**short(self.stage.event("DoseTaken", len(self.POUCHES))), **seen}
