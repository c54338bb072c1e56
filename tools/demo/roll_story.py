"""What the stories of the multidose dispenser share: a nurse loads the roll, and only then is the plan in force."""

from typing import Any, ClassVar

from protocol.commands import StoreLoadPlan
from tools.demo.filler import OK, Filler, Screens
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, on_roll, plan, pouches
from tools.demo.stage import short
from tools.demo.story import Story, step
from tools.demo.town import MULTIDOSE

NUMBER = "4711"  # printed on the header pouch, and in the plan
NURSE_TAG = "04a1b2c3d4e5f6"
LEAD_S, WINDOW_S = (
    420,
    300,
)  # virtual; loading the roll comes first.  The shortest window that a plan may have
Pouch = dict[str, Any]


class RollStory(Story):
    """Base of the stories with a roll.  POUCHES: how many each dose consists of."""

    MODEL = MULTIDOSE
    POUCHES: ClassVar[list[int]]
    HEADER: ClassVar[int] = 1

    def written_plan(self) -> Plan:
        self.first_due_s = self.stage.town.now_s() + LEAD_S
        written = plan(self.first_due_s, len(self.POUCHES), WINDOW_S, WINDOW_S, "en")
        return on_roll(written, NUMBER, self.POUCHES, self.HEADER)

    def roll(self) -> list[Pouch]:
        """What the pharmacy sends; a story may spoil it."""
        return pouches(self.written)

    @step("plan of a roll signed, carried and stored: it waits for the roll")
    def store(self) -> Seen:
        self.written = self.written_plan()
        counter = self.stage.send_plan({**self.written, "activate": False})
        event = self.stage.event("CommandAccepted", counter=counter, command_type=StoreLoadPlan.TYPE)
        return {**short(event), "roll": self.written["roll"], "pouches": self.POUCHES}

    @step("a nurse with her tag loads the roll; it is tried, sealed, and the plan is in force")
    def activate(self) -> Seen:
        nurse = Filler(self.stage, "nurse")
        nurse.gets_tag(NURSE_TAG)
        screens = nurse.identifies()["screens"] + load_roll(nurse, self.roll())
        sealed = self.stage.event("RefillSealed", credential=nurse.credential)
        event = self.stage.event("PlanActivated", plan_id=self.stage.plan_id, doses=len(self.POUCHES))
        facts = self.flat.dispenser.read_at_rest()
        wanted(facts["taken"] == [] and facts["door"] == "closed", "a trial that lets nothing out")
        chamber = facts["chamber"]
        wanted(len(chamber) == self.HEADER, f"the {self.HEADER} empty pouches in the chamber ({chamber})")
        minutes = (sealed["body"]["ended_s"] - sealed["body"]["started_s"]) / 60
        return {**short(event), "screens": screens, "minutes": round(minutes, 1), "head": facts["head"]}

    def press_and_take(self, dose: int) -> Seen:
        """Press, wait for the drawer, take what lies in it."""
        before = len(self.flat.dispenser.read()["taken"])
        self.stage.press_for(dose)
        self.flat.sees(lambda f: f["door"] == "open", "an open drawer")
        self.flat.take()
        facts = self.flat.sees(lambda f: len(f["taken"]) > before, "what lay in the drawer")
        return {"in_the_hand": facts["taken"][before:]}

    def at_rest(self) -> Any:
        """Wait until the drawer is closed and empty and nothing moves."""
        self.flat.sees(lambda f: f["door"] == "closed" and not f["drawer"], "the drawer closed and empty")
        return self.flat.dispenser.read_at_rest()

    def expected(self, dose: int) -> list[str]:
        """The labels of a dose's pouches, by number of the dose."""
        first = sum(self.POUCHES[: dose - 1])
        labels = [pouch["label"] for pouch in pouches(self.written) if pouch["label"]]
        return labels[first : first + self.POUCHES[dose - 1]]


def load_roll(nurse: Filler, roll: list[Pouch]) -> Screens:
    """Go through the session of an empty dispenser; returns each screen that was read."""
    nurse.reads("Open the lid")
    nurse.lid(True)
    nurse.agrees("Take it out")
    nurse.reads("Put roll in")
    nurse.flat.bench("load_roll", pouches=roll)
    nurse.types(OK)
    nurse.reads("Roll number")
    nurse.types(NUMBER + OK)
    nurse.reads("Close lid")
    nurse.lid(False)
    nurse.agrees("in all")
    nurse.agrees("First dose")
    return nurse.handed_over()
