"""What a dispenser reports about itself: start, commands, plan, clock, lid, faults, pauses."""

from protocol.dose_events import ID_BYTES, LAST_SLOT, RELEASE_ASSISTED, RELEASE_EARLY
from protocol.errors import LAST_REFUSAL
from protocol.record import U16_MAX, U32_MAX, Message, exactly, flag, text, within

MODEL_TABLET, MODEL_MULTIDOSE = 1, 2
SOURCE_RTC, SOURCE_HUB, SOURCE_CENTRE = 1, 2, 3  # of ClockSet
PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH = 1, 2, 3  # of AlarmRaised
PAUSE_HOSPITAL, PAUSE_HOLIDAY, PAUSE_OTHER = 1, 2, 3


class Booted(Message):
    """The device has started and tested itself."""

    TYPE = 1
    FIELDS = ((1, "version"), (2, "reset_cause"), (3, "model"), (4, "mechanism_ok"))

    def __init__(self, version: str, reset_cause: int, model: int, mechanism_ok: bool) -> None:
        self.version = text(version, 32, "version")
        self.reset_cause = within(reset_cause, 0, U16_MAX, "reset_cause")  # machine.reset_cause()
        self.model = within(model, MODEL_TABLET, MODEL_MULTIDOSE, "model")
        self.mechanism_ok = flag(mechanism_ok, "mechanism_ok")  # False: no dose will be released


class CommandAccepted(Message):
    """The signed command `counter` was verified and done."""

    TYPE = 2
    FIELDS = ((1, "counter"), (2, "command_type"))

    def __init__(self, counter: int, command_type: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.command_type = within(command_type, 1, U16_MAX, "command_type")


class CommandRefused(Message):
    """A command was not done; `reason` says why (errors.REFUSALS)."""

    TYPE = 3
    FIELDS = ((1, "counter"), (2, "command_type"), (3, "reason"))

    def __init__(self, counter: int, command_type: int, reason: int) -> None:
        self.counter = within(counter, 0, U32_MAX, "counter")  # 0: could not be read
        self.command_type = within(command_type, 0, U16_MAX, "command_type")  # 0: could not be read
        self.reason = within(reason, 1, LAST_REFUSAL, "reason")


class PlanActivated(Message):
    """From now on the device doses by this plan and no other."""

    TYPE = 4
    FIELDS = ((1, "plan_id"), (2, "version"), (3, "doses"))

    def __init__(self, plan_id: bytes, version: int, doses: int) -> None:
        self.plan_id = exactly(plan_id, ID_BYTES, "plan_id")
        self.version = within(version, 1, U32_MAX, "version")
        self.doses = within(doses, 1, U16_MAX, "doses")  # how many the plan holds


class AlarmRaised(Message):
    """Something is wrong with the device, as a code of the Norwegian exchange."""

    TYPE = 13
    FIELDS = ((1, "code"), (2, "detail"), (3, "priority"))
    OPTIONAL = (3,)  # absent: as the reader ranks the code

    def __init__(self, code: int, detail: str = "", priority: "int | None" = None) -> None:
        self.code = within(
            code, 1, U16_MAX, "code"
        )  # VKP number: chapter x 100 + number, 1.5 -> 105, 1.21 -> 121
        self.detail = text(detail, 64, "detail")  # for a technician; never a person's name
        self.priority = (
            None if priority is None else within(priority, PRIORITY_LOW, PRIORITY_HIGH, "priority")
        )


class AlarmCleared(Message):
    """What AlarmRaised reported under the same code and detail is over."""

    TYPE = 14
    FIELDS = ((1, "code"), (2, "detail"))
    OPTIONAL = (2,)  # absent: everything under the code is over

    def __init__(self, code: int, detail: "str | None" = None) -> None:
        self.code = within(code, 1, U16_MAX, "code")
        self.detail = None if detail is None else text(detail, 64, "detail")


class ClockSet(Message):
    """The clock was stepped.  Slewing by 2 s or less is not reported."""

    TYPE = 15
    FIELDS = ((1, "old_s"), (2, "new_s"), (3, "source"))

    def __init__(self, old_s: int, new_s: int, source: int) -> None:
        self.old_s = within(old_s, 0, U32_MAX, "old_s")  # UTC s since 1970; 0: was unset
        self.new_s = within(new_s, 0, U32_MAX, "new_s")  # UTC s since 1970
        self.source = within(source, SOURCE_RTC, SOURCE_CENTRE, "source")


class JournalDamaged(Message):
    """The journal could not be read after `last_good_seq`; at least `lost` events are gone."""

    TYPE = 16
    FIELDS = ((1, "last_good_seq"), (2, "lost"))

    def __init__(self, last_good_seq: int, lost: int) -> None:
        self.last_good_seq = within(last_good_seq, 0, U32_MAX, "last_good_seq")
        self.lost = within(lost, 0, U32_MAX, "lost")


class LidOpened(Message):
    """The lid over the compartments was opened."""

    TYPE = 17


class LidClosed(Message):
    """The lid over the compartments was closed."""

    TYPE = 18


class Paused(Message):
    """By command `counter` nothing is offered or released until Resumed."""

    TYPE = 20
    FIELDS = ((1, "counter"), (2, "reason"))

    def __init__(self, counter: int, reason: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.reason = within(reason, PAUSE_HOSPITAL, PAUSE_OTHER, "reason")


class Resumed(Message):
    """By command `counter` the plan goes on with the first dose that is due at `from_s` or later."""

    TYPE = 21
    FIELDS = ((1, "counter"), (2, "from_s"))

    def __init__(self, counter: int, from_s: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.from_s = within(from_s, 1, U32_MAX, "from_s")  # UTC s since 1970


class Authorised(Message):
    """By command `counter` each of these slots may be released once, until `until_s`."""

    TYPE = 22
    FIELDS = ((1, "counter"), (2, "kind"), (3, "until_s"), (4, "slots"))

    def __init__(self, counter: int, kind: int, until_s: int, slots: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.kind = within(kind, RELEASE_EARLY, RELEASE_ASSISTED, "kind")
        self.until_s = within(until_s, 1, U32_MAX, "until_s")  # UTC s since 1970
        self.slots = within(slots, 1, (1 << LAST_SLOT) - 1, "slots")  # bit n - 1: slot n


class AlarmAcknowledged(Message):
    """A person at the centre has seen the alarm `code` (command `counter`)."""

    TYPE = 23
    FIELDS = ((1, "counter"), (2, "code"))

    def __init__(self, counter: int, code: int) -> None:
        self.counter = within(counter, 1, U32_MAX, "counter")
        self.code = within(code, 1, U16_MAX, "code")


DEVICE_EVENTS = (
    Booted,
    CommandAccepted,
    CommandRefused,
    PlanActivated,
    AlarmRaised,
    AlarmCleared,
    ClockSet,
    JournalDamaged,
    LidOpened,
    LidClosed,
    Paused,
    Resumed,
    Authorised,
    AlarmAcknowledged,
)
