"""What staff write becomes instants, or a sentence that says what is wrong."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.core.plan_fields import PlanError
from centre.core.plan_maker import Ids, make_plan
from centre.core.wall_clock import instant_s, offsets
from protocol import errors
from protocol.load_plan import ASSISTED, TIME_CRITICAL, LoadPlan

OSLO = ZoneInfo("Europe/Oslo")
NOON = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())


def made(written: object, now_s: int = NOON) -> LoadPlan:
    return make_plan(written, Ids(bytes(16), 1, lambda slot, _due_s: slot.to_bytes(16, "big")), now_s)


def dose(slot: int, due_s: int, **more: object) -> dict[str, object]:
    return {"slot": slot, "due_s": due_s, **more}


def local(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, OSLO):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("written", "words", "code"),
    [
        (
            {"doses": [dose(1, NOON + 60), dose(1, NOON + 9000)]},
            "two doses in one slot",
            errors.TWO_DOSES_ONE_SLOT,
        ),
        ({"doses": [dose(1, NOON - 60)]}, "already past", errors.DOSE_IN_THE_PAST),
        ({"doses": [dose(1, NOON + 60, pils=2)]}, "Dose 1 has an unknown field 'pils'", errors.UNKNOWN_FIELD),
        ({"doses": [dose(1, NOON + 60)], "colour": 1}, "The plan has an unknown field", errors.UNKNOWN_FIELD),
        ({"doses": []}, "holds no dose", errors.OUT_OF_BOUNDS),
        ({}, "either 'doses'", errors.OUT_OF_BOUNDS),
        ([], "must be an object", errors.BAD_BYTES),
        (
            {"doses": [dose(29, NOON + 60)]},
            "Compartment 29: a tray has compartments 1 to 28",
            errors.OUT_OF_BOUNDS,
        ),
        ({"doses": [dose(1, NOON + 60, pills=21)]}, "pills is 21", errors.OUT_OF_BOUNDS),
        ({"doses": [dose(1, "noon")]}, "needs a whole number as 'due_s'", errors.OUT_OF_BOUNDS),
        (
            {"doses": [dose(1, NOON + 60, window_s=3600), dose(2, NOON + 600)]},
            "closes at",
            errors.OUT_OF_BOUNDS,
        ),
        ({"doses": [dose(1, NOON + 60)], "timezone": "Mars"}, "no time zone", errors.OUT_OF_BOUNDS),
        ({"doses": [dose(1, NOON + 60)], "language": "de"}, "must be one of", errors.OUT_OF_BOUNDS),
        (
            {"doses": [dose(1, NOON + 60)], "quiet": [["9", "10:00"]]},
            "write it like '08:00'",
            errors.OUT_OF_BOUNDS,
        ),
        (
            {"rules": [{"at": "08:00", "days": ["someday"]}], "from": "2026-11-23"},
            "no weekday",
            errors.OUT_OF_BOUNDS,
        ),
        ({"rules": [{"at": "08:00"}], "from": "tomorrow"}, "write the day like", errors.OUT_OF_BOUNDS),
        (
            {"rules": [{"at": "08:00"}], "from": "2026-11-23", "days": 40},
            "must be 1 to 28",
            errors.OUT_OF_BOUNDS,
        ),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_in_words(written, words, code):
    """Whatever is wrong with a plan, staff read one sentence that names it, and nothing is sent."""
    with pytest.raises(PlanError) as refused:
        made(written)
    assert words in str(refused.value) and refused.value.code == code
    assert str(refused.value).endswith(".")


def test_a_written_dose_arrives_whole():
    """Everything staff wrote about a dose is in the plan."""
    plan = made(
        {"doses": [dose(3, NOON + 60, pills=2, time_critical=True, label="Morning")], "language": "se"}
    )
    first = plan.doses[0]
    assert (first.slot, first.pills, first.flags, first.label) == (3, 2, TIME_CRITICAL, "Morning")
    assert (first.window_s, plan.language) == (3600, "se")


def test_the_doses_that_meet_are_named_with_their_times():
    """Staff who let two doses meet read which ones, when, and what to shorten."""
    first = dose(1, NOON + 3600, late_minutes=300, label="Noon")
    with pytest.raises(PlanError) as late:
        made({"doses": [first, dose(2, NOON + 6 * 3600, opens_early_s=3600)]})
    assert str(late.value) == (
        "The dose of 22.11. 19:00 (compartment 2) opens at 22.11. 18:00 (60 min early), but the dose of 22.11. 14:00 "
        "(Noon, compartment 1) may be given late until 22.11. 19:00. Shorten the late time or the early opening."
    )
    made({"doses": [first, dose(2, NOON + 6 * 3600)]})


@pytest.mark.parametrize(("minutes", "window_s"), [(60, 3600), (1441, 3600), (0, 3600)])
def test_a_late_time_that_makes_no_sense_is_refused(minutes, window_s):
    """A dose that may come late must have more time for it than its window, and at most a day."""
    with pytest.raises(PlanError, match="it must be more than its window of 60 minutes and at most 1440"):
        made({"doses": [dose(1, NOON + 60, late_minutes=minutes, window_s=window_s)]})


def test_an_assisted_dose_with_a_late_time_arrives_whole():
    """What staff wrote of helpers and late times is in the plan."""
    first = made({"doses": [dose(1, NOON + 60, assisted=True, late_minutes=90)]}).doses[0]
    assert (first.flags, first.late_s) == (ASSISTED, 5400)


def test_rules_fill_the_slots_in_the_order_of_time():
    """Morning and evening every day lie in the tray in the order in which they are taken."""
    plan = made({"from": "2026-11-23", "days": 2, "rules": [{"at": "20:00"}, {"at": "08:00"}]})
    assert [(d.slot, local(d.due_s)[11:]) for d in plan.doses] == [
        (1, "08:00"),
        (2, "20:00"),
        (3, "08:00"),
        (4, "20:00"),
    ]


def test_a_time_that_is_skipped_in_spring_comes_at_once_after():
    """A dose at half past two on the night when the clocks go forward comes at three."""
    due = instant_s(datetime(2027, 3, 28).date(), datetime(2027, 3, 28, 2, 30).time(), OSLO)
    assert local(due) == "2027-03-28 03:00"


def test_a_time_that_comes_twice_in_autumn_is_taken_once():
    """A dose at half past two on the night when the clocks go back comes once, the first time."""
    plan = made({"from": "2027-10-31", "days": 1, "rules": [{"at": "02:30"}]})
    assert [d.due_s for d in plan.doses] == [int(datetime(2027, 10, 31, 0, 30, tzinfo=UTC).timestamp())]


def test_the_clocks_never_bring_two_doses_of_one_rule_too_close():
    """A rule with a least interval of 24 hours skips the dose that summer time would bring an hour early."""
    plan = made({"from": "2027-03-27", "days": 3, "rules": [{"at": "08:00", "min_interval_s": 86400}]})
    assert [local(d.due_s)[8:10] for d in plan.doses] == ["27", "29"]


def test_the_device_is_told_when_its_shown_time_changes():
    """The plan carries the change to winter time, so that the display is right."""
    start = int(datetime(2027, 10, 30, tzinfo=UTC).timestamp())
    change = int(datetime(2027, 10, 31, 1, tzinfo=UTC).timestamp())
    assert offsets(start, start + 3 * 86400, OSLO) == [[start, 7200], [change, 3600]]


@given(st.dates(datetime(2024, 1, 1).date(), datetime(2036, 1, 1).date()), st.integers(0, 1439))
def test_a_wall_clock_time_is_shown_as_it_was_written(day, minutes):
    """Every dose time shows on the wall clock as written, or, where that time does not exist, within the hour after."""
    at = (datetime.min + timedelta(minutes=minutes)).time()
    shown = datetime.fromtimestamp(instant_s(day, at, OSLO), OSLO).replace(tzinfo=None)
    assert timedelta(0) <= shown - datetime.combine(day, at) <= timedelta(hours=1)
