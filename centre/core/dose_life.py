"""What has become of one dose, as its dispenser tells it.  Pure: one verified event at a time, in any order.

Events may arrive behind a hole, so a step back is never taken, and the first outcome stands.
"""

from dataclasses import dataclass, replace

from protocol import dose_events as told
from protocol.load_plan import ASSISTED as FLAG_ASSISTED
from protocol.load_plan import MEDIUM_ROLL, MEDIUM_TRAY, MESSAGE_ONLY, TIME_CRITICAL

PLANNED, DUE, RELEASED, PRESENTED = "planned", "due", "released", "presented"
TAKEN, MISSED, WITHHELD, UNCERTAIN = "taken", "missed", "withheld", "uncertain"
ENDED = (TAKEN, MISSED, WITHHELD, UNCERTAIN)
IN_HAND = (RELEASED, PRESENTED)
EARLY, LATE, ASSISTED = "early", "late", "assisted"

RELEASE_KINDS = {EARLY: told.RELEASE_EARLY, LATE: told.RELEASE_LATE, ASSISTED: told.RELEASE_ASSISTED}
KIND_NAMES = {number: name for name, number in RELEASE_KINDS.items()}
LATE_RESULTS = {told.LATE_TAKEN: "taken", told.LATE_RETURNED: "returned", told.LATE_UNCERTAIN: "uncertain"}
STAFF_CAUSES = (
    told.CAUSE_PAUSED,
    told.CAUSE_CANCELLED,
    told.CAUSE_REPLACED,
)  # of withheld: people ordered it
TAKEN_OUT = (told.CAUSE_CANCELLED, told.CAUSE_REPLACED)  # ... and it is not to be had late either

_STEPS = {told.DoseDue: DUE, told.ReleaseIntended: RELEASED, told.DosePresented: PRESENTED}
_ENDS = {
    told.DoseTaken: TAKEN,
    told.DoseMissed: MISSED,
    told.DoseWithheld: WITHHELD,
    told.DoseUncertain: UNCERTAIN,
}
_ORDER = (PLANNED, DUE, RELEASED, PRESENTED, *ENDED)


@dataclass(frozen=True)
class DoseState:
    """What is known of one dose.

    cause: of withheld or uncertain.  kind: the authorisation it was released by, None for the patient in the window.
    released: the carousel was told to turn for it, ever.  late_result: how a late release ended, beside the outcome.
    at_s: UTC seconds of the last news.
    """

    state: str = PLANNED
    cause: int | None = None
    kind: str | None = None
    released: bool = False
    late_result: str | None = None
    at_s: int = 0

    @property
    def ended(self) -> bool:
        """It has its outcome."""
        return self.state in ENDED


@dataclass(frozen=True)
class Settled:
    """A person closed the dose's alarm in a way that leaves nothing to let out.

    at_s: device seconds.  how: the reason, or for "other" the person's own words.
    """

    name: str
    at_s: int
    how: str


@dataclass(frozen=True)
class KnownDose:
    """One dose: the plan's words and what became of it.  Times are UTC seconds since 1970.

    late_until_s: None: never late.  in_force: the device doses by the plan that holds it.
    settled: what a person has said of it, which keeps it locked.
    """

    dose_id: str
    slot: int
    label: str
    due_s: int
    opens_s: int
    closes_s: int
    late_until_s: int | None
    flags: int
    plan_id: str
    version: int
    in_force: bool
    medium: int = MEDIUM_TRAY
    life: DoseState = DoseState()
    settled: Settled | None = None

    @property
    def assisted(self) -> bool:
        """Only staff may let it out."""
        return bool(self.flags & FLAG_ASSISTED)

    @property
    def message_only(self) -> bool:
        """The medicine lies outside the device; it only reminds."""
        return bool(self.flags & MESSAGE_ONLY)

    @property
    def on_roll(self) -> bool:
        """Its pouches hang in a row with the others: they come in order."""
        return self.medium == MEDIUM_ROLL

    @property
    def time_critical(self) -> bool:
        """It must not wait."""
        return bool(self.flags & TIME_CRITICAL)


def hear(known: DoseState, body: told.DoseEvent, at_s: int) -> DoseState:
    """The dose after one more event.  at_s: when it happened, UTC seconds since 1970."""
    if isinstance(body, told.LateRelease):
        result = LATE_RESULTS[body.result]
        return replace(known, released=True, kind=LATE, late_result=result, at_s=at_s)
    heard = _released(known, body, at_s)
    if type(body) in _ENDS:
        return heard if known.ended else _ended(heard, body, at_s)
    step = _STEPS.get(type(body))
    is_late = isinstance(body, told.ReleaseEvent) and body.kind == told.RELEASE_LATE
    if step is None or is_late or _ORDER.index(step) <= _ORDER.index(known.state):
        return heard
    return replace(heard, state=step, at_s=at_s)


def _released(known: DoseState, body: told.DoseEvent, at_s: int) -> DoseState:
    """The facts of a release, which stay true whatever is told later."""
    if isinstance(body, told.ReleaseIntended):
        known = replace(known, released=True, at_s=max(known.at_s, at_s))
    if isinstance(body, told.ReleaseEvent) and body.kind is not None:
        return replace(known, kind=KIND_NAMES[body.kind])
    return known


def _ended(known: DoseState, body: told.DoseEvent, at_s: int) -> DoseState:
    cause = body.cause if isinstance(body, told.DoseWithheld | told.DoseUncertain) else None
    return replace(known, state=_ENDS[type(body)], cause=cause, at_s=at_s)
