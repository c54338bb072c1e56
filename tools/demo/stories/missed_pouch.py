"""A pouch that nobody takes goes to the locked chamber, and the next dose is the next dose."""

from tools.demo.flat import Seen, wanted
from tools.demo.roll_story import RollStory
from tools.demo.stage import row, short
from tools.demo.story import step

MINUTES = 15


class MissedPouch(RollStory):
    """A missed pouch falls into the locked chamber, never offered again; the next dose is the next."""

    NAME = "missed-pouch"
    POUCHES = [2, 1, 1]

    @step("dose 1 due: two pouches belong to it")
    def due(self) -> Seen:
        event = self.stage.event("DoseDue", 1)
        return {**short(event), "text": self.flat.shows("Press the button"), "labels": self.labels(1)}

    @step("pressed and taken: both pouches, and no other")
    def taken(self) -> Seen:
        seen = self.press_and_take(1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    @step("dose 2 due: nobody comes, a pre-alarm")
    def due_again(self) -> Seen:
        self.at_rest()
        event = self.stage.event("PreAlarm", 2)
        return {**row(self.stage.alarm(kind="pre_alarm", condition="active")), **short(event)}

    @step("window closed: dose 2 missed, an alarm on the board")
    def missed(self) -> Seen:
        event = self.stage.event("DoseMissed", 2)
        return {**row(self.stage.alarm(kind="missed", condition="active")), **short(event)}

    @step("its pouch falls into the locked chamber, counted by the beam")
    def retained(self) -> Seen:
        event = self.stage.event("PouchesRetained", slot=2)
        facts = self.at_rest()
        wanted(self.labels(2)[0] in facts["chamber"], f"pouch 2 in the chamber ({facts['chamber']})")
        wanted(facts["head"] == self.labels(3)[0], f"pouch 3 next on the roll ({facts['head']})")
        return {**short(event), "chamber": facts["chamber"], "counted": event["body"]["chamber"]}

    @step("its late release is refused in words: what lies in the chamber is not given")
    def late(self) -> Seen:
        sentence = self.stage.refused(lambda: self.stage.authorise("late", [2], MINUTES))
        return {"at_utc_s": self.stage.town.now_s(), "refused": sentence}

    @step("dose 3 due, pressed and taken: its own pouch")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 3)
        seen = self.press_and_take(3)
        return {**short(self.stage.event("DoseTaken", 3)), **seen}

    @step("dose 2 was never presented; its pouch lies where it fell")
    def never(self) -> Seen:
        told = self.stage.told(2)
        wanted("DosePresented" not in told, f"no presentation of dose 2 ({told})")
        facts = self.at_rest()
        wanted(self.labels(2)[0] in facts["chamber"], f"pouch 2 in the chamber ({facts['chamber']})")
        return {"at_utc_s": self.stage.town.now_s(), "told_of_dose_2": told, "chamber": facts["chamber"]}
