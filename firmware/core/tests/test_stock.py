"""How long the doses last, and when somebody may be told."""

import pytest

from firmware.core import stock
from firmware.core.ledger import Ledger
from firmware.core.phases import TAKEN
from firmware.core.plan import to_schedule
from firmware.core.tests.bench import START_S
from protocol.load_plan import Dose, LoadPlan

HOUR_S, DAY_S = 3600, 86400
NINE_AM, EIGHT_PM = 540, 1200


def daily(days: int):
    """A plan with a dose at the same hour of so many days."""
    rows = [
        Dose(bytes([n + 1] * 16), n + 1, START_S + n * DAY_S, 0, HOUR_S, 2, 0, "Morgen") for n in range(days)
    ]
    return to_schedule(LoadPlan(bytes(16), 1, 1, rows, [(0, HOUR_S)], None, "nb", ()))


def after(taken: int) -> Ledger:
    """So many doses have been taken."""
    ledger = Ledger()
    for n in range(taken):
        ledger.doses[bytes([n + 1] * 16)] = (TAKEN, 1, 0, START_S)
    return ledger


def test_what_is_left_is_what_has_no_outcome():
    """Two of seven are taken: five are left, the last one on day seven."""
    left = stock.count(daily(7), after(2))
    assert (left.left, left.last_s, left.span_s) == (5, START_S + 6 * DAY_S, 6 * DAY_S)


def test_when_every_dose_has_ended_nothing_is_left():
    """The last dose is taken: empty, and no longer low."""
    left = stock.count(daily(7), after(7))
    assert left.left == 0
    assert not stock.is_low(left, START_S + 7 * DAY_S)


def test_low_is_three_days_ahead():
    """72 hours before the last dose, to the second."""
    left = stock.count(daily(7), after(0))
    assert not stock.is_low(left, START_S + 3 * DAY_S - 1)
    assert stock.is_low(left, START_S + 3 * DAY_S)


def test_a_plan_for_a_weekend_is_never_low():
    """Its end was planned from the beginning."""
    assert not stock.is_low(stock.count(daily(4), after(0)), START_S + 2 * DAY_S)


def test_days_are_counted_by_local_midnights():
    """At ten to midnight it is still today, ten minutes later it is tomorrow."""
    midnight_s = START_S // DAY_S * DAY_S - HOUR_S  # local, with an offset of an hour
    last_s = midnight_s + 3 * DAY_S + 9 * HOUR_S
    assert stock.days_left(last_s, midnight_s - 600, HOUR_S) == 4
    assert stock.days_left(last_s, midnight_s, HOUR_S) == 3
    assert stock.days_left(last_s, last_s + HOUR_S, HOUR_S) == 0


@pytest.mark.parametrize(
    ("minute", "quiet", "humane"),
    [
        (NINE_AM - 1, False, False),
        (NINE_AM, False, True),
        (EIGHT_PM - 1, False, True),
        (EIGHT_PM, False, False),
        (NINE_AM, True, False),
    ],
)
def test_what_can_wait_waits_for_the_day(minute, quiet, humane):
    """From nine in the morning until eight in the evening, and never in the plan's quiet hours."""
    assert stock.humane(minute, quiet) == humane
