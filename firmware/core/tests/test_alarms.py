"""Each alarm is told once, with its urgency, and ended in the right way."""

import pytest

from firmware.core import alarms
from firmware.core.alarm_changes import differences
from firmware.core.alarms import priority, to_clear, to_raise
from protocol.device_events import AlarmCleared, AlarmRaised

OVERTURNED = (alarms.TILTED, alarms.OVERTURNED)
FORCED = (alarms.BREAK_IN, alarms.FORCED)


def test_the_same_fault_is_told_once():
    """A fault that stands already is not told again; its words and urgency go with the first."""
    assert to_raise((), 105, "mechanism: stall") == [AlarmRaised(105, "mechanism: stall", 2)]
    assert to_raise(((105, "mechanism: stall"),), 105, "mechanism: stall") == []


def test_ending_one_fault_leaves_the_others():
    """Only the conditions whose words begin so are over."""
    standing = ((105, "mechanism: stall"), (105, "clock not set"), (121, ""))
    assert to_clear(standing, 105, "mechanism") == [AlarmCleared(105, "mechanism: stall")]


@pytest.mark.parametrize(
    ("code", "detail", "urgency"),
    [
        (alarms.BREAK_IN, alarms.FORCED, 3),
        (alarms.TILTED, alarms.UPSIDE_DOWN, 3),
        (alarms.TILTED, alarms.OVERTURNED, 3),
        (alarms.TILTED, alarms.LEANING, 2),
        (alarms.TECHNICAL, alarms.CLOCK, 2),
        (alarms.BATTERY_SPENT, "", 2),
        (alarms.BATTERY_LOW, "", 1),
        (alarms.NO_MAINS, "", 1),
        (alarms.LOW_STOCK, "3 days left", 1),
    ],
)
def test_urgency(code, detail, urgency):
    """Doses exposed or mixed: high.  Doses stop: medium.  It can wait: low."""
    assert priority(code, detail) == urgency


def test_force_lasts_until_a_person_has_seen_it():
    """The shutter is closed again, and the alarm stays; acknowledged, it ends."""
    assert differences((FORCED,), (), (), True) == []
    assert differences((FORCED,), (), (alarms.BREAK_IN,), False) == [AlarmCleared(*FORCED)]


def test_what_hung_upside_down_ends_with_a_persons_word_or_a_new_filling():
    """Either of the two, and nothing else."""
    assert differences((OVERTURNED,), (), (), False) == []
    assert differences((OVERTURNED,), (), (alarms.TILTED,), False) == [AlarmCleared(*OVERTURNED)]
    assert differences((OVERTURNED,), (), (), True) == [AlarmCleared(*OVERTURNED)]


def test_too_little_for_the_trip_ends_with_a_persons_word_or_a_new_filling():
    """The device cannot see that a trip is over."""
    short = (alarms.TRIP_SHORT, "")
    assert differences((short,), (), (), False) == []
    assert differences((short,), (), (), True) == [AlarmCleared(*short)]


@pytest.mark.parametrize("detail", [alarms.JOURNAL, alarms.RECEIPT])
def test_a_damaged_journal_and_a_false_receipt_end_with_a_persons_word(detail):
    """Nothing undoes them, no filling either; acknowledged they are over, and the next one is told anew."""
    row = (alarms.TECHNICAL, detail)
    assert differences((row,), (), (), True) == []
    assert differences((row,), (), (alarms.LOW_STOCK,), False) == []
    assert differences((row,), (), (alarms.TECHNICAL,), False) == [AlarmCleared(*row)]
    assert to_raise((), *row) == [AlarmRaised(*row, 2)]


def test_what_somebody_else_tells_is_left_alone():
    """A technical fault that another part of the unit told is ended by that part."""
    assert differences(((105, alarms.CLOCK),), (), (), True) == []
    assert differences(((105, alarms.GAUGE),), (), (), False) == [AlarmCleared(105, alarms.GAUGE)]


def test_what_is_new_is_told_before_what_is_over():
    """A power cut between the two leaves an alarm too many, never one too few."""
    hanging = (alarms.TILTED, alarms.UPSIDE_DOWN)
    events = differences((hanging,), (OVERTURNED,), (), False)
    assert events == [AlarmRaised(*OVERTURNED, 3), AlarmCleared(*hanging)]
