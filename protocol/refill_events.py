"""What a dispenser reports about being filled: who opened it with which role, how it ended, who was turned away.

A credential is eight random bytes; whose it is stands at the centre only.  Loaded on use: a board that nobody fills
never holds these names.
"""

from protocol.cose import KID_BYTES
from protocol.credentials import ROLE_NURSE as ROLE_NURSE
from protocol.credentials import ROLE_RELATIVE as ROLE_RELATIVE
from protocol.credentials import ROLE_TECHNICIAN as ROLE_TECHNICIAN
from protocol.dose_events import ID_BYTES, LAST_SLOT
from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError
from protocol.record import U32_MAX, Message, exactly, flag, items, pair, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence

WAY_SWAP, WAY_FILL, WAY_ROLL = 1, 2, 3  # of RefillSealed: a filled tray, slot by slot, a new roll
DIFF_MISSING, DIFF_EXTRA = 1, 2  # of RefillSealed.differences: empty but planned, occupied but not planned
ABORT_PERSON, ABORT_TIME, ABORT_REFUSED, ABORT_FAULT = 1, 2, 3, 4
REFUSED_WRONG_PATIENT, REFUSED_WRONG_PERIOD, REFUSED_ALREADY_USED, REFUSED_OLDER = (
    1,
    2,
    3,
    4,
)  # what was brought
REFUSED_UNREADABLE, REFUSED_NO_NEW_PLAN, REFUSED_DOSE_IN_HAND, REFUSED_ROLL_MISMATCH = 5, 6, 7, 8
REFUSED_NOT_READY = 9  # clock, battery, tilt or fault
TRIES = 5  # wrong PINs or strange tags until the lock (design, section 7)
SLOT_BITS_MAX = (1 << LAST_SLOT) - 1
MAX_LOCK_S = 86400  # a device that nobody can open for longer than a day needs a technician anyway (decision)


class _ByCredential(Message):
    """Done with a credential in a role."""

    FIELDS: "tuple[tuple[int, str], ...]" = ((1, "credential"), (2, "role"))

    def __init__(self, credential: bytes, role: int) -> None:
        self.credential = exactly(credential, KID_BYTES, "credential")
        self.role = within(role, ROLE_RELATIVE, ROLE_TECHNICIAN, "role")


class RefillStarted(_ByCredential):
    """Somebody who may has identified; from now on nothing is released until it is sealed or aborted."""

    TYPE = 27


class RefillSealed(_ByCredential):
    """What lies in the device is what the plan says, differences told one by one; PlanActivated follows."""

    TYPE = 28
    FIELDS = (
        (1, "credential"),
        (2, "role"),
        (3, "way"),
        (4, "plan_id"),
        (5, "version"),
        (6, "left"),
        (7, "filled"),
        (8, "differences"),
        (9, "started_s"),
        (10, "ended_s"),
        (11, "slot_s"),
        (12, "tray_id"),
    )
    OPTIONAL = (12,)

    def __init__(
        self,
        credential: bytes,
        role: int,
        way: int,
        plan_id: bytes,
        version: int,
        left: int,
        filled: int,
        differences: "Sequence[tuple[int, int]]",
        started_s: int,
        ended_s: int,
        slot_s: bytes,
        tray_id: "int | None" = None,
    ) -> None:
        super().__init__(credential, role)
        self.way = within(way, WAY_SWAP, WAY_ROLL, "way")
        self.plan_id = exactly(plan_id, ID_BYTES, "plan_id")
        self.version = within(version, 1, U32_MAX, "version")
        self.left = within(
            left, 0, SLOT_BITS_MAX, "left"
        )  # bit n - 1: slot n still held medicine at the start
        self.filled = within(filled, 0, SLOT_BITS_MAX, "filled")  # bit n - 1: slot n holds medicine now
        self.differences = _differences(differences)  # (slot, kind), each vouched for by who filled
        self.started_s = within(started_s, 1, U32_MAX, "started_s")  # UTC s since 1970
        self.ended_s = within(ended_s, 1, U32_MAX, "ended_s")  # UTC s since 1970
        self.slot_s = _seconds(slot_s)  # a byte per slot in order of filling, s; 255: that long or longer
        self.tray_id = None if tray_id is None else within(tray_id, 0, U32_MAX, "tray_id")


class RefillAborted(_ByCredential):
    """It ended without a seal.  Touched: the device needs a refill before it releases anything."""

    TYPE = 29
    FIELDS = ((1, "credential"), (2, "role"), (3, "reason"), (4, "touched"))

    def __init__(self, credential: bytes, role: int, reason: int, touched: bool) -> None:
        super().__init__(credential, role)
        self.reason = within(reason, ABORT_PERSON, ABORT_FAULT, "reason")
        self.touched = flag(touched, "touched")  # compartments or roll; False: the old plan is still true


class RefillRefused(Message):
    """What was brought, or the moment, was refused in words."""

    TYPE = 30
    FIELDS = ((1, "credential"), (2, "cause"))

    def __init__(self, credential: bytes, cause: int) -> None:
        self.credential = exactly(credential, KID_BYTES, "credential")
        self.cause = within(cause, REFUSED_WRONG_PATIENT, REFUSED_NOT_READY, "cause")


class CredentialRefused(Message):
    """A PIN or tag that this device does not know.  What was typed or held is never told."""

    TYPE = 31
    FIELDS = ((1, "tries_left"),)

    def __init__(self, tries_left: int) -> None:
        self.tries_left = within(tries_left, 0, TRIES - 1, "tries_left")


class CredentialsLocked(Message):
    """Too many wrong tries: no credential is asked for until the time is over."""

    TYPE = 32
    FIELDS = ((1, "for_s"),)

    def __init__(self, for_s: int) -> None:
        self.for_s = within(for_s, 1, MAX_LOCK_S, "for_s")  # a length, s


def _differences(value: object) -> "tuple[tuple[int, int], ...]":
    checked = []
    for item in items(value, 0, LAST_SLOT, "differences"):
        slot, kind = pair(item, "difference")
        within(slot, 1, LAST_SLOT, "slot")
        checked.append((slot, within(kind, DIFF_MISSING, DIFF_EXTRA, "difference")))
    if len({slot for slot, _ in checked}) != len(checked):
        raise MessageError(OUT_OF_BOUNDS, "a slot differs twice")
    return tuple(checked)


def _seconds(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise MessageError(BAD_BYTES, "slot_s is not a byte string")
    if len(value) > LAST_SLOT:
        raise MessageError(OUT_OF_BOUNDS, "slot_s has %d bytes, allowed is %d" % (len(value), LAST_SLOT))
    return value


REFILL_EVENTS = (
    RefillStarted,
    RefillSealed,
    RefillAborted,
    RefillRefused,
    CredentialRefused,
    CredentialsLocked,
)
