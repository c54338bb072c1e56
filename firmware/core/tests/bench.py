"""A shell in forty lines around the real core: a list for the journal, counters for the motor, a fuse for power."""

from firmware.core import dose as rules
from firmware.core.dose_words import (
    Arrived,
    BeamBroken,
    Close,
    Faulted,
    HomeReached,
    IntentSaved,
    Note,
    Pressed,
    Restarted,
    SaveIntent,
    Tick,
    Turn,
)
from firmware.core.ledger import Ledger
from firmware.core.plan import to_schedule
from firmware.core.schedule import decode, next_dose
from protocol.load_plan import Dose, LoadPlan

START_S = 1_800_000_000
WINDOW_S = 3600
NOT_OFFERED = 4


def a_plan(doses: int = 3, early_s: int = 0, flags: int = 0) -> LoadPlan:
    """Doses two hours apart, each with a window of an hour."""
    rows = [
        Dose(bytes([n + 1] * 16), n + 1, START_S + 7200 * n, early_s, WINDOW_S, 2, flags, "Morgen")
        for n in range(doses)
    ]
    return LoadPlan(bytes(16), 1, 1, rows, [(0, 3600)], None, "nb", ())


class PowerCut(Exception):
    """The fuse blew."""


class Bench:
    """One dispenser with one plan.  `journal` survives a cut; everything else does not."""

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan
        self.schedule = decode(to_schedule(plan).encode())  # as it comes from flash
        self.journal: list[tuple[int, object]] = []
        self.turns: dict[bytes, int] = {}
        self.turned_at_s: list[tuple[bytes, int]] = []
        self.now_s = START_S - 60
        self.clock_set = True
        self.motion = "arrives"
        self.blocked = 0
        self.fuse: int | None = None  # journal writes left before the power fails
        self.boot()

    def boot(self) -> None:
        self.ledger = Ledger()
        for seq, (utc_s, body) in enumerate(self.journal, 1):
            self.ledger.apply(seq, bytes(16), 1, utc_s, body)
        for dose_id in self.ledger.unfinished():
            ids = [dose.dose_id for dose in self.plan.doses]
            self.dose = self.schedule.dose(ids.index(dose_id), self.ledger)
            self.see(Restarted())
        self.dose = next_dose(self.schedule, self.ledger)

    def note(self, body: object) -> None:
        if self.fuse == 0:
            raise PowerCut
        if self.fuse is not None:
            self.fuse -= 1
        self.ledger.check(body)
        utc_s = self.now_s if self.clock_set else 0
        self.journal.append((utc_s, body))
        self.ledger.apply(len(self.journal), bytes(16), 1, utc_s, body)

    def see(self, event: object) -> None:
        """Step the dose in hand and do what it says; a finished dose makes room for the next."""
        if self.dose is None:
            return
        self.dose, actions = rules.step(self.dose, event, self.now_s if self.clock_set else None)
        for action in actions:
            self.act(action)

    def act(self, action: object) -> None:
        if isinstance(action, Note):
            self.note(action.body)
            if isinstance(action, SaveIntent):
                self.see(IntentSaved())
        elif isinstance(action, Turn):
            self.turns[self.dose.dose_id] = self.turns.get(self.dose.dose_id, 0) + 1
            self.turned_at_s.append((self.dose.dose_id, self.now_s))
            answers = {"arrives": Arrived(), "stalls": Faulted(None, "stall"), "home": Faulted(0, "stall")}
            self.see(answers[self.motion])
        elif isinstance(action, Close):
            self.see(HomeReached(self.motion == "arrives", True))

    def do(self, move: tuple) -> None:
        """One move of a history; nothing reaches the dose while the clock is unset, as in the shell."""
        try:
            self._do(move)
        except PowerCut:
            self.fuse = None
            self.boot()

    def _do(self, move: tuple) -> None:
        kind, value = move
        if kind == "wait":
            self.now_s += value
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
        if self.clock_set and kind == "press":
            self.see(Pressed(self.blocked))
        elif self.clock_set and kind == "beam":
            self.see(BeamBroken())

    def tick(self) -> None:
        while self.clock_set and self.dose is not None:
            self.see(Tick(self.blocked, NOT_OFFERED))
            if not rules.finished(self.dose.phase):
                return
            self.dose = next_dose(self.schedule, self.ledger)

    def told(self, *kinds: type) -> list[object]:
        """The journalled bodies of these kinds."""
        return [body for _, body in self.journal if isinstance(body, kinds)]
