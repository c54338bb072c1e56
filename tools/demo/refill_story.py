"""What the stories about a refill share: a plan in force, a new one that waits, and a person who comes with both."""

from typing import Any, ClassVar

from protocol.commands import StoreLoadPlan
from tools.demo.filler import Filler
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, plan, tablets
from tools.demo.stage import short
from tools.demo.story import Story

WINDOW_S = 300  # virtual; the shortest window that a plan may have
RELATIVE_TAG, NURSE_TAG = "04a1b2c3d4e5f6", "04f6e5d4c3b2a1"
TRAY, TRAY_UID = 7, "04c3d4e5f6a1b2"  # what stands on the tray, and its tag


class RefillStory(Story):
    """Base of the stories with a refill.

    LEAD_S: to the first dose of the old plan.  NEXT_FIRST_S: from storing the new one to its first dose, time for the
    filling.  COUNT: its doses.
    """

    LEAD_S: ClassVar[int] = 180
    NEXT_FIRST_S: ClassVar[int] = 480
    COUNT: ClassVar[int] = 4
    NEXT_WINDOW_S: ClassVar[int] = WINDOW_S

    def written_plan(self) -> Plan:
        self.first_due_s = self.stage.town.now_s() + self.LEAD_S
        return plan(self.first_due_s, 2, every_s=4 * WINDOW_S, window_s=WINDOW_S, language="en")

    def store_next(self) -> Seen:
        """Staff send the plan for the days to come; it waits for whoever fills.  From now on doses are those of it."""
        self.old = list(self.stage.doses)
        self.next_due_s = self.stage.town.now_s() + self.NEXT_FIRST_S
        window_s = self.NEXT_WINDOW_S
        self.next = plan(self.next_due_s, self.COUNT, window_s, window_s, "en", pills=3)
        counter = self.stage.send_plan({**self.next, "activate": False})
        event = self.stage.event("CommandAccepted", counter=counter, command_type=StoreLoadPlan.TYPE)
        after = [e["name"] for e in self.stage.get("events") if e["seq"] > event["seq"]]
        wanted("PlanActivated" not in after, "the old plan in force")
        return {**short(event), "doses": self.COUNT}

    def tablets(self) -> dict[int, int]:
        """What the new plan wants in each slot."""
        return tablets(self.next)

    def tray_tag(self) -> str:
        """What the tag of the new tray must say, in hex; the centre knows."""
        return str(self.stage.get(f"plans/{self.stage.plan_id}/tray-tag?tray={TRAY}")["hex"])

    def sealed(self, filler: Filler, **fields: Any) -> Seen:
        """Wait for the one signed event of a refill, and for the plan in force that comes with it."""
        event = self.stage.event("RefillSealed", credential=filler.credential, **fields)
        self.stage.event("PlanActivated", plan_id=self.stage.plan_id, doses=self.COUNT)
        body = event["body"]
        shown = {name: body[name] for name in ("way", "left", "filled", "differences", "slot_s", "tray_id")}
        return {**short(event), **shown, "seconds": body["ended_s"] - body["started_s"]}
