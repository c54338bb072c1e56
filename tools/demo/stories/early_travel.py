"""Doses handed out before a trip, and what becomes of them when their own time comes."""

from protocol.dose_events import ENDED_ALL_DONE, RELEASE_EARLY
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import short
from tools.demo.story import Story, step

LEAD_S, WINDOW_S = 450, 300  # virtual; the shortest window that a plan may have
MINUTES = 60
TRIP_WORDS = "For your trip"  # firmware/ui/words/en.py


class EarlyTravel(Story):
    """Two later doses are handed out for a trip, as one batch; their own time passes without offer and alarm."""

    NAME = "early-travel"

    def written_plan(self) -> Plan:
        self.first_due_s = self.stage.town.now_s() + LEAD_S
        return plan(self.first_due_s, count=3, every_s=WINDOW_S, window_s=WINDOW_S, language="en")

    @step("a press before the time moves nothing")
    def too_early(self) -> Seen:
        return self.flat.press_in_vain("Not yet")

    @step("staff authorise doses 1 and 2 for a trip")
    def authorise(self) -> Seen:
        self.counter = self.stage.authorise("early", [1, 2], MINUTES)
        event = self.stage.event("Authorised", counter=self.counter, kind=RELEASE_EARLY)
        return {**short(event), "slots": event["body"]["slots"], "text": self.flat.shows(TRIP_WORDS)}

    @step("first press: dose 1 comes and is taken")
    def first(self) -> Seen:
        return self.take_early(1)

    @step("second press: dose 2 comes and is taken")
    def second(self) -> Seen:
        self.flat.at_home()
        return self.take_early(2)

    @step("the batch is told as such: two released, none left")
    def batch(self) -> Seen:
        batch = {
            "counter": self.counter,
            "kind": RELEASE_EARLY,
            "reason": ENDED_ALL_DONE,
            "released": 2,
            "left": 0,
        }
        return {**short(self.stage.event("AuthorisationEnded", **batch)), **batch}

    @step("third press: nothing")
    def third(self) -> Seen:
        self.flat.at_home()
        return self.flat.press_in_vain("Not yet")

    @step("dose 1's own time: nothing is offered, a press moves nothing")
    def own_time(self) -> Seen:
        self.flat.until_s(self.first_due_s + 20)
        return {**self.flat.press_in_vain("Not yet"), "at_utc_s": self.stage.town.now_s()}

    @step("both windows are over: no dose was due or missed, no alarm was raised")
    def quiet(self) -> Seen:
        self.flat.until_s(self.first_due_s + 2 * WINDOW_S)
        self.stage.event("DoseDue", 3)  # all that came before it is at the centre too
        for dose in (1, 2):
            told = self.stage.told(dose)
            wanted(told == ["ReleaseIntended", "DosePresented", "DoseTaken"], f"only a release ({told})")
        alarms = self.stage.dose_alarms()
        wanted(not alarms, f"a board without an alarm about a dose ({alarms})")
        return {"at_utc_s": self.stage.town.now_s(), "told_of_each": told, "alarms": alarms}

    @step("back home: dose 3 pressed and taken as always")
    def back_home(self) -> Seen:
        seen = self.stage.press_and_take(3, slot=3)
        return {**short(self.stage.event("DoseTaken", 3)), **seen}

    def take_early(self, dose: int) -> Seen:
        """Press and take; it is told with the kind and the counter of the authorisation."""
        seen = self.stage.press_and_take(dose, slot=dose)
        self.stage.event("ReleaseIntended", dose, kind=RELEASE_EARLY, counter=self.counter)
        return {
            **short(self.stage.event("DoseTaken", dose, kind=RELEASE_EARLY)),
            "counter": self.counter,
            **seen,
        }
