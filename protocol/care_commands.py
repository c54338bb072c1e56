"""What people ask of a device from day to day: a release out of turn, a pause, one dose fewer, an alarm seen.

Signed and counted as every command (commands.py).
"""

from protocol.device_events import PAUSE_HOSPITAL, PAUSE_OTHER
from protocol.dose_events import ID_BYTES, LAST_SLOT, RELEASE_ASSISTED, RELEASE_EARLY
from protocol.errors import OUT_OF_BOUNDS, MessageError
from protocol.record import U16_MAX, U32_MAX, Message, exactly, items, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence


class AuthoriseRelease(Message):
    """Each of these doses may be released once, at the press of the button, until until_s.

    RELEASE_EARLY: before its window, for a trip.  RELEASE_LATE: after it, while that is safe.  RELEASE_ASSISTED:
    in its window, because somebody who may is with the patient.
    """

    TYPE = 20
    FIELDS = ((1, "dose_ids"), (2, "kind"), (3, "until_s"), (4, "trip_until_s"))
    OPTIONAL = (4,)

    def __init__(
        self, dose_ids: "Sequence[bytes]", kind: int, until_s: int, trip_until_s: "int | None" = None
    ) -> None:
        self.dose_ids = tuple(
            [exactly(dose_id, ID_BYTES, "dose_id") for dose_id in items(dose_ids, 1, LAST_SLOT, "dose_ids")]
        )
        self.kind = within(kind, RELEASE_EARLY, RELEASE_ASSISTED, "kind")
        self.until_s = within(until_s, 1, U32_MAX, "until_s")  # UTC s since 1970
        self.trip_until_s = trip_until_s  # UTC s since 1970: the doses must last until then
        if len(set(self.dose_ids)) != len(self.dose_ids):
            raise MessageError(OUT_OF_BOUNDS, "a dose is named twice")
        if trip_until_s is not None:
            within(trip_until_s, 1, U32_MAX, "trip_until_s")
            if kind != RELEASE_EARLY:
                raise MessageError(OUT_OF_BOUNDS, "only an early release is for a trip")


class Pause(Message):
    """Offer and release nothing until Resume."""

    TYPE = 21
    FIELDS = ((1, "reason"),)

    def __init__(self, reason: int) -> None:
        self.reason = within(reason, PAUSE_HOSPITAL, PAUSE_OTHER, "reason")


class Resume(Message):
    """Go on with the first dose that is due at from_s or later."""

    TYPE = 22
    FIELDS = ((1, "from_s"),)

    def __init__(self, from_s: int) -> None:
        self.from_s = within(from_s, 1, U32_MAX, "from_s")  # UTC s since 1970


class CancelDose(Message):
    """Never offer this one dose; it stays locked."""

    TYPE = 23
    FIELDS = ((1, "dose_id"),)

    def __init__(self, dose_id: bytes) -> None:
        self.dose_id = exactly(dose_id, ID_BYTES, "dose_id")


class AcknowledgeAlarm(Message):
    """A person has seen the device's alarm `code`, and sees to it."""

    TYPE = 24
    FIELDS = ((1, "code"),)

    def __init__(self, code: int) -> None:
        self.code = within(code, 1, U16_MAX, "code")


CARE_COMMANDS = (AuthoriseRelease, Pause, Resume, CancelDose, AcknowledgeAlarm)
