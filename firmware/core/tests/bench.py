"""A shell in a page around the real core: a list for the journal, counters for the motor, a fuse for power."""

from firmware.core import agenda, phases
from firmware.core import dose as rules
from firmware.core.authorising import check_authorise
from firmware.core.dose_words import (
    Arrived,
    BeamBroken,
    Close,
    Faulted,
    HomeReached,
    IntentSaved,
    Note,
    Pressed,
    Refuse,
    Restarted,
    SaveIntent,
    Tick,
    Turn,
)
from firmware.core.grant import end_of
from firmware.core.ledger import Ledger
from firmware.core.pause import check_pause, check_resume, to_cancel
from firmware.core.plan import to_schedule
from firmware.core.replan import activated, in_force
from firmware.core.schedule import decode
from protocol.commands import ActivatePlan, AuthoriseRelease
from protocol.device_events import Authorised, ClockSet, Paused, PlanActivated, Resumed
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_REPLACED,
    CAUSE_UNTRUSTED_CLOCK,
    ENDED_PAUSED,
    ENDED_REPLACED,
    DoseWithheld,
    PressRefused,
)
from protocol.errors import MessageError
from protocol.load_plan import Dose, LoadPlan

START_S = 1_800_000_000
WINDOW_S = 3600
NOT_OFFERED = 4


def a_plan(
    doses: int = 3, early_s: int = 0, flags: int = 0, late_s: int | None = None, **changes
) -> LoadPlan:
    """Doses two hours apart, each with a window of an hour.  first: the number of the first dose's name and slot."""
    first, start_s = changes.get("first", 1), changes.get("start_s", START_S)
    rows = [
        Dose(
            bytes([first + n] * 16),
            first + n,
            start_s + 7200 * n,
            early_s,
            WINDOW_S,
            2,
            flags,
            "Morgen",
            late_s,
        )
        for n in range(doses)
    ]
    plan_id, version = changes.get("plan_id", bytes(16)), changes.get("version", 1)
    return LoadPlan(plan_id, version, 1, rows, [(0, 3600)], None, "nb", ())


class PowerCut(Exception):
    """The fuse blew."""


class Bench:
    """One dispenser.  `journal` and `flash` survive a cut; everything else does not."""

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan
        self.flash = to_schedule(plan).encode()
        self.journal: list[tuple[int, object]] = []
        self.turns: dict[bytes, int] = {}
        self.turned_at_s: list[tuple[bytes, int]] = []
        self.refused: list[int] = []  # codes of refused commands
        self.counter = 0
        self.now_s = START_S - 60
        self.clock_set = True
        self.motion = "arrives"
        self.blocked = 0
        self.fuse: int | None = None  # writes left before the power fails
        self.boot()

    def boot(self) -> None:
        self.ledger = Ledger()
        self.hand = None
        self.stepped = False
        for seq, (utc_s, body) in enumerate(self.journal, 1):
            self.ledger.apply(seq, bytes(16), 1, utc_s, body)
        self.schedule = decode(self.flash)
        left = agenda.left_in_hand(self.ledger)
        if left is not None:
            self.see(left, Restarted())
        self.tell_plan()

    def write(self) -> None:
        if self.fuse == 0:
            raise PowerCut
        if self.fuse is not None:
            self.fuse -= 1

    def note(self, body: object) -> None:
        self.write()
        self.ledger.check(body)
        utc_s = self.now_s if self.clock_set else 0
        self.journal.append((utc_s, body))
        self.ledger.apply(len(self.journal), bytes(16), 1, utc_s, body)

    def see(self, dose, event: object) -> None:
        """Step a dose and do what it says; what is in hand then is the hand."""
        while event is not None:
            dose, actions = rules.step(dose, event, self.now_s if self.clock_set else None)
            event = None
            for action in actions:
                event = self.act(dose, action) or event
        mine = self.hand is not None and self.hand.dose_id == dose.dose_id
        if phases.in_hand(dose.phase):
            assert self.hand is None or mine
            self.hand = dose
        elif mine:
            self.hand = None

    def act(self, dose, action: object) -> object:
        if isinstance(action, Note):
            self.note(action.body)
            return IntentSaved() if isinstance(action, SaveIntent) else None
        if isinstance(action, Refuse):
            self.note(PressRefused(action.cause))
        elif isinstance(action, Turn):
            self.turns[dose.dose_id] = self.turns.get(dose.dose_id, 0) + 1
            self.turned_at_s.append((dose.dose_id, self.now_s))
            answers = {
                "arrives": Arrived(),
                "stalls": Faulted(None, "stall"),
                "home": Faulted(0, "stall"),
                "covered": Faulted(None, "stall", True),
            }
            return answers[self.motion]
        elif isinstance(action, Close):
            return HomeReached(self.motion == "arrives", True)
        return None

    def do(self, move: tuple) -> None:
        """One move of a history; nothing reaches a dose while the clock is unset, as in the shell."""
        try:
            self._do(*move)
        except PowerCut:
            self.fuse = None
            self.boot()

    def _do(self, kind: str, value=None) -> None:
        if kind == "wait":
            self.now_s += value
        elif kind == "step":  # the centre's signed word
            self.note(ClockSet(self.now_s, self.now_s + value, 3))
            self.now_s += value
            self.stepped = True
        elif kind == "fuse":
            self.fuse = value
        elif kind == "cut":
            raise PowerCut
        elif kind == "clock":
            self.clock_set = value
        elif kind == "motion":
            self.motion = value
        elif kind == "blocked":
            self.blocked = value
        self.tick()
        if kind in ("authorise", "pause", "resume", "cancel", "activate"):
            self.command(kind, value)
            self.tick()
        elif kind == "press":
            self.press()
        elif self.clock_set and kind == "beam" and self.hand is not None:
            self.see(self.hand, BeamBroken())

    def tick(self) -> None:
        if not self.clock_set:
            return
        tick = Tick(self.blocked, CAUSE_UNTRUSTED_CLOCK if self.stepped else NOT_OFFERED)
        if self.hand is not None:
            self.see(self.hand, tick)
        for dose in agenda.to_tick(self.schedule, self.ledger, self.now_s):
            self.see(dose, tick)
        ended = agenda.grant_ended(self.schedule, self.ledger, self.now_s)
        if ended is not None:
            self.note(ended)

    def press(self) -> None:
        if not self.clock_set:
            self.note(PressRefused(CAUSE_UNTRUSTED_CLOCK))
        elif self.hand is None:
            dose, grant = agenda.offered(self.schedule, self.ledger, self.now_s)
            if dose is None:
                self.note(PressRefused(agenda.nothing_to_have(self.ledger)))
            else:
                self.see(dose, Pressed(self.blocked, grant))

    def command(self, kind: str, value) -> None:
        """value: authorise (kind, numbers, seconds) · pause reason · resume from_s · cancel number · activate plan."""
        self.counter += 1
        now_s = self.now_s if self.clock_set else None
        try:
            getattr(self, "_" + kind)(value, now_s)
        except MessageError as refusal:
            self.refused.append(refusal.code)

    def _authorise(self, value, now_s: int | None) -> None:
        kind, numbers, for_s = value
        order = AuthoriseRelease([bytes([number] * 16) for number in numbers], kind, self.now_s + for_s)
        slots = check_authorise(order, self.schedule, self.ledger, now_s)
        self.end_grant(ENDED_REPLACED)
        self.note(Authorised(self.counter, kind, order.until_s, slots))

    def end_grant(self, reason: int) -> None:
        if self.ledger.grant is not None:
            self.note(end_of(self.ledger.grant, reason))

    def _pause(self, reason: int, now_s: int | None) -> None:
        check_pause(self.ledger)
        self.end_grant(ENDED_PAUSED)
        self.note(Paused(self.counter, reason))

    def _resume(self, from_s: int, now_s: int | None) -> None:
        check_resume(from_s, self.ledger, now_s, self.blocked == 0)
        self.note(Resumed(self.counter, from_s))

    def _cancel(self, number: int, now_s: int | None) -> None:
        dose = to_cancel(bytes([number] * 16), self.schedule, self.ledger)
        self.note(DoseWithheld(dose.dose_id, dose.slot, CAUSE_CANCELLED))

    def _activate(self, plan: LoadPlan, now_s: int | None) -> None:
        order = ActivatePlan(plan.plan_id, plan.version)
        if not in_force(order, self.schedule):
            schedule = activated(order, plan, self.schedule, self.ledger, now_s)
            self.write()
            self.plan, self.schedule, self.flash = plan, schedule, schedule.encode()
            self.tell_plan()

    def tell_plan(self) -> None:
        """The doses that end with the plan before, then the plan itself: also after a cut, and once."""
        schedule, ledger = self.schedule, self.ledger
        if (ledger.plan_id, ledger.version) == (schedule.plan_id, schedule.version):
            return
        self.end_grant(ENDED_REPLACED)
        for dose_id, slot in schedule.replaced_doses():
            if not phases.finished(ledger.phase(dose_id)):
                self.note(DoseWithheld(dose_id, slot, CAUSE_REPLACED))
        self.note(PlanActivated(schedule.plan_id, schedule.version, len(schedule)))

    def told(self, *kinds: type) -> list:
        """The journalled bodies of these kinds."""
        return [body for _, body in self.journal if isinstance(body, kinds)]
