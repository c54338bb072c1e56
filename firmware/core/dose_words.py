"""What a dose can see, and what it can ask the shell to do: plain values, no rules.

Facts:    Tick, Pressed, IntentSaved, Arrived, Faulted, BeamBroken, HomeReached, Restarted
Actions:  Note, SaveIntent, Turn, Close, Remind, Refuse, Technical
"""


class Dose:
    """One planned dose and how far it has come.  Never changed in place: `to` makes the next one.

    Times are UTC seconds.  The dose may be released in opens_s <= now < closes_s, reminders start at due_s.
    profile: ((per mille of window, stage), ...), empty for the default.
    """

    def __init__(
        self,
        dose_id: bytes,
        slot: int,
        opens_s: int,
        due_s: int,
        closes_s: int,
        profile: tuple[tuple[int, int], ...] = (),
        message_only: bool = False,
        phase: int = 0,
        stage: int = 0,
        warned: bool = False,
    ) -> None:
        self.dose_id = dose_id
        self.slot = slot
        self.opens_s = opens_s
        self.due_s = due_s
        self.closes_s = closes_s
        self.profile = profile
        self.message_only = message_only
        self.phase = phase
        self.stage = stage  # the last reminder stage that was raised
        self.warned = warned  # the pre-alarm has gone out

    def to(self, phase: int, stage: int | None = None, warned: bool | None = None) -> "Dose":
        """The same dose in another phase."""
        return Dose(
            self.dose_id,
            self.slot,
            self.opens_s,
            self.due_s,
            self.closes_s,
            self.profile,
            self.message_only,
            phase,
            self.stage if stage is None else stage,
            self.warned if warned is None else warned,
        )


class Tick:
    """Time has passed.  blocked: withheld cause that stops a release now, or 0.
    not_offered: withheld cause for a window that went by before the dose was ever offered."""

    def __init__(self, blocked: int, not_offered: int) -> None:
        self.blocked = blocked
        self.not_offered = not_offered


class Pressed:
    """The patient pressed.  blocked: withheld cause that stops a release now (position, lid), or 0."""

    def __init__(self, blocked: int) -> None:
        self.blocked = blocked


class IntentSaved:
    """The intent is on flash: the answer to SaveIntent."""


class Arrived:
    """The absolute sensor proves the slot at the opening: an answer to Turn."""


class Faulted:
    """Turn failed.  position: what the sensor proves now, or None; detail: words for the alarm."""

    def __init__(self, position: int | None, detail: str) -> None:
        self.position = position
        self.detail = detail


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
    """Turn home, then answer HomeReached."""


class Remind:
    """Show and sound this reminder stage."""

    def __init__(self, stage: int) -> None:
        self.stage = stage


class Refuse:
    """Tell the patient in words why nothing moves: dose.NOT_NOW, MECHANISM or LID."""

    def __init__(self, cause: int) -> None:
        self.cause = cause


class Technical:
    """Raise the technical alarm with these words."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
