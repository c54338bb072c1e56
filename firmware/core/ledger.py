"""What the journal proves: the phase of every dose, the plan in force, the alarms that stand.  Pure.

Replay of events builds it; a snapshot (ledger_snapshot.py) stands for everything up to its seq, so that
receipts may trim the journal.
"""

from firmware.core.dose import (
    DUE,
    MISSED,
    PLANNED,
    PRESENTED,
    SAVING,
    TAKEN,
    TURNING,
    UNCERTAIN,
    WITHHELD,
    finished,
    in_hand,
)
from protocol.device_events import AlarmCleared, AlarmRaised, CommandAccepted, CommandRefused, PlanActivated
from protocol.dose_events import (
    DoseDue,
    DoseEvent,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)
from protocol.errors import RuleError

# What an event makes of its dose.  An intent counts as "the carousel may have moved" at once.
PHASE_AFTER = {
    DoseDue: DUE,
    ReleaseIntended: TURNING,
    DosePresented: PRESENTED,
    DoseTaken: TAKEN,
    DoseMissed: MISSED,
    DoseUncertain: UNCERTAIN,
    DoseWithheld: WITHHELD,
}
# A dose of a replaced plan is remembered this long: longer than the longest window with its early opening
# (5 h + 5 h, protocol/load_plan.py), so no later plan can offer the same dose again.
REMEMBER_S = 86400

_NEW = (PLANNED, 0, False, 0)


class Ledger:
    """Everything up to and including event `seq`, whose hash is `head`.

    doses: dose_id -> (phase, reminder stage, pre-alarm sent, UTC s); a dose that is not in it is PLANNED.
    plan_id, version: the plan in force, or (b"", 0).  alarms: ((code, detail), ...) that stand.
    floor_s: UTC s of the last release; latest_s: UTC s of the newest event; answered: last command answered.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.head = bytes(16)
        self.boot = 0
        self.plan_id = b""
        self.version = 0
        self.doses: dict[bytes, tuple[int, int, bool, int]] = {}
        self.alarms: tuple[tuple[int, str], ...] = ()
        self.floor_s = 0
        self.latest_s = 0
        self.answered = 0

    def phase(self, dose_id: bytes) -> int:
        """The phase that is proven for this dose."""
        return self.doses.get(dose_id, _NEW)[0]

    def progress(self, dose_id: bytes) -> tuple[int, int, bool]:
        """(phase, reminder stage, pre-alarm sent), to go on after a restart."""
        phase, stage, warned, _ = self.doses.get(dose_id, _NEW)
        return phase, stage, warned

    def unfinished(self) -> list[bytes]:
        """Doses with an intent and no outcome: after a restart nobody can know."""
        return [dose_id for dose_id in self.doses if in_hand(self.phase(dose_id))]

    def check(self, body: object) -> None:
        """Raise RuleError before an event is written that gives a dose a second intent or a second end."""
        if not isinstance(body, DoseEvent):
            return
        phase = self.phase(body.dose_id)
        if finished(phase) or (isinstance(body, ReleaseIntended) and phase >= SAVING):
            raise RuleError(detail="phase %d allows no %s" % (phase, type(body).__name__))

    def apply(self, seq: int, head: bytes, boot: int, utc_s: int, body: object) -> None:
        """Take in an event that is in the journal, in order.  The first end of a dose stands."""
        if isinstance(body, DoseEvent):
            self._dose(body, utc_s)
        elif isinstance(body, PlanActivated):
            self.plan_id, self.version = body.plan_id, body.version
            recent = [(key, life) for key, life in self.doses.items() if life[3] >= utc_s - REMEMBER_S]
            self.doses = dict(recent)
        elif isinstance(body, AlarmRaised):
            self.alarms += ((body.code, body.detail),)
        elif isinstance(body, AlarmCleared):
            self.alarms = tuple([alarm for alarm in self.alarms if alarm[0] != body.code])
        elif isinstance(body, (CommandAccepted, CommandRefused)):
            self.answered = max(self.answered, body.counter)
        self.seq, self.head, self.boot = seq, head, boot
        self.latest_s = utc_s or self.latest_s

    def _dose(self, body: DoseEvent, utc_s: int) -> None:
        before, stage, warned, _ = self.doses.get(body.dose_id, _NEW)
        phase = before if finished(before) else PHASE_AFTER.get(type(body), before)
        if isinstance(body, ReminderRaised):
            stage = max(stage, body.stage)
        elif phase == DUE:
            stage = max(stage, 1)
        warned = warned or isinstance(body, PreAlarm)
        if in_hand(phase) or phase == TAKEN:
            self.floor_s = max(self.floor_s, utc_s)
        self.doses[body.dose_id] = (phase, stage, warned, utc_s)
