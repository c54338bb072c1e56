"""What a dose can see, and what it can ask the shell to do: plain values, no rules.

Facts:    Tick, Pressed, IntentSaved, Arrived, Faulted, BeamBroken, HomeReached, Restarted
Actions:  Note, SaveIntent, Turn, Close, Remind, Refuse, Technical
"""

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from firmware.core.grant import Grant

# Dose.flags, as in protocol/load_plan.py, which a board loads only while a command needs it.
MESSAGE_ONLY, ASSISTED = 2, 4

# Dose.marks: bits that the ledger keeps beside the phase.
WARNED = 1  # the pre-alarm has gone out
RELEASED = 2  # an intent was journalled, whatever came of it: never a second one
DROPPED = 4  # withheld because a person cancelled it or replaced the plan
LATE = 8  # ... released after its outcome, by a late authorisation


class Dose:
    """One planned dose and how far it has come.  Never changed in place: `to` makes the next one.

    Times are UTC seconds.  The patient may have it in opens_s <= now < closes_s; reminders start at due_s; a late
    release may be authorised while closes_s <= now < late_until_s.  profile: ((per mille of window, stage), ...),
    empty for the default.  While it is in hand: kind and counter of the authorisation (0: the patient in the
    window), at_s of the intent, locks_s when it is locked again if nobody takes it.
    """

    def __init__(
        self,
        dose_id: bytes,
        slot: int,
        opens_s: int,
        due_s: int,
        closes_s: int,
        late_until_s: int,
        flags: int = 0,
        profile: tuple[tuple[int, int], ...] = (),
        phase: int = 0,
        stage: int = 0,
        marks: int = 0,
        held: bool = False,
    ) -> None:
        self.dose_id = dose_id
        self.slot = slot
        self.opens_s = opens_s
        self.due_s = due_s
        self.closes_s = closes_s
        self.late_until_s = late_until_s  # closes_s: never late
        self.flags = flags  # as in the load plan
        self.profile = profile
        self.phase = phase
        self.stage = stage  # the last reminder stage that was raised
        self.marks = marks
        self.held = held  # a pause keeps it back: no reminder, no release
        self.kind = 0
        self.counter = 0
        self.at_s = 0
        self.locks_s = closes_s

    @property
    def message_only(self) -> bool:
        """The medicine stands outside the device."""
        return self.flags & MESSAGE_ONLY != 0

    @property
    def assisted(self) -> bool:
        """Dark and silent for the patient; only somebody who may releases it."""
        return self.flags & ASSISTED != 0

    def to(self, phase: int, stage: int = 0, marks: int = 0) -> "Dose":
        """The same dose in another phase.  stage 0: unchanged; marks: bits to add."""
        dose = Dose(
            self.dose_id,
            self.slot,
            self.opens_s,
            self.due_s,
            self.closes_s,
            self.late_until_s,
            self.flags,
            self.profile,
            phase,
            stage or self.stage,
            self.marks | marks,
            self.held,
        )
        return dose.by(self.kind, self.counter, self.at_s, self.locks_s)

    def by(self, kind: int, counter: int, at_s: int, locks_s: int) -> "Dose":
        """Write who released this new object, and how long it may lie open; returns itself."""
        self.kind, self.counter, self.at_s, self.locks_s = kind, counter, at_s, locks_s
        return self


class Tick:
    """Time has passed.  blocked: withheld cause that stops a release now, or 0.
    not_offered: withheld cause for a window that went by before the dose was ever offered."""

    def __init__(self, blocked: int, not_offered: int) -> None:
        self.blocked = blocked
        self.not_offered = not_offered


class Pressed:
    """Somebody pressed.  blocked: withheld cause that stops a release now (clock, position, lid ...), or 0.
    grant: the authorisation that this press goes by, None: the plan."""

    def __init__(self, blocked: int, grant: "Grant | None" = None) -> None:
        self.blocked = blocked
        self.grant = grant


class IntentSaved:
    """The intent is on flash: the answer to SaveIntent."""


class Arrived:
    """The absolute sensor proves the slot at the opening, and it is open: an answer to Turn."""


class Faulted:
    """Turn failed.  position: what the sensor proves now, or None; detail: words for the alarm;
    covered: the opening was proven shut all the time, so nothing can have been taken."""

    def __init__(self, position: int | None, detail: str, covered: bool = False) -> None:
        self.position = position
        self.detail = detail
        self.covered = covered


class BeamBroken:
    """A hand was in the opening."""


class HomeReached:
    """The answer to Close.  proven: the sensor shows home; beam_works: the pick-up beam is clear again."""

    def __init__(self, proven: bool, beam_works: bool) -> None:
        self.proven = proven
        self.beam_works = beam_works


class Restarted:
    """The device has just started."""


class Note:
    """Journal this event body now, before the next action."""

    def __init__(self, body: object) -> None:
        self.body = body


class SaveIntent(Note):
    """Journal this intent, then answer IntentSaved."""


class Turn:
    """Turn the compartment to the opening, then answer Arrived or Faulted."""

    def __init__(self, slot: int) -> None:
        self.slot = slot


class Close:
    """Lock and turn home, then answer HomeReached."""


class Remind:
    """Show and sound this reminder stage."""

    def __init__(self, stage: int) -> None:
        self.stage = stage


class Refuse:
    """Tell in words why nothing moves; cause: of PressRefused, journalled first."""

    def __init__(self, cause: int) -> None:
        self.cause = cause


class Technical:
    """Raise the technical alarm with these words."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
