"""What a dispenser reports about one dose.  Every planned dose reaches exactly one of taken, missed,
uncertain, withheld; the order of the others is journal before motion (docs/protocol.md).
"""

from protocol.record import U32_MAX, Message, exactly, within

ID_BYTES = 16
LAST_SLOT = 28  # compartments of the tablet carousel; position 0 is home and holds nothing

CAUSE_POWER_CUT, CAUSE_MOTION_FAULT, CAUSE_SENSOR = 1, 2, 3  # of DoseUncertain
CAUSE_UNTRUSTED_CLOCK, CAUSE_MECHANISM, CAUSE_LID_OPEN, CAUSE_WAS_OFF = 1, 2, 3, 4  # of DoseWithheld


class DoseEvent(Message):
    """Something happened to dose `dose_id`, which lies in `slot`."""

    FIELDS: "tuple[tuple[int, str], ...]" = ((1, "dose_id"), (2, "slot"))

    def __init__(self, dose_id: bytes, slot: int) -> None:
        self.dose_id = exactly(dose_id, ID_BYTES, "dose_id")  # from the signed load plan
        self.slot = within(slot, 1, LAST_SLOT, "slot")  # carousel position


class DoseDue(DoseEvent):
    """Its time has come; the device calls the patient."""

    TYPE = 5


class ReleaseIntended(DoseEvent):
    """The carousel is about to turn for it.  Journalled before the motor moves."""

    TYPE = 6


class DosePresented(DoseEvent):
    """It lies at the opening, and the position is proven."""

    TYPE = 7


class DoseTaken(DoseEvent):
    """The pick-up beam saw a hand after it was presented."""

    TYPE = 8


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
    """It was not offered, because the device could not be sure of itself."""

    TYPE = 12
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "cause"))

    def __init__(self, dose_id: bytes, slot: int, cause: int) -> None:
        super().__init__(dose_id, slot)
        self.cause = within(cause, CAUSE_UNTRUSTED_CLOCK, CAUSE_WAS_OFF, "cause")


class ReminderRaised(DoseEvent):
    """The patient is called more strongly now.  An information signal, no alarm."""

    TYPE = 19
    FIELDS = ((1, "dose_id"), (2, "slot"), (3, "stage"))

    def __init__(self, dose_id: bytes, slot: int, stage: int) -> None:
        super().__init__(dose_id, slot)
        self.stage = within(stage, 1, 255, "stage")  # from the plan's reminder profile


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
)
