"""What a story is made of: steps in the order they are written, each with its name and what was seen.

A step's function does one thing and returns what was seen of it; what was not seen raises NotSeen, and the
story ends there.  The first three steps of every story are the same: a clock, a plan, and the plan in force; and so is
the last one: it has not restarted by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from protocol.commands import StoreLoadPlan
from protocol.device_events import SOURCE_CENTRE
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan
from tools.demo.stage import Stage, short
from tools.demo.town import TABLET


@dataclass(frozen=True)
class Step:
    """One line of a story.  act: what is done with the story, and what was seen then."""

    name: str
    act: Callable[[Any], Seen]


def step(name: str) -> Callable[[Callable[[Any], Seen]], Step]:
    """Mark a function of a story as the step of this name."""
    return lambda act: Step(name, act)


class Story:
    """Base of all stories.  The class's first docstring line tells the story in one line.

    NAME: what the command calls it.  FLATS: how many dispensers the town has; the story is that of the first.
    MODEL: what they are.
    """

    NAME: ClassVar[str]
    FLATS: ClassVar[int] = 1
    MODEL: ClassVar[str] = TABLET

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.flat = stage.flat

    def written_plan(self) -> Plan:
        """The plan as staff write it; called when the clock is set."""
        raise NotImplementedError

    @step("clock set by the centre's signed answer")
    def clock(self) -> Seen:
        event = self.stage.event("ClockSet", source=SOURCE_CENTRE)
        self.flat.starts = self.flat.dispenser.read()["boots"]
        return {**short(event), "at_utc_s": event["body"]["new_s"]}

    @step("plan signed, carried and stored")
    def store(self) -> Seen:
        counter = self.stage.send_plan(self.written_plan())
        return short(self.stage.event("CommandAccepted", counter=counter, command_type=StoreLoadPlan.TYPE))

    @step("plan activated")
    def activate(self) -> Seen:
        self.stage.post(f"plans/{self.stage.plan_id}/activate")
        count = len(self.stage.doses)
        return short(self.stage.event("PlanActivated", plan_id=self.stage.plan_id, doses=count))

    @step("the dispenser has never restarted by itself")
    def steady(self) -> Seen:
        starts = self.flat.sees(lambda f: True, "an answer of the dispenser")["boots"]
        more = starts - self.flat.starts
        words = self.flat.dispenser.console().strip().split("\n")[-1]
        wanted(more == 0, f"no restart but those of the story ({more} more; its last words: {words})")
        return {"at_utc_s": self.stage.town.now_s(), "starts": starts}


def steps_of(story: type[Story]) -> list[Step]:
    """The steps of a story in their order: what all begin with, its own as they are written, and the last."""
    frame = (story.clock, story.store, story.activate, story.steady)
    own = [value for value in vars(story).values() if isinstance(value, Step) and value not in frame]
    return [*frame[:-1], *own, frame[-1]]


def one_line(story: type[Story]) -> str:
    """What the story tells, in one line."""
    return (story.__doc__ or "").strip().split("\n")[0]
