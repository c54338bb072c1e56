"""Is a verified command for us, new, and in time?  Pure."""

from protocol.commands import CommandHeading, SetClock
from protocol.errors import EXPIRED, OLD_COUNTER, WRONG_DEVICE, MessageError


def check_order(order: CommandHeading, device_id: bytes, used_counter: int, now_s: int | None) -> None:
    """Raises MessageError with the refusal code.

    used_counter: the highest counter this device ever stored.  now_s: UTC s or None; without a clock nothing
    can come too late, and what needs a clock is refused by its own check.  A SetClock is never too late by
    our own, perhaps wrong, clock: its nonce bounds its age (clock.hear_centre).
    """
    if order.device_id != device_id:
        raise MessageError(WRONG_DEVICE)
    if order.counter <= used_counter:
        raise MessageError(OLD_COUNTER, "%d after %d" % (order.counter, used_counter))
    if now_s is not None and now_s > order.not_after_s and order.type != SetClock.TYPE:
        raise MessageError(EXPIRED, "%d s ago" % (now_s - order.not_after_s))
