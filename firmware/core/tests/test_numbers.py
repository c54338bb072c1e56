"""The numbers themselves, as the outside knows them: codes, seconds, bits that stay on flash for years."""

import pytest

from firmware.core import alarms, dose_words
from firmware.core.clock import Clock
from firmware.core.clock_judging import at_boot
from firmware.core.ledger import Ledger
from firmware.core.ledger_snapshot import to_snapshot
from firmware.core.signals import Signals
from firmware.core.tests.test_clock import T_MS

# VKP chapter 1 x 100; the centre knows them by these.
CODES = {
    "TECHNICAL": 105,
    "TRIP_SHORT": 111,
    "LOW_STOCK": 112,
    "EMPTY": 113,
    "NO_PLAN": 114,
    "BATTERY_LOW": 117,
    "BATTERY_SPENT": 118,
    "NO_MAINS": 119,
    "LID_OPEN": 121,
    "BREAK_IN": 122,
    "TILTED": 123,
}
LID = ((alarms.LID_OPEN, ""),)
NO_MAINS = ((alarms.NO_MAINS, ""),)


@pytest.mark.parametrize("name", CODES)
def test_an_alarm_has_the_number_of_the_norwegian_exchange(name):
    """1.21 is an open lid, 1.14 a unit without a plan: no other number may stand for it."""
    assert getattr(alarms, name) == CODES[name]


def test_an_event_says_how_good_its_time_is():
    """0: none; 1: its own battery clock; 2: confirmed within 24 hours, which are 86 400 seconds."""
    assert Clock().quality(0) == 0
    assert Clock(T_MS, 0).quality(0) == 1
    confirmed = Clock(T_MS, 0, confirmed_ms=0)
    assert (confirmed.quality(86_400_000), confirmed.quality(86_400_001)) == (2, 1)


def test_a_second_is_worked_in_within_a_hundred_seconds():
    """One per cent: after 50 s half of it, after 100 s all of it and never more."""
    own = Clock(T_MS, 0, 1000)
    assert [own.now_ms(at_ms) - T_MS - at_ms for at_ms in (0, 50_000, 100_000, 200_000)] == [
        0,
        500,
        1000,
        1000,
    ]


@pytest.mark.parametrize(
    ("rtc_s", "believed"),
    [(1_767_225_599, False), (1_767_225_600, True), (4_294_967_295, True), (4_294_967_296, False)],
)
def test_time_is_between_2026_and_what_an_event_can_hold(rtc_s, believed):
    """Before 2026-01-01 00:00 UTC there was no such unit; after 2106 its events could not say so."""
    assert (at_boot(rtc_s, 0, 0).now_s(0) == rtc_s) == believed


def test_the_marks_of_a_dose_are_bits_of_their_own():
    """Warned, released, dropped, late: each can be so without the others."""
    marks = [dose_words.WARNED, dose_words.RELEASED, dose_words.DROPPED, dose_words.LATE]
    assert marks == [1, 2, 4, 8]


def test_a_snapshot_says_its_form_first():
    """An array whose first entry is 3: a later program knows what it reads."""
    assert to_snapshot(Ledger())[1] == 3


def test_a_press_silences_medium_for_half_an_hour():
    """1800 s, and then it sounds again."""
    signals = Signals()
    signals.now(LID, (), False, 0)
    signals.pressed(1000)
    heard = [signals.now(LID, (), False, at_ms).sound for at_ms in (1_800_999, 1_801_000)]
    assert heard == [0, 2]


def test_low_sounds_for_two_seconds():
    """Once, and then it is only seen."""
    signals = Signals()
    heard = [signals.now(NO_MAINS, (), False, at_ms).sound for at_ms in (5000, 6999, 7000)]
    assert heard == [1, 1, 0]
