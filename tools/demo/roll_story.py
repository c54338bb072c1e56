"""What the stories of the multidose dispenser share: a nurse loads the roll, and only then is its plan in force."""

from typing import Any, ClassVar

from protocol.commands import StoreLoadPlan
from tools.demo.filler import OK, Filler, Screens
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, on_roll, plan, pouches
from tools.demo.stage import short
from tools.demo.story import Story, step
from tools.demo.town import MULTIDOSE
from tools.demo.witness import Facts

NUMBER = "4711"  # printed on the header pouch, and in the plan
NURSE_TAG = "04f6e5d4c3b2a1"
LEAD_S, WINDOW_S = (
    420,
    300,
)  # virtual; loading the roll comes first.  The shortest window that a plan may have
Pouch = dict[str, Any]


class RollStory(Story):
    """Base of the stories with a roll.  POUCHES: how many each dose consists of.  HEADER: empty ones in front."""

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
        return {**self.store_plan(), "pouches": self.POUCHES}

    @step("a nurse with her tag loads the roll: tried, sealed, and the plan is in force")
    def activate(self) -> Seen:
        self.nurse = Filler(self.stage, "nurse")
        self.nurse.gets_tag(NURSE_TAG)
        seen = self.load()
        facts = self.at_rest()
        wanted(not facts["taken"], f"a trial that lets nothing out ({facts['taken']})")
        count = len(facts["chamber"])
        wanted(count == self.HEADER, f"{self.HEADER} empty pouches in the chamber ({count})")
        return {**seen, "head": facts["head"], "chamber": count}

    def store_plan(self) -> Seen:
        """Send `written`; it waits for the roll."""
        counter = self.stage.send_plan({**self.written, "activate": False})
        event = self.stage.event("CommandAccepted", counter=counter, command_type=StoreLoadPlan.TYPE)
        return {**short(event), "roll": self.written["roll"]}

    def load(self) -> Seen:
        """The nurse's session for `written`, from the first key to the plan in force."""
        screens = self.nurse.identifies()["screens"] + load_roll(
            self.nurse, self.written["roll"]["number"], self.roll()
        )
        sealed = self.stage.event(
            "RefillSealed", plan_id=self.stage.plan_id, credential=self.nurse.credential
        )
        self.stage.event("PlanActivated", plan_id=self.stage.plan_id, doses=len(self.written["doses"]))
        seconds = sealed["body"]["ended_s"] - sealed["body"]["started_s"]
        return {**short(sealed), "left": sealed["body"]["left"], "seconds": seconds, "screens": screens}

    def press_and_take(self, dose: int) -> Seen:
        """Press, wait for the drawer, take what lies in it: the pouches of this dose, and no other."""
        before = len(self.flat.dispenser.read()["taken"])
        self.stage.press_for(dose)
        self.flat.sees(lambda f: bool(f["door"] == "open"), "an open drawer")
        self.flat.take()
        taken = self.flat.sees(lambda f: len(f["taken"]) > before, "what lay in the drawer")["taken"][before:]
        labels = [label for label, _ in taken]
        wanted(labels == self.labels(dose), f"the pouches {self.labels(dose)} in the hand ({labels})")
        return {"in_the_hand": taken}

    def at_rest(self) -> Facts:
        """Wait until the drawer is closed and empty and nothing moves."""
        self.flat.sees(lambda f: f["door"] == "closed" and not f["drawer"], "the drawer closed and empty")
        return self.flat.dispenser.read_at_rest()

    def labels(self, dose: int) -> list[str]:
        """The labels of a dose's pouches, by number of the dose."""
        counts = [each["pouches"] for each in self.written["doses"]]
        first = sum(counts[: dose - 1])
        printed = [pouch["label"] for pouch in pouches(self.written) if pouch["label"]]
        return printed[first : first + counts[dose - 1]]


def load_roll(nurse: Filler, number: str, roll: list[Pouch]) -> Screens:
    """From the open lid to the last OK; returns each screen that was read."""
    nurse.reads("Open the lid")
    nurse.lid(True)
    nurse.reads("on the roll")
    nurse.flat.bench("cut_roll")
    nurse.types(OK)
    if nurse.flat.dispenser.read()["chamber"]:
        nurse.reads("Empty it")
        nurse.flat.bench("empty_chamber")
        nurse.types(OK)
    nurse.reads("Put roll in")
    nurse.flat.bench("load_roll", pouches=roll)
    nurse.types(OK)
    nurse.reads("Roll number")
    nurse.types(number + OK)
    nurse.reads("Close lid")
    nurse.lid(False)
    nurse.agrees("pouches in all")
    nurse.agrees("First dose")
    return nurse.handed_over()
