"""What a dispenser reports about its doses.  Every planned dose reaches exactly one of taken, missed,
uncertain, withheld; the order of the others is journal before motion (docs/protocol.md).
"""

from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError
from protocol.record import U32_MAX, Message, exactly, within

ID_BYTES = 16
TRAY_SLOTS = 28  # compartments of the tablet carousel; position 0 is home and holds nothing
LAST_SLOT = 56  # of a roll: slot n is its n-th dose

CAUSE_POWER_CUT, CAUSE_MOTION_FAULT, CAUSE_SENSOR = 1, 2, 3  # of DoseUncertain
CAUSE_UNTRUSTED_CLOCK, CAUSE_MECHANISM, CAUSE_LID_OPEN, CAUSE_WAS_OFF = 1, 2, 3, 4  # of DoseWithheld: device
CAUSE_PAUSED, CAUSE_CANCELLED, CAUSE_REPLACED = 5, 6, 7  # ... a person's decision
CAUSE_BATTERY, CAUSE_TILTED, CAUSE_REFILL = (
    8,
    9,
    11,
)  # ... and the device again: a refill goes on, or is not finished
REFUSED_NOT_NOW, REFUSED_ASSISTED = 0, 10  # of PressRefused, beside the causes of DoseWithheld
RELEASE_EARLY, RELEASE_LATE, RELEASE_ASSISTED = 1, 2, 3  # who allowed a release, if not plan and patient
LATE_TAKEN, LATE_RETURNED, LATE_UNCERTAIN = 1, 2, 3  # of LateRelease
ENDED_ALL_DONE, ENDED_TIME, ENDED_REPLACED, ENDED_PAUSED = 1, 2, 3, 4  # of AuthorisationEnded


class DoseEvent(Message):
    """Something happened to dose `dose_id`, which lies in `slot`."""

    FIELDS: "tuple[tuple[int, str], ...]" = ((1, "dose_id"), (2, "slot"))

    def __init__(self, dose_id: bytes, slot: int) -> None:
        self.dose_id = exactly(dose_id, ID_BYTES, "dose_id")  # from the signed load plan
        self.slot = within(slot, 1, LAST_SLOT, "slot")  # carousel position, or place in the roll


class DoseDue(DoseEvent):
    """Its time has come; the device calls the patient."""

    TYPE = 5


class ReleaseEvent(DoseEvent):
    """A step of a release.  `kind`: the authorisation that allowed it; None: the patient, in the window."""

    FIELDS: "tuple[tuple[int, str], ...]" = ((1, "dose_id"), (2, "slot"), (3, "kind"))
    OPTIONAL: "tuple[int, ...]" = (3,)

    def __init__(self, dose_id: bytes, slot: int, kind: "int | None" = None) -> None:
        super().__init__(dose_id, slot)
        self.kind = None if kind is None else within(kind, RELEASE_EARLY, RELEASE_ASSISTED, "kind")


class ReleaseIntended(ReleaseEvent):
    """The carousel is about to turn for it.  Journalled before the motor moves."""

    TYPE = 6
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "kind"), (4, "counter"))
    OPTIONAL = (3, 4)

    def __init__(
        self, dose_id: bytes, slot: int, kind: "int | None" = None, counter: "int | None" = None
    ) -> None:
        super().__init__(dose_id, slot, kind)
        self.counter = None if counter is None else within(counter, 1, U32_MAX, "counter")  # AuthoriseRelease
        if (kind is None) != (counter is None):
            raise MessageError(BAD_BYTES, "kind and counter of a release stand together")


class DosePresented(ReleaseEvent):
    """It lies at the opening, and the position is proven."""

    TYPE = 7


class DoseTaken(ReleaseEvent):
    """The pick-up beam saw a hand after it was presented.  Never late: LateRelease tells that."""

    TYPE = 8

    def __init__(self, dose_id: bytes, slot: int, kind: "int | None" = None) -> None:
        super().__init__(dose_id, slot, kind)
        if kind == RELEASE_LATE:
            raise MessageError(OUT_OF_BOUNDS, "a late release ends in LateRelease, not in DoseTaken")


class PreAlarm(DoseEvent):
    """It is still not taken, but can still be: somebody may rescue it until `closes_s`."""

    TYPE = 9
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "closes_s"))

    def __init__(self, dose_id: bytes, slot: int, closes_s: int) -> None:
        super().__init__(dose_id, slot)
        self.closes_s = within(closes_s, 0, U32_MAX, "closes_s")  # UTC s since 1970


class DoseMissed(DoseEvent):
    """Its window closed and nothing was released; it stays locked."""

    TYPE = 10
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "due_s"))

    def __init__(self, dose_id: bytes, slot: int, due_s: int) -> None:
        super().__init__(dose_id, slot)
        self.due_s = within(due_s, 0, U32_MAX, "due_s")  # UTC s since 1970


class DoseUncertain(DoseEvent):
    """Nobody can know whether it was given: counted as given, told to a person, never tried again."""

    TYPE = 11
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "cause"))

    def __init__(self, dose_id: bytes, slot: int, cause: int) -> None:
        super().__init__(dose_id, slot)
        self.cause = within(cause, CAUSE_POWER_CUT, CAUSE_SENSOR, "cause")


class DoseWithheld(DoseEvent):
    """It was not offered: the device could not be sure of itself, or a person decided so."""

    TYPE = 12
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "cause"))

    def __init__(self, dose_id: bytes, slot: int, cause: int) -> None:
        super().__init__(dose_id, slot)
        self.cause = within(cause, CAUSE_UNTRUSTED_CLOCK, CAUSE_REFILL, "cause")
        if cause == REFUSED_ASSISTED:
            raise MessageError(OUT_OF_BOUNDS, "a dose is not withheld because it needs an assistant")


class ReminderRaised(DoseEvent):
    """The patient is called more strongly now.  An information signal, no alarm."""

    TYPE = 19
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "stage"))

    def __init__(self, dose_id: bytes, slot: int, stage: int) -> None:
        super().__init__(dose_id, slot)
        self.stage = within(stage, 1, 255, "stage")  # from the plan's reminder profile


class LateRelease(DoseEvent):
    """How the release of a missed or withheld dose ended.  Its outcome stands: this is told beside it."""

    TYPE = 24
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "counter"), (4, "result"))

    def __init__(self, dose_id: bytes, slot: int, counter: int, result: int) -> None:
        super().__init__(dose_id, slot)
        self.counter = within(counter, 1, U32_MAX, "counter")  # of the AuthoriseRelease
        self.result = within(result, LATE_TAKEN, LATE_UNCERTAIN, "result")  # returned: nobody reached in


class AuthorisationEnded(Message):
    """Nothing more is released by AuthoriseRelease `counter`; the batch is closed."""

    TYPE = 25
    FIELDS = ((1, "counter"), (2, "kind"), (3, "reason"), (4, "released"), (5, "left"))

    def __init__(self, counter: int, kind: int, reason: int, released: int, left: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.kind = within(kind, RELEASE_EARLY, RELEASE_ASSISTED, "kind")
        self.reason = within(
            reason, ENDED_ALL_DONE, ENDED_PAUSED, "reason"
        )  # replaced: by a newer one or a plan
        self.released = within(released, 0, LAST_SLOT, "released")  # how many of its doses came out
        self.left = within(left, 0, LAST_SLOT, "left")  # how many did not


class PressRefused(Message):
    """Somebody asked for a dose and got words instead."""

    TYPE = 26
    FIELDS = ((1, "cause"),)

    def __init__(self, cause: int) -> None:
        self.cause = within(cause, REFUSED_NOT_NOW, CAUSE_REFILL, "cause")


DOSE_EVENTS = (
    DoseDue,
    ReleaseIntended,
    DosePresented,
    DoseTaken,
    PreAlarm,
    DoseMissed,
    DoseUncertain,
    DoseWithheld,
    ReminderRaised,
    LateRelease,
    AuthorisationEnded,
    PressRefused,
)
