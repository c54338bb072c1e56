"""The alarms that a refill and a roll bring: each judged from what is so now."""

import pytest

from firmware.core import alarm_changes, alarms
from firmware.core.conditions import Facts, standing
from protocol.device_events import AlarmCleared

MINUTE_MS = 60_000
NOT_FINISHED = (alarms.ROLL_HANDLED, "refill not finished")
BY_HAND = (alarms.ROLL_HANDLED, "roll confirmed by hand")
OPENED = (alarms.ROLL_HANDLED, "opened without refill")


def found(**changes):
    now = Facts()
    for name, value in changes.items():
        assert hasattr(now, name)
        setattr(now, name, value)
    return standing(now, (), ())


def test_who_fills_may_have_the_lid_open_for_half_an_hour():
    """Five minutes are for looking in; a refill may take thirty, and not longer."""
    assert found(lid_open_ms=29 * MINUTE_MS, filling_ms=29 * MINUTE_MS) == ()
    assert found(lid_open_ms=30 * MINUTE_MS + 1, filling_ms=30 * MINUTE_MS) == ()
    assert found(lid_open_ms=31 * MINUTE_MS, filling_ms=30 * MINUTE_MS + 1) == ((alarms.LID_OPEN, ""),)


def test_a_lid_that_stays_open_after_the_refill_is_an_alarm_at_once():
    """The refill is over, and the lid has been open for more than five minutes: somebody forgot it."""
    assert found(lid_open_ms=6 * MINUTE_MS, filling_ms=0) == ((alarms.LID_OPEN, ""),)


def test_a_refill_that_was_given_up_stays_an_alarm_until_another_is_finished():
    """What lies in the device is not the plan's: told, and over with the next filling."""
    assert found(unfinished=True) == (NOT_FINISHED,)
    assert alarm_changes.differences((NOT_FINISHED,), (), (), True) == [AlarmCleared(*NOT_FINISHED)]


@pytest.mark.parametrize(("fact", "row"), [("vouched", BY_HAND), ("opened", OPENED)])
def test_what_a_hand_did_to_the_roll_stays_until_somebody_has_seen_it(fact, row):
    """A dose by a person's word, a lid that was opened: no new filling ends it, only somebody who has seen it."""
    assert found(**{fact: True}) == (row,)
    assert alarm_changes.differences((row,), (), (), True) == []
    assert alarm_changes.differences((row,), (), (alarms.ROLL_HANDLED,), False) == [AlarmCleared(*row)]


def test_a_full_chamber_is_told_once_and_more_urgently_than_one_that_fills():
    """Nearly full can wait, full stops every dose."""
    nearly, full = (alarms.CHAMBER, "chamber nearly full"), (alarms.CHAMBER, "chamber full")
    assert found(chamber_low=True) == (nearly,)
    assert found(chamber_low=True, chamber_full=True) == (full,)
    assert (alarms.priority(*nearly), alarms.priority(*full)) == (1, 2)


def test_what_stays_in_the_drawer_is_medicine_that_waits():
    """On a roll the sensor that sees something for a minute says that the drawer is not empty; on a tray it is dirt."""
    assert found(beam_ms=MINUTE_MS + 1) == ((alarms.TECHNICAL, alarms.BEAM),)
    assert found(beam_ms=MINUTE_MS + 1, is_roll=True) == ((alarms.DRAWER, "drawer not emptied"),)
    assert found(beam_ms=MINUTE_MS, is_roll=True) == ()
