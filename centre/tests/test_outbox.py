"""Commands: one at a time, again until answered, the clock never late."""

from centre.core import outbox
from centre.core.outbox import Waiting
from protocol.commands import SetClock, StoreLoadPlan

PLAN, CLOCK = StoreLoadPlan.TYPE, SetClock.TYPE


def test_the_oldest_goes_first_and_alone():
    """A later command never overtakes one that is not answered: the dispenser would refuse the earlier one."""
    first, second = Waiting(1, PLAN, 9999, last_sent_s=100), Waiting(2, PLAN, 9999)
    assert outbox.due([second, first], 101, sign_of_life=False) is None
    assert outbox.due([second, first], 130, sign_of_life=False) == first
    assert outbox.due([second], 101, sign_of_life=False) == second


def test_a_sign_of_life_sends_again_at_once():
    """When the dispenser is heard again, what waits is sent without further delay, but not in a storm."""
    waiting = [Waiting(1, PLAN, 9999, last_sent_s=100)]
    assert outbox.due(waiting, 104, sign_of_life=True) is None
    assert outbox.due(waiting, 105, sign_of_life=True) == waiting[0]


def test_time_is_never_told_twice():
    """An answer about the time is sent once; a late one would set the clock wrong."""
    sent = Waiting(1, CLOCK, 9999, last_sent_s=100)
    assert outbox.due([sent], 200, sign_of_life=True) is None
    assert outbox.stale_clocks([sent], 129) == [] and outbox.stale_clocks([sent], 130) == [sent]


def test_the_first_answer_stands():
    """A second copy that the dispenser refuses does not undo what it has done."""
    assert outbox.answer(outbox.WAITING, True) == outbox.ACCEPTED
    assert outbox.answer(outbox.ACCEPTED, False) == outbox.ACCEPTED
    assert outbox.answer(outbox.WAITING, False) == outbox.REFUSED
