"""Every kind of alarm: who owns it, how fast it must be answered, and how it may be closed.

An alarm without an owner is how inspectors found municipalities in breach (29 of 51 in 2024), so a kind
that lacks an owner, a deadline or a closing reason stops the centre at start (`check_kinds`).
VKP codes: vkp-alert-code-v090, the number times 100 with its second part as two digits (1.5 is 105).
"""

from dataclasses import dataclass

P1, P2, P3, P4 = 1, 2, 3, 4

# A person must have answered by then.  P1 and P2 equal the claim lease; P3 within the shift's first half,
# P4 by the same time tomorrow: what is red or amber is acted on the same day.
ANSWER_WITHIN_S = {P1: 5 * 60, P2: 15 * 60, P3: 4 * 3600, P4: 24 * 3600}

LOW_STOCK = 112  # of the device's own codes, 1.12
OPERATOR, NURSE, TECHNICIAN, LEAD = "operator", "nurse", "technician", "lead"
OWNERS = (OPERATOR, NURSE, TECHNICIAN, LEAD)

OTHER = "other"  # every list ends with it, and it demands words
DOSE_REASONS = (
    "taken_after_call",
    "given_late",
    "given_by_staff",
    "skipped_on_advice",
    "in_hospital",
    "away",
    "test",
    OTHER,
)
PLACE_REASONS = ("back_by_itself", "power_restored", "fault_reported", "in_hospital", "test", OTHER)
TECHNICAL_REASONS = ("repaired", "fault_reported", "visited", "test", OTHER)
CHAIN_REASONS = ("explained", "device_replaced", "fault_reported", "reported_as_attack", "test", OTHER)
STOCK_REASONS = ("filled", "plan_corrected", "in_hospital", "away", "fault_reported", "test", OTHER)
PAUSE_REASONS = ("resumed", "still_needed", "device_taken_back", "test", OTHER)
MESSAGE_REASONS = (
    "taken_after_call",
    "given_by_staff",
    "skipped_on_advice",
    "in_hospital",
    "away",
    "test",
    OTHER,
)
ROLL_REASONS = ("filled", "visited", "repaired", "fault_reported", "test", OTHER)
CHAMBER_REASONS = ("emptied", "filled", "visited", "fault_reported", "test", OTHER)
REFILL_REASONS = ("filled", "visited", "explained", "plan_corrected", "fault_reported", "test", OTHER)
LOCK_REASONS = ("explained", "credential_given", "visited", "reported_as_attack", "test", OTHER)
COMMAND_REASONS = ("sent_again", "plan_corrected", "not_needed", "test", OTHER)


@dataclass(frozen=True)
class Kind:
    """One kind of alarm.

    rank: among alarms of the same dose, the higher one is the worse news and takes over the row.
    clears: the condition can end by itself (contact is back); a missed dose never un-happens.
    """

    name: str
    code: int
    priority: int
    owner: str
    reasons: tuple[str, ...]
    rank: int = 0
    clears: bool = False


def _kinds() -> tuple[Kind, ...]:
    return (
        Kind("pre_alarm", 110, P2, OPERATOR, DOSE_REASONS, rank=1, clears=True),
        Kind("withheld", 101, P2, OPERATOR, DOSE_REASONS, rank=2),
        Kind("missed", 101, P2, OPERATOR, DOSE_REASONS, rank=3),  # P1 when the dose is time-critical
        Kind("message_unread", 104, P2, OPERATOR, MESSAGE_REASONS, rank=3),  # the medicine lies elsewhere
        Kind("uncertain", 103, P1, NURSE, DOSE_REASONS, rank=4),
        Kind("device_lost", 120, P3, TECHNICIAN, PLACE_REASONS, clears=True),
        Kind("hub_lost", 120, P3, TECHNICIAN, PLACE_REASONS, clears=True),
        Kind("hub_trouble", 105, P3, TECHNICIAN, PLACE_REASONS, clears=True),
        Kind("technical", 105, P2, TECHNICIAN, TECHNICAL_REASONS, clears=True),
        Kind("pouch_unread", 106, P2, NURSE, ROLL_REASONS, clears=True),  # a roll in doubt gives nothing
        Kind("roll_fault", 107, P2, NURSE, ROLL_REASONS, clears=True),
        Kind("roll_stuck", 108, P2, TECHNICIAN, TECHNICAL_REASONS, clears=True),
        Kind("chamber_full", 109, P3, OPERATOR, CHAMBER_REASONS, clears=True),
        Kind("drawer_full", 110, P2, OPERATOR, TECHNICAL_REASONS, clears=True),
        Kind("trip_short", 111, P3, OPERATOR, STOCK_REASONS, clears=True),
        Kind("low_stock", LOW_STOCK, P4, OPERATOR, STOCK_REASONS, clears=True),
        Kind("empty", 113, P2, OPERATOR, STOCK_REASONS, clears=True),
        Kind("no_plan", 114, P2, NURSE, STOCK_REASONS, clears=True),
        Kind("refill_unfinished", 116, P2, NURSE, REFILL_REASONS, clears=True),
        Kind("refill_differs", 116, P3, NURSE, REFILL_REASONS),  # somebody vouched; another must know
        Kind("roll_confirmed", 116, P3, NURSE, REFILL_REASONS, clears=True),
        Kind("opened_unfilled", 116, P2, NURSE, REFILL_REASONS, clears=True),
        Kind("credentials_locked", 100, P3, OPERATOR, LOCK_REASONS, clears=True),
        Kind("battery_low", 117, P4, TECHNICIAN, TECHNICAL_REASONS, clears=True),
        Kind("battery_empty", 118, P3, TECHNICIAN, TECHNICAL_REASONS, clears=True),
        Kind("no_mains", 119, P3, OPERATOR, TECHNICAL_REASONS, clears=True),
        Kind("lid_open", 121, P3, OPERATOR, TECHNICAL_REASONS, clears=True),
        Kind("break_in", 122, P1, NURSE, TECHNICAL_REASONS, clears=True),
        Kind("tilted", 123, P3, OPERATOR, TECHNICAL_REASONS, clears=True),
        Kind("paused_long", 100, P4, NURSE, PAUSE_REASONS, clears=True),  # raised by the centre's own clock
        Kind("forged", 100, P2, LEAD, CHAIN_REASONS),
        Kind("fork", 100, P2, LEAD, CHAIN_REASONS),
        Kind("gap", 100, P3, TECHNICIAN, CHAIN_REASONS, clears=True),
        Kind("replay", 100, P3, LEAD, CHAIN_REASONS),
        Kind("unknown_device", 100, P3, TECHNICIAN, CHAIN_REASONS),
        Kind("wrong_hub", 100, P3, TECHNICIAN, CHAIN_REASONS),
        Kind("journal_damaged", 105, P2, TECHNICIAN, CHAIN_REASONS),
        Kind("command_refused", 105, P2, NURSE, COMMAND_REASONS),
        Kind("command_unanswered", 105, P3, NURSE, COMMAND_REASONS),
        Kind("update_failed", 105, P3, TECHNICIAN, TECHNICAL_REASONS),  # it doses on with the version before
    )


KINDS = {kind.name: kind for kind in _kinds()}

# What AlarmRaised codes mean; a code that is not here is a technical fault, never nothing.
_DEVICE_KINDS = (
    "technical",
    "pouch_unread",
    "roll_fault",
    "roll_stuck",
    "chamber_full",
    "drawer_full",
    "trip_short",
    "low_stock",
    "empty",
    "no_plan",
    "refill_unfinished",
    "battery_low",
    "battery_empty",
    "no_mains",
    "lid_open",
    "break_in",
    "tilted",
)
BY_DEVICE_CODE = {KINDS[name].code: name for name in _DEVICE_KINDS}


# One code of the exchange for what we tell apart (1.16: the roll was handled).
ROLL_HANDLED = 116
NOT_FINISHED, BY_HAND, OPENED = "refill not finished", "roll confirmed by hand", "opened without refill"
BY_DETAIL = {(ROLL_HANDLED, BY_HAND): "roll_confirmed", (ROLL_HANDLED, OPENED): "opened_unfilled"}


def kind_of_device_code(code: int, detail: str = "") -> Kind:
    """The kind of a device's own alarm; an unknown code counts as a technical fault."""
    return KINDS[BY_DETAIL.get((code, detail)) or BY_DEVICE_CODE.get(code, "technical")]


def check_kinds(kinds: tuple[Kind, ...]) -> None:
    """Raise ValueError for the first kind that nobody owns, has no deadline or cannot be closed."""
    for kind in kinds:
        if kind.owner not in OWNERS:
            raise ValueError(f"alarm kind {kind.name} has no owner: name one of {', '.join(OWNERS)}")
        if kind.priority not in ANSWER_WITHIN_S:
            raise ValueError(f"alarm kind {kind.name} has no deadline: priority {kind.priority} is unknown")
        if not kind.reasons or kind.reasons[-1] != OTHER:
            raise ValueError(f"alarm kind {kind.name} must have closing reasons that end with '{OTHER}'")
    if len({kind.name for kind in kinds}) != len(kinds):
        raise ValueError("two alarm kinds have the same name")
