"""The very second, millisecond and minute at which a rule changes its answer."""

import pytest

from firmware.core import stock
from firmware.core.agenda import next_change_s, shown
from firmware.core.clock import DAY_MS, HOLDOVER, SYNCED, Clock
from firmware.core.clock_judging import (
    IGNORED,
    NEEDS_PROOF,
    NUDGED,
    at_boot,
    hear_centre,
    hear_hub,
    offset_ms,
)
from firmware.core.ledger import Ledger
from firmware.core.plan import check_load, to_schedule
from firmware.core.schedule import is_quiet, local_offset_s
from firmware.core.tests.bench import START_S, a_plan
from firmware.core.tests.test_authorising import a_ledger
from firmware.core.tests.test_clock import T_MS, T_S, hub_says
from firmware.core.wall_clock import local_time
from protocol.dose_events import DoseDue
from protocol.errors import EXPIRED
from protocol.events import Authorised
from protocol.load_plan import LoadPlan, ReminderProfile

HOUR_MS = 3600_000
NOON_S = 1_800_014_400  # a Friday, 2027-01-15 12:00 UTC
DAY_S = 86400


def test_the_battery_clock_is_read_at_one_uptime_and_goes_on_from_there():
    """The five seconds of the start are not counted twice."""
    assert at_boot(T_S, 0, 5000).now_ms(5000) == T_MS


def test_times_are_whole_numbers():
    """However odd a round trip or an offset is, what goes into an event is a whole number."""
    own, _ = hear_centre(Clock(), 0, T_S, 4999)
    slow, _ = hear_centre(own, 4999, T_S + 1, 5998)
    nudged, _, behind_ms = hub_says(slow, 333, 7001, trip_ms=7)
    for number in (own.now_ms(5001), own.now_s(5003), slow.now_ms(6666), nudged.now_s(9999), behind_ms):
        assert type(number) is int
    assert type(offset_ms(1, 2, 3, 5)) is int


def test_a_word_of_the_centre_is_good_for_thirty_seconds():
    """Asked and answered at once, or thirty seconds later: believed.  A millisecond more: too old."""
    assert hear_centre(Clock(), 1000, T_S, 1000)[1] == 0
    assert hear_centre(Clock(), 1000, T_S, 31_000)[1] == 0
    assert hear_centre(Clock(), 1000, T_S, 31_001)[1] == EXPIRED
    assert hear_centre(Clock(), 1000, T_S, 999)[1] == EXPIRED


def test_a_stepped_clock_shows_the_centres_time_and_no_millisecond_else():
    """A step is whole at once; nothing is left to be worked in."""
    own, _ = hear_centre(Clock(T_MS - HOUR_MS, 0), 2000, T_S, 2000)
    assert own.now_ms(2000 + HOUR_MS) == T_MS + HOUR_MS


def test_a_slewed_clock_is_a_confirmed_clock():
    """Also a small correction by the centre makes the time synchronised, for a day."""
    own, _ = hear_centre(Clock(T_MS, 0), 0, T_S + 1, 0)
    assert (own.quality(0), own.quality(DAY_MS), own.quality(DAY_MS + 1)) == (SYNCED, SYNCED, HOLDOVER)


def test_doubt_is_over_in_the_moment_of_the_centres_word():
    """Even if that is the first moment after the start."""
    doubted = Clock(T_MS, 0, doubt_until_ms=600_000)
    assert doubted.doubted(0)
    assert not hear_centre(doubted, 0, T_S, 0)[0].doubted(0)


@pytest.mark.parametrize("behind_ms", [1, -1, 2])
def test_a_slew_of_a_millisecond_goes_the_right_way(behind_ms):
    """A clock that is behind goes faster, one that is ahead goes slower, by exactly that."""
    own, _, _ = hub_says(Clock(T_MS, 0), behind_ms, 0, trip_ms=0)
    assert own.now_ms(HOUR_MS) == T_MS + HOUR_MS + behind_ms


@pytest.mark.parametrize(
    ("t2_ms", "t3_ms", "t4_ms", "verdict"),
    [
        (T_MS, T_MS, 1000, NUDGED),  # at once
        (T_MS, T_MS + 500, 3500, NUDGED),  # 2 s on the way, half a second at the hub
        (T_MS, T_MS + 500, 3501, IGNORED),
        (T_MS, T_MS + 500, 1499, IGNORED),  # it says that it thought longer than we waited
        (T_MS + 5, T_MS, 1010, IGNORED),  # its clock went backwards meanwhile
        (T_MS, T_MS, 999, IGNORED),
    ],
)
def test_a_round_trip_of_two_seconds_still_says_something(t2_ms, t3_ms, t4_ms, verdict):
    """The hub's own thinking is no part of it; what cannot be is ignored, and tells no offset."""
    own = Clock(T_MS - 1500, 0)
    clock, said, behind_ms = hear_hub(own, 1000, t2_ms, t3_ms, t4_ms, True)
    assert said == verdict
    assert said != IGNORED or (clock, behind_ms) == (own, 0)


def test_an_unset_clock_has_no_offset():
    """Nothing can be said about how far a clock is behind that shows nothing."""
    assert hub_says(Clock(), 5)[1:] == (NEEDS_PROOF, 0)


def nudges(*hours_and_ms):
    """The verdicts on nudges at these hours."""
    own, verdicts = Clock(T_MS, 0), []
    for hour, by_ms in hours_and_ms:
        own, verdict, _ = hub_says(own, by_ms, hour * HOUR_MS, trip_ms=0)
        verdicts.append(verdict)
    return verdicts


def test_five_seconds_a_day_and_not_one_millisecond_more():
    """Nudges are added up for a day from the first one; in the very 24th hour it is still that day."""
    own, other = NUDGED, NEEDS_PROOF
    assert nudges((30, 2000), (31, 2000), (32, 1000)) == [own, own, own]
    assert nudges((30, 2000), (31, 2000), (32, 1001)) == [own, own, other]
    assert nudges((30, 1900), (40, 1900), (41, 1900)) == [own, own, other]
    assert nudges((30, 1900), (31, 1900), (54, 1900)) == [own, own, other]
    assert nudges((30, 1900), (50, 1900), (55, 1900)) == [own, own, own]


@pytest.mark.parametrize(
    ("at_s", "shown_as"),
    [
        (NOON_S, (0, 4, 13 * 60)),
        (NOON_S + 59, (0, 4, 13 * 60)),
        (NOON_S + 60, (0, 4, 13 * 60 + 1)),
        (NOON_S + 11 * 3600, (1, 5, 0)),
        (NOON_S - 13 * 3600 - 1, (-1, 3, 23 * 60 + 59)),
        (NOON_S + 3 * DAY_S, (3, 0, 13 * 60)),
    ],
)
def test_a_time_is_shown_as_day_and_minute_of_the_patients_clock(at_s, shown_as):
    """In Oslo's winter noon UTC is one o'clock; an hour before midnight UTC it is tomorrow, a Saturday."""
    assert local_time(at_s, NOON_S, 3600, 3600) == shown_as


def test_today_begins_at_the_patients_midnight():
    """At 23:30 UTC it is half past midnight in Oslo: today is the new day, and noon was yesterday."""
    now_s = NOON_S + 11 * 3600 + 1800
    assert local_time(now_s, now_s, 3600, 3600) == (0, 5, 30)
    assert local_time(NOON_S, now_s, 3600, 3600) == (-1, 4, 13 * 60)


def test_today_and_tomorrow_are_told_across_a_change_of_the_hour():
    """Each instant has its own offset: in the night of the change, half past midnight is still tomorrow."""
    summer_s, winter_s = 7200, 3600
    evening_s = NOON_S + 9 * 3600  # 23:00 in summer time
    assert local_time(evening_s + 9000, evening_s, winter_s, summer_s)[::2] == (1, 30)
    assert local_time(evening_s, evening_s, winter_s, summer_s)[::2] == (0, 22 * 60)


def test_before_its_first_change_of_the_hour_a_plan_shows_utc():
    """A plan knows no offset for a time before its own; then none is added."""
    plan = to_schedule(LoadPlan(bytes(16), 1, 1, a_plan().doses, [(START_S, 3600)], None, "nb", ()))
    assert [local_offset_s(plan, START_S + at_s) for at_s in (-1, 0)] == [0, 3600]
    assert local_offset_s(None, START_S) == 0


@pytest.mark.parametrize(
    ("minute", "quiet"), [(779, False), (780, True), (839, True), (840, False), (900, False)]
)
def test_quiet_hours_go_by_the_patients_clock_to_the_minute(minute, quiet):
    """Quiet from 13 to 14 is quiet at one o'clock sharp, an hour ahead of UTC, and not any more at two."""
    spans = [(780, 840), (900, 900)]  # the second one begins as it ends: it is never quiet
    plan = to_schedule(LoadPlan(bytes(16), 1, 1, a_plan().doses, [(0, 3600)], None, "nb", spans))
    midnight_s = 20000 * DAY_S - 3600
    assert is_quiet(plan, midnight_s + 60 * minute) == quiet


def test_one_dose_left_is_few():
    """The last dose of a week, tomorrow: somebody must be told."""
    assert stock.is_low(stock.Stock(1, NOON_S + DAY_S, 7 * DAY_S), NOON_S)
    assert not stock.is_low(stock.Stock(0, NOON_S + DAY_S, 7 * DAY_S), NOON_S)


def test_days_left_go_by_the_patients_midnight():
    """At 22:30 UTC it is tomorrow already where the clock is two hours ahead."""
    late_s = NOON_S + 10 * 3600 + 1800
    assert stock.days_left(late_s + DAY_S, NOON_S, 7200) == 2
    assert stock.days_left(late_s + DAY_S, NOON_S, 0) == 1
    assert stock.days_left(NOON_S + DAY_S, late_s, 7200) == 0


def test_a_plan_is_judged_by_time_only_where_there_is_time():
    """Without a clock a plan of last year may be kept; with one it may not even be a second late."""
    check_load(a_plan(), None)
    check_load(a_plan(), START_S)


def test_the_unit_wakes_for_the_plans_own_reminders():
    """A plan that reminds after a tenth of the window is woken for after six minutes, not after five."""
    profile = ReminderProfile([(0, 1), (100, 2)])
    plan = to_schedule(LoadPlan(bytes(16), 1, 1, a_plan().doses, [(0, 3600)], profile, "nb", ()))
    assert next_change_s(plan, a_ledger(DoseDue(b"\x01" * 16, 1)), None, START_S) == START_S + 360


def test_the_patient_is_shown_by_whose_order_a_dose_can_be_had():
    """Offered early by command 7: the panel knows kind and command."""
    ledger = Ledger()
    ledger.apply(1, bytes(16), 1, START_S - 7200, Authorised(7, 1, START_S, 0b1))
    dose = shown(to_schedule(a_plan()), ledger, None, START_S - 3600)
    assert (dose.kind, dose.counter) == (1, 7)
