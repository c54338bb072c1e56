"""Which command goes to a device now, and what its answer means.  Pure.

One command at a time per device: the device accepts only growing counters, so a later one that overtakes
would make the earlier one worthless.  Times are the centre's own wall seconds unless named otherwise.
"""

from dataclasses import dataclass

from protocol.commands import SetClock

WAITING, ACCEPTED, REFUSED, EXPIRED, SUPERSEDED = "waiting", "accepted", "refused", "expired", "superseded"
CARRIED = "carried"  # a technician has it in hand: no hub is given it, and nobody waits for its answer

RESEND_AFTER_S = 30  # without any sign of life
RESEND_ON_SIGN_S = 5  # a hub birth or a device event: the way is open again


@dataclass(frozen=True)
class Waiting:
    """One unanswered command.  not_after_s is on the device's clock."""

    counter: int
    type: int
    not_after_s: int
    last_sent_s: int | None = None


def expired(commands: list[Waiting], device_now_s: int) -> list[Waiting]:
    """Those the device would refuse as too late."""
    return [command for command in commands if command.not_after_s < device_now_s]


def stale_clocks(commands: list[Waiting], now_s: int) -> list[Waiting]:
    """Answers to clock proofs that nobody confirmed: time told late is wrong, so they are never sent again."""
    return [
        command
        for command in commands
        if command.type == SetClock.TYPE
        and command.last_sent_s is not None
        and now_s - command.last_sent_s >= RESEND_AFTER_S
    ]


def due(commands: list[Waiting], now_s: int, sign_of_life: bool) -> Waiting | None:
    """The one command of this device to send now: the oldest, if it has not just been sent."""
    if not commands:
        return None
    first = min(commands, key=lambda command: command.counter)
    if first.last_sent_s is None:
        return first
    pause_s = RESEND_ON_SIGN_S if sign_of_life else RESEND_AFTER_S
    again = first.type != SetClock.TYPE and now_s - first.last_sent_s >= pause_s
    return first if again else None


def answer(state: str, accepted: bool) -> str:
    """The state after an answer from the device: the first answer stands."""
    if state in (ACCEPTED, REFUSED):
        return state
    return ACCEPTED if accepted else REFUSED
