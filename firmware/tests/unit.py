"""A virtual dispenser with a hub at its line, and the plans that tests load into it."""

from pathlib import Path

from firmware.tests.hub_side import HubSide
from protocol.commands import ActivatePlan, Dose, LoadPlan, StoreLoadPlan
from protocol.events import Booted, CommandAccepted, CommandRefused, DoseDue, PlanActivated
from tools.emulator.bench_client import BenchError
from tools.emulator.dispenser import VirtualDispenser

RATE = 10.0  # virtual seconds in a real one: the hub has 50 real ms for an answer before it is asked again
WINDOW_S = 300  # the shortest a plan may have
PLAN_ID = b"p" * 16


def dose_id(slot: int) -> bytes:
    return bytes([slot] * 16)


class Unit:
    """`device`: the virtual board; `hub`: the far end of its line."""

    def __init__(self, folder: Path, rate: float = RATE) -> None:
        self.device = VirtualDispenser(folder, rate=rate)
        self._rate = rate

    def __enter__(self) -> "Unit":
        self.device.start()
        self.hub = HubSide(self.device.port, self._rate)
        return self

    def __exit__(self, *_: object) -> None:
        self.hub.close()
        self.device.stop()
        print(self.device.console()[-4000:])  # pytest shows it when a test fails

    def now_s(self) -> int:
        """True UTC of the unit's world."""
        return self.device.read()["utc_s"]

    def pass_s(self, seconds: int) -> None:
        """Let this much of the unit's time go by at once; the hub hears of it afterwards."""
        self.device.run(for_ms=seconds * 1000, rate=0)
        self.device.run(rate=self._rate)

    def due(self) -> None:
        """Wait until the next dose is due and told."""
        count = len(self.hub.bodies(DoseDue))
        self.pass_s(60)
        self.hub.wait_for(DoseDue, count=count + 1)

    def plan(self, *due_in_s: int, window_s: int = WINDOW_S, **changes) -> LoadPlan:
        """A dose of two pills in slots 1, 2 ... (from `first`); due so many seconds from now."""
        now_s, flags, late_s = self.now_s(), changes.get("flags", 0), changes.get("late_s")
        doses = [
            Dose(dose_id(slot), slot, now_s + in_s, 0, window_s, 2, flags, "Morgen", late_s)
            for slot, in_s in enumerate(due_in_s, changes.get("first", 1))
        ]
        plan_id, version = changes.get("plan_id", PLAN_ID), changes.get("version", 1)
        return LoadPlan(plan_id, version, 1, doses, [(0, 3600)], None, changes.get("language", "nb"), ())

    def load(self, plan: LoadPlan) -> None:
        """Fill the compartments, store the plan, confirm it."""
        self.device.fill({dose.slot: dose.pills for dose in plan.doses})
        self.answered(self.hub.order(StoreLoadPlan(plan)))
        self.answered(self.hub.order(ActivatePlan(plan.plan_id, plan.version)))
        assert self.hub.bodies(PlanActivated)

    def went_off(self) -> None:
        """Wait until the planned power cut has come."""
        while True:
            try:
                self.device.wait_for(lambda facts: not facts["power"])
            except BenchError:  # asked in the very moment
                continue
            return

    def answer(self, counter: int) -> CommandAccepted | CommandRefused:
        """How the unit answered this command."""

        def answers():
            kinds = (CommandAccepted, CommandRefused)
            return [body for body in self.hub.bodies(*kinds) if body.counter == counter]

        self.hub.wait(answers)
        return answers()[-1]

    def answered(self, counter: int) -> None:
        assert isinstance(self.answer(counter), CommandAccepted), self.answer(counter)

    def refused(self, body) -> int:
        """Give this order; returns the code with which it is refused."""
        answer = self.answer(self.hub.order(body))
        assert isinstance(answer, CommandRefused), answer
        return answer.reason

    def restart(self) -> None:
        """Cut the power, and wait until the unit has said that it is back."""
        boots = len(self.hub.bodies(Booted))
        self.device.cut_power()
        self.device.power_on()
        self.hub.wait_for(Booted, count=boots + 1)

    def told(self) -> list[str]:
        """The names of all events, in order; without alarms, which come when they come."""
        names = [type(event.body).__name__ for event in list(self.hub.events)]
        return [name for name in names if not name.startswith("Alarm")]

    def text(self, words: str) -> None:
        """Wait until the panel shows these words."""
        self.device.wait_for(lambda facts: words in " ".join(facts["text"]))

    def position(self, position: int) -> None:
        """Wait until this position lies at the opening, uncovered; home: covered."""
        shutter = "open" if position else "closed"
        self.device.wait_for(lambda facts: (facts["position"], facts["shutter"]) == (position, shutter))
