"""What the centre asks of a device; what people ask from day to day is in care_commands.py, of its filling in
refill_commands.py.

Each command is signed (COSE_Sign1, cose.CONTEXT_COMMAND), names one device, carries a counter that only grows, and
is good until not_after_s.  The device stores the counter before it acts, and answers with the event
CommandAccepted or CommandRefused.
"""

from protocol import cbor
from protocol.care_commands import (
    CARE_COMMANDS,
    AcknowledgeAlarm,
    AuthoriseRelease,
    CancelDose,
    Pause,
    Resume,
)
from protocol.cose import KID_BYTES, NONCE_BYTES
from protocol.dose_events import ID_BYTES
from protocol.errors import UNKNOWN_TYPE, MessageError
from protocol.load_plan import Dose, LoadPlan, ReminderProfile
from protocol.record import U16_MAX, U32_MAX, Message, Record, exactly, within

__all__ = (
    "AcknowledgeAlarm",
    "ActivatePlan",
    "AuthoriseRelease",
    "CancelDose",
    "Command",
    "CommandHeading",
    "Dose",
    "LoadPlan",
    "NONCE_BYTES",
    "Pause",
    "ReminderProfile",
    "Resume",
    "SetClock",
    "StoreLoadPlan",
    "decode_command",
    "decode_command_heading",
)


class StoreLoadPlan(Message):
    """Keep this plan beside the one in force; it takes force by ActivatePlan."""

    TYPE = 16
    FIELDS = ((1, "plan"),)

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan if isinstance(plan, LoadPlan) else LoadPlan.from_map(plan)


class ActivatePlan(Message):
    """Dose by this stored plan from now on: staff confirm that what lies in the device matches it."""

    TYPE = 17
    FIELDS = ((1, "plan_id"), (2, "version"))

    def __init__(self, plan_id: bytes, version: int) -> None:
        self.plan_id = exactly(plan_id, ID_BYTES, "plan_id")
        self.version = within(version, 1, U32_MAX, "version")


class SetClock(Message):
    """The centre's answer to a clock proof: when it signed this, it was utc_s."""

    TYPE = 19
    FIELDS = ((1, "nonce"), (2, "utc_s"))

    def __init__(self, nonce: bytes, utc_s: int) -> None:
        self.nonce = exactly(nonce, NONCE_BYTES, "nonce")  # the device's own: an old answer proves nothing
        self.utc_s = within(utc_s, 1, U32_MAX, "utc_s")  # UTC s since 1970


# Credentials, the roll and service are not here: late_body() loads them when such a command comes.
BODIES: "dict[int, type[Message]]" = {
    body.TYPE: body for body in (StoreLoadPlan, ActivatePlan, SetClock) + CARE_COMMANDS
}


def late_body(type: int) -> "type[Message] | None":
    """The body of a command about a refill or about service; None: no such type."""
    if 40 <= type <= 43:
        from protocol.service_commands import SERVICE_COMMANDS

        return SERVICE_COMMANDS[type - 40]
    if not 25 <= type <= 27:
        return None
    from protocol.refill_commands import REFILL_COMMANDS

    return REFILL_COMMANDS[type - 25]


class CommandHeading(Record):
    """A command without its body's meaning: what a refusal must be able to name."""

    FIELDS = ((1, "device_id"), (2, "counter"), (3, "not_after_s"), (4, "type"), (5, "fields"))

    def __init__(
        self, device_id: bytes, counter: int, not_after_s: int, type: int, fields: "dict[int, object]"
    ) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.counter = within(counter, 1, U32_MAX, "counter")  # grows with each command to this device
        self.not_after_s = within(not_after_s, 1, U32_MAX, "not_after_s")  # UTC s since 1970
        self.type = within(type, 1, U16_MAX, "type")
        self.fields = fields


class Command(CommandHeading):
    """One command to one device, as the centre signs it."""

    def __init__(self, device_id: bytes, counter: int, not_after_s: int, body: Message) -> None:
        super().__init__(device_id, counter, not_after_s, body.TYPE, body.to_map())
        self.body = body

    def encode(self) -> bytes:
        """The payload of the command's COSE_Sign1."""
        return cbor.encode(self.to_map())

    def __repr__(self) -> str:
        return "Command(%d to %s, %r)" % (self.counter, self.device_id.hex(), self.body)


def decode_command_heading(payload: bytes) -> CommandHeading:
    """Read whom a command is for, its counter and type, without judging its body."""
    return CommandHeading.from_map(cbor.decode(payload))


def decode_command(payload: bytes) -> Command:
    """Read a command whole.  Raises MessageError with the code that CommandRefused should carry."""
    heading = decode_command_heading(payload)
    kind = BODIES.get(heading.type) or late_body(heading.type)
    if kind is None:
        raise MessageError(UNKNOWN_TYPE, "command %d" % heading.type)
    return Command(heading.device_id, heading.counter, heading.not_after_s, kind.from_map(heading.fields))
