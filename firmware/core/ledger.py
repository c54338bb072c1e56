"""What the journal proves: the phase of every dose, what is in hand, pause, authorisation, plan, alarms.  Pure.

Replay of events builds it (ledger_entries.py says what each one changes); a snapshot (ledger_snapshot.py) stands for
everything up to its seq, so that receipts may trim the journal.
"""

from firmware.core.dose_words import DROPPED, RELEASED
from firmware.core.grant import Grant
from firmware.core.ledger_entries import ENTRIES
from firmware.core.phases import MISSED, PLANNED, PRESENTED, WITHHELD, finished
from protocol.dose_events import (
    RELEASE_LATE,
    DoseEvent,
    DosePresented,
    DoseTaken,
    LateRelease,
    ReleaseIntended,
)
from protocol.errors import RuleError

# So many ended doses of replaced plans are remembered by name, the newest; what they forbid in a later plan stands in
# that plan itself (schedule.py: used_until_s, used_slots).
REMEMBERED = 28

# What rare_entries.py takes in: damage, the lid, refill and roll.  By number: those classes are loaded on use.
RARE = (16, 17, 18, 27, 28, 29, 31, 32, 33, 34, 35, 36)

_NEW = (PLANNED, 0, 0, 0)


class Ledger:
    """Everything up to and including event `seq`, whose hash is `head`.

    doses: dose_id -> (phase, reminder stage, marks of dose_words.py, UTC s of its last event); a dose that is not in
    it is PLANNED.  The phase of an ended dose never changes again.
    hand: (dose_id, slot, kind, counter) between an intent and its outcome or LateRelease, else None; kind and counter
    as in Dose.
    grant: the authorisation that stands, or None.  paused, skip_before_s: nothing is offered while paused, and
    nothing that was due before this moment afterwards.
    plan_id, version: the plan in force, or (b"", 0).
    alarms: ((code, detail), ...) that stand; acknowledged: the codes among them that a person has seen.
    latest_s: UTC s of the newest event; answered: last command answered; acted: last command whose effect is written.
    refill: (credential, role) of the refill that goes on, or None; needs_refill: one has ended, and what lies in the
    device is not the plan in force.  tries: wrong PINs and tags since the last right one; locked_s: UTC s from which
    none is asked for (0: not locked).
    roll: (head: the next slot at the cutting line, doubt, pouches in the chamber, the slot for which a person's word
    stands or 0).  doubt: the roll may have moved and nothing proves how far, since 1: an intent, 2: a hand at the open
    lid, or lost events; 0: no doubt.  On a tray it means nothing (rare_entries.py, roll.py).
    """

    def __init__(self) -> None:
        self.seq = 0
        self.head = bytes(16)
        self.boot = 0
        self.plan_id = b""
        self.version = 0
        self.doses: dict[bytes, tuple[int, int, int, int]] = {}
        self.hand: tuple[bytes, int, int, int] | None = None
        self.grant: Grant | None = None
        self.paused = False
        self.skip_before_s = 0
        self.alarms: tuple[tuple[int, str], ...] = ()
        self.acknowledged: tuple[int, ...] = ()
        self.latest_s = 0
        self.answered = 0
        self.acted = 0
        self.refill: tuple[bytes, int] | None = None
        self.needs_refill = False
        self.tries = 0
        self.locked_s = 0
        self.roll = (1, 0, 0, 0)

    def life(self, dose_id: bytes) -> tuple[int, int, int, int]:
        """(phase, reminder stage, marks, UTC s of the last event): where the dose stands, also after a restart."""
        return self.doses.get(dose_id, _NEW)

    def phase(self, dose_id: bytes) -> int:
        """The phase that is proven for this dose."""
        return self.life(dose_id)[0]

    def check(self, body: object) -> None:
        """Raise RuleError before an event is written that gives a dose a second intent or a second end.

        An intent also needs that nothing is in hand and no refill unfinished, and LateRelease the late release that is.
        """
        if isinstance(body, DoseEvent) and not self._fits(body):
            raise RuleError(detail="phase %d allows no %s" % (self.phase(body.dose_id), type(body).__name__))

    def _fits(self, body: DoseEvent) -> bool:
        phase, _, marks, _ = self.life(body.dose_id)
        if isinstance(body, ReleaseIntended):
            if self.hand is not None or marks & (RELEASED | DROPPED) or self.refill or self.needs_refill:
                return False
            return phase in (MISSED, WITHHELD) if body.kind == RELEASE_LATE else not finished(phase)
        late = self.hand is not None and self.hand[0] == body.dose_id and self.hand[2] == RELEASE_LATE
        if isinstance(body, LateRelease):
            return late
        if isinstance(body, DosePresented) and body.kind == RELEASE_LATE:
            return late
        if isinstance(body, DoseTaken) and phase != PRESENTED:
            return False
        return not finished(phase)

    def apply(self, seq: int, head: bytes, boot: int, utc_s: int, body: object) -> None:
        """Take in an event that is in the journal, in order.  The first end of a dose stands."""
        self.seq, self.head, self.boot = seq, head, boot
        self.latest_s = utc_s or self.latest_s
        enter = ENTRIES.get(type(body))
        if enter is not None:
            enter(self, body, utc_s)
        elif getattr(body, "TYPE", 0) in RARE:
            from firmware.core.rare_entries import take

            take(self, body, utc_s)

    def forget(self, kept: list[bytes]) -> None:
        """Let go of ended doses that are not among these, but for the newest: a long life must fit in memory."""
        rows = [(life[3], key) for key, life in self.doses.items() if key not in kept and finished(life[0])]
        for _, key in sorted(rows)[:-REMEMBERED]:
            del self.doses[key]
