"""Which refused commands are a person's business."""

import pytest

from centre.core.rules import signals
from protocol import errors
from protocol.commands import SetClock, StoreLoadPlan
from protocol.device_events import CommandRefused
from protocol.events import CLOCK_SYNCED, Event

NOON = 1_795_000_000


def said(body: CommandRefused, answered: bool):
    return signals(Event(bytes(8), 2, bytes([1] * 16), NOON, CLOCK_SYNCED, 1, 1, body), None, answered)


@pytest.mark.parametrize("reason", [errors.OLD_COUNTER, errors.EXPIRED])
def test_an_old_copy_that_is_refused_calls_nobody(reason):
    """The dispenser refuses a second copy, or a time it no longer waits for: the newer one is done or under way."""
    assert said(CommandRefused(4, SetClock.TYPE, reason), answered=True) == []


@pytest.mark.parametrize("reason", [errors.OLD_COUNTER, errors.EXPIRED, errors.TWO_DOSES_ONE_SLOT])
def test_a_command_that_is_refused_and_still_wanted_calls_a_nurse(reason):
    """A plan that the dispenser does not take stands on the board with the reason."""
    (news,) = said(CommandRefused(5, StoreLoadPlan.TYPE, reason), answered=False)
    assert (news.kind, news.facts["refusal"]) == ("command_refused", reason)
