"""When a technician may come in, and when the device goes back to dosing."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.core import service_rules as rules
from firmware.core.grant import Grant
from firmware.core.plan import to_schedule
from firmware.core.tests.bench import START_S, WINDOW_S, a_plan
from firmware.core.tests.test_authorising import FIRST, LATE_S, SECOND, a_ledger
from protocol.device_events import Paused
from protocol.dose_events import RELEASE_EARLY, RELEASE_LATE, DoseMissed, DoseTaken, ReleaseIntended

PLAN = to_schedule(a_plan(2, early_s=600))
WITH_LATE = to_schedule(a_plan(2, late_s=LATE_S))
SECOND_S = START_S + 7200
TIMES = st.integers(START_S - 4 * 3600, SECOND_S + 4 * 3600)
TO_DOSE = st.none() | st.integers(0, 7 * 86400)
SECONDS = st.integers(0, 3600)


def test_the_next_dose_counts_until_it_has_ended():
    """Before it is due its time runs down; while it can be had it is here; ended, the next one counts."""
    for now_s, ledger, seconds in (
        (START_S - 1000, a_ledger(), 1000),
        (START_S, a_ledger(), 0),
        (START_S + WINDOW_S - 1, a_ledger(), 0),
        (START_S + WINDOW_S, a_ledger(), 7200 - WINDOW_S),
        (START_S - 1000, a_ledger(DoseTaken(FIRST, 1)), 8200),
        (SECOND_S, a_ledger(DoseMissed(FIRST, 1, START_S), DoseTaken(SECOND, 2)), None),
        (START_S - 9000, a_ledger(ReleaseIntended(FIRST, 1)), 0),
        (START_S, a_ledger(Paused(1, 1)), None),
        (None, a_ledger(), None),
    ):
        assert rules.seconds_to_dose(PLAN, ledger, now_s) == seconds
    assert rules.seconds_to_dose(None, a_ledger(), START_S) is None


def test_a_dose_that_somebody_has_allowed_comes_before_any_visit():
    """What a nurse lets the patient have now, late or ahead, can be had: nobody comes in until it is taken or
    its time is over."""
    for kind, dose, now_s in (
        (RELEASE_LATE, DoseMissed(FIRST, 1, START_S), START_S + WINDOW_S + 60),
        (RELEASE_EARLY, DoseTaken(FIRST, 1), START_S + WINDOW_S + 60),
    ):
        ledger = a_ledger(dose)
        slot = 1 if kind == RELEASE_LATE else 2
        ledger.grant = Grant(7, kind, now_s + 600, 1 << (slot - 1))
        assert rules.seconds_to_dose(WITH_LATE, ledger, now_s) == 0
        assert rules.seconds_to_dose(WITH_LATE, ledger, now_s + 600) == SECOND_S - now_s - 600


@given(TIMES, st.integers(0, rules.LONGEST_S), SECONDS)
def test_no_service_lasts_into_the_quarter_of_an_hour_before_a_dose(now_s, served_s, silent_s):
    """Whenever somebody knocks and whatever they do then: 15 minutes before a dose the device doses again."""
    to_dose_s = rules.seconds_to_dose(PLAN, a_ledger(), now_s)
    if to_dose_s is not None and to_dose_s < 15 * 60:
        assert rules.why_busy(to_dose_s, False, 0)
        assert rules.why_end(True, to_dose_s, served_s, silent_s) == rules.ENDED_DOSE
        assert rules.left_s(True, to_dose_s, served_s) == 0


@given(TO_DOSE, st.integers(1, 30))
def test_no_console_is_open_in_the_quarter_of_an_hour_before_a_dose(to_dose_s, minutes):
    """Its minutes end 15 minutes before the dose at the latest; a device that nobody owns has none to give."""
    fits = rules.console_fits(True, to_dose_s, minutes)
    assert fits == (to_dose_s is None or to_dose_s - 60 * minutes >= 15 * 60)
    assert rules.console_fits(False, to_dose_s, minutes)


@given(TO_DOSE, SECONDS, SECONDS)
def test_it_ends_exactly_when_it_has_said_so(to_dose_s, served_s, silent_s):
    """What is left is told to the second: with something left only silence ends it, with nothing left it ends."""
    left_s = rules.left_s(True, to_dose_s, served_s)
    ends = rules.why_end(True, to_dose_s, served_s, silent_s)
    assert 0 <= left_s <= 15 * 60
    if left_s > 0:
        assert ends == (rules.ENDED_SILENCE if silent_s >= 120 else 0)
        assert rules.why_end(
            True, None if to_dose_s is None else to_dose_s - left_s - 1, served_s + left_s, 0
        )
    elif served_s >= 15 * 60:
        assert ends in (rules.ENDED_TIME, rules.ENDED_DOSE)


@given(TO_DOSE, SECONDS, SECONDS)
def test_a_device_that_nobody_owns_stays_while_somebody_is_there(to_dose_s, served_s, silent_s):
    """It has no dose to give: only 2 minutes of silence send it back."""
    ends = rules.why_end(False, to_dose_s, served_s, silent_s)
    assert ends == (rules.ENDED_SILENCE if silent_s >= 120 else 0)
    assert rules.left_s(False, to_dose_s, served_s) == 15 * 60


@given(st.lists(st.tuples(st.integers(1, 15 * 60), st.booleans()), max_size=20), st.booleans())
def test_who_knocks_all_day_gets_at_most_half_of_it(services, clock_known):
    """However long each visit, however soon the next knock: dosing has as much time as service, and a minute each."""
    now_s = served = rested = 0
    for served_s, eager in services:
        now_s += served_s
        served += served_s
        ended_s, rest_s, woke_s = now_s, rules.rest_after_s(served_s, False, True), now_s
        assert rest_s >= 60
        while True:
            left_s = rules.rest_left_s(ended_s, rest_s, now_s if clock_known else None, now_s - woke_s)
            if not rules.why_busy(None, False, left_s):
                break
            step_s = 1 if eager and left_s < 5 else left_s
            now_s, rested = now_s + step_s, rested + step_s
    assert rested >= served


def test_a_rest_does_not_outlast_its_reason():
    """Signed for, or without a plan, nobody waits; a clock set back makes it no longer than since the start."""
    assert rules.rest_after_s(900, True, True) == rules.rest_after_s(900, False, False) == 0
    assert rules.rest_left_s(1000, 60, 1030, 5) == 30
    assert rules.rest_left_s(1000, 60, 500, 45) == 15
    assert rules.rest_left_s(0, 0, 500, 0) == 0


def test_a_unit_that_has_lost_the_time_rests_until_it_can_be_told():
    """Five minutes of each start belong to the hub and the centre, once somebody has been in; a longer rest stays."""
    assert rules.rest_left_s(0, 60, None, 10) == 290
    assert rules.rest_left_s(0, 900, None, 10) == 890
    assert rules.rest_left_s(0, 0, None, 10) == 0
    assert rules.rest_left_s(0, 60, 5000, 10) == 50


def test_each_refusal_says_what_to_wait_for():
    """A dose, a filling, a service just ended: the technician reads which; else the door is open."""
    assert "due" in rules.why_busy(899, True, 10)
    assert "fills" in rules.why_busy(900, True, 10)
    assert "10 s" in rules.why_busy(None, False, 10)
    assert rules.why_busy(900, False, 0) == ""
