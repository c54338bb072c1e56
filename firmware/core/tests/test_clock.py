"""When may the device believe a time?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import clock
from firmware.core import clock_judging as judging
from firmware.core.clock import HOLDOVER, SYNCED, UNSET, Clock
from firmware.core.clock_judging import IGNORED, NEEDS_PROOF, NUDGED
from protocol.errors import EXPIRED, OUT_OF_BOUNDS

T_S = 1_800_000_000
T_MS = T_S * 1000


def hub_says(own: Clock, behind_ms: int, at_ms: int = 1000, trusted: bool = True, trip_ms: int = 20):
    """A hub that is `behind_ms` ahead of us answers a request sent at uptime at_ms, half the trip each way."""
    middle_ms = (own.now_ms(at_ms) or T_MS) + trip_ms // 2 + behind_ms
    return judging.hear_hub(own, at_ms, middle_ms, middle_ms, at_ms + trip_ms, trusted)


@pytest.mark.parametrize("rtc_s", [None, 0, 1_000_000_000, T_S - 3, 5_000_000_000])
def test_a_missing_absurd_or_backward_battery_clock_is_not_believed(rtc_s):
    """No time at start unless the battery clock is valid and not behind the journal."""
    assert judging.at_boot(rtc_s, T_S, 0).quality(0) == UNSET


def test_a_valid_battery_clock_is_holdover():
    """After a power cut the unit knows the time again, as holdover."""
    own = judging.at_boot(T_S + 5, T_S, 200)
    assert (own.quality(200), own.now_s(1200)) == (HOLDOVER, T_S + 6)


def test_offset_is_the_middle_of_four_timestamps():
    """RFC 5905: 10 ms there, 30 ms back, we are 500 ms behind: measured 490."""
    assert judging.offset_ms(1000, 1510, 1510, 1040) == 490


@given(st.integers(-2000, 2000))
def test_a_small_offset_is_slewed_and_time_never_runs_backwards(behind_ms):
    """Up to 2 s is worked in slowly: no second is repeated, none is skipped."""
    own, verdict, offset_ms = hub_says(Clock(T_MS, 0), behind_ms)
    assert verdict == NUDGED
    assert abs(offset_ms - behind_ms) <= 1
    readings = [own.now_ms(1020 + 500 * n) for n in range(500)]
    assert all(b > a for a, b in zip(readings, readings[1:], strict=False))
    assert abs(readings[-1] - (T_MS + 1020 + 500 * 499 + behind_ms)) <= 1
    assert own.quality(1020) == SYNCED


def test_a_large_offset_from_the_hub_needs_the_centres_word():
    """A hub cannot step the clock: more than 2 s asks for proof and changes nothing."""
    before = Clock(T_MS, 0)
    own, verdict, _ = hub_says(before, 2500)
    assert (own, verdict) == (before, NEEDS_PROOF)


def test_a_hub_cannot_set_an_unset_clock():
    """While the clock is unset only the centre's signature sets it."""
    before = Clock()
    own, verdict, _ = hub_says(before, 0)
    assert (own, verdict) == (before, NEEDS_PROOF)


@pytest.mark.parametrize(("trusted", "trip_ms"), [(False, 20), (True, 2001), (True, -1)])
def test_an_unsure_hub_or_a_long_round_trip_says_nothing(trusted, trip_ms):
    """Time from a hub without time of its own, or that took too long, is ignored."""
    before = Clock(T_MS, 0)
    assert hub_says(before, 100, trusted=trusted, trip_ms=trip_ms)[:2] == (before, IGNORED)


def test_a_lying_hub_cannot_walk_the_clock_away():
    """Nudges of one day together stay under 5 s; then the centre is asked."""
    own, moved_ms = Clock(T_MS, 0), 0
    verdicts = []
    for hour in range(20):
        own, verdict, offset_ms = hub_says(own, 1900, 3600_000 * hour + 1000)
        verdicts.append(verdict)
        moved_ms += offset_ms if verdict == NUDGED else 0
    assert verdicts[:3] == [NUDGED, NUDGED, NEEDS_PROOF]
    assert moved_ms <= judging.NUDGES_A_DAY_MS


def test_synced_becomes_holdover_after_a_day_without_a_word():
    """24 h after the last confirmation the events say holdover again."""
    own, _, _ = hub_says(Clock(T_MS, 0), 0)
    assert own.quality(1020 + clock.DAY_MS) == SYNCED
    assert own.quality(1021 + clock.DAY_MS) == HOLDOVER


def test_the_centres_signed_time_sets_the_clock():
    """Signed over our nonce, within 30 s: set, by half the round trip corrected."""
    own, refused = judging.hear_centre(Clock(), 1000, T_S, 5000)
    assert refused == 0
    assert (own.quality(5000), own.now_ms(5000)) == (SYNCED, T_MS + 2000)


@pytest.mark.parametrize(
    ("asked_ms", "utc_s", "code"),
    [
        (None, T_S, EXPIRED),
        (1000, T_S, EXPIRED),
        (11_000, T_S, EXPIRED),
        (41_002, T_S, EXPIRED),
        (40_000, judging.EARLIEST_S - 1, OUT_OF_BOUNDS),
        (40_000, judging.LATEST_S + 1, OUT_OF_BOUNDS),
    ],
)
def test_a_signed_time_that_is_old_or_absurd_is_refused(asked_ms, utc_s, code):
    """Not our nonce, older than 30 s, or before this device was made: refused, the clock stays."""
    before = Clock()
    assert judging.hear_centre(before, asked_ms, utc_s, 41_001) == (before, code)


def test_a_signed_time_close_to_ours_is_slewed():
    """The centre, too, works in 2 s slowly; no second is doubled."""
    own, refused = judging.hear_centre(Clock(T_MS, 0), 0, T_S - 1, 100)
    assert refused == 0
    assert own.now_ms(100) == T_MS + 100
    assert own.slew_ms < 0


@pytest.mark.parametrize("step_s", [-86400, -3600, -3, 3, 3600, 86400])
def test_the_centres_signed_time_may_step_the_clock_either_way(step_s):
    """Ahead or behind: the centre's word counts, even behind a dose that was given."""
    own, refused = judging.hear_centre(Clock(T_MS, 0), 0, T_S + step_s, 100)
    assert refused == 0
    assert own.now_ms(100) == (T_S + step_s) * 1000 + 50


@pytest.mark.parametrize("utc_s", [judging.EARLIEST_S, judging.LATEST_S])
def test_the_bounds_of_time_themselves_are_believed(utc_s):
    """The first second and the last one."""
    assert judging.hear_centre(Clock(), 0, utc_s, 0)[0].now_s(0) == utc_s


@pytest.mark.parametrize(("behind_ms", "doubted"), [(60_000, False), (60_001, True), (-60_001, True)])
def test_a_hub_that_contradicts_the_clock_makes_it_doubted(behind_ms, doubted):
    """More than a minute apart, one of the two is wrong: the centre is asked, and nothing is released meanwhile."""
    own, verdict, offset_ms = hub_says(Clock(T_MS, 0), behind_ms)
    assert (verdict, own.doubted(1020)) == (NEEDS_PROOF, doubted)
    assert own.now_ms(1020) == T_MS + 1020
    assert offset_ms == behind_ms


def test_an_unsure_hub_raises_no_doubt():
    """Nor does one that is too slow, nor any hub while the clock is unset."""
    assert not hub_says(Clock(T_MS, 0), 90_000, trusted=False)[0].doubted(1020)
    assert not hub_says(Clock(T_MS, 0), 90_000, trip_ms=2001)[0].doubted(3001)
    assert not hub_says(Clock(), 90_000)[0].doubted(1020)


def test_doubt_ends_after_ten_minutes_and_comes_only_once_in_a_start():
    """A hub that lies all day cannot stop the patient's medicine for longer."""
    own = Clock(T_MS, 0)
    for minute in range(60):
        own = hub_says(own, 120_000, 60_000 * minute)[0]
        assert own.doubted(60_000 * minute + 20) == (minute < 10)
    first, _, _ = hub_says(Clock(T_MS, 0), 120_000, 0)
    assert first.doubted(20 + judging.DOUBT_FOR_MS - 1)
    assert not first.doubted(20 + judging.DOUBT_FOR_MS)


def test_the_centres_word_ends_the_doubt_for_good():
    """Whether it steps the clock or confirms it; the hub may then say what it likes."""
    for centre_s in (T_S, T_S + 120):
        own, _, _ = hub_says(Clock(T_MS, 0), 120_000)
        own, refused = judging.hear_centre(own, 2000, centre_s + 2, 2000)
        assert (refused, own.doubted(2000)) == (0, False)
        own = hub_says(own, 120_000, 3000)[0]
        assert not own.doubted(3020)


def test_a_clock_that_was_never_doubted_can_be_after_the_centres_word():
    """The first contradiction counts, whenever it comes."""
    own, _ = judging.hear_centre(Clock(T_MS, 0), 0, T_S + 5, 0)
    assert own.doubt_until_ms is None
    assert hub_says(own, 120_000)[0].doubted(1020)


def test_a_hub_that_agrees_again_does_not_end_the_doubt():
    """Only the centre can: the hub has shown that it may be wrong."""
    own, _, _ = hub_says(Clock(T_MS, 0), 120_000)
    own, verdict, _ = hub_says(own, 0, 5000)
    assert (verdict, own.doubted(5020)) == (NUDGED, True)


def test_doubt_leaves_the_reading_as_it_was():
    """Slew, trust and the day's nudges go on."""
    before = Clock(T_MS, 0, 1500, 40, 700, 30)
    own, _, _ = hub_says(before, 120_000)
    own.doubt_until_ms = None
    assert vars(own) == vars(before)


@pytest.mark.parametrize("rtc_s", [judging.EARLIEST_S, judging.LATEST_S, T_S - 2])
def test_a_battery_clock_at_the_edge_is_believed(rtc_s):
    """Two seconds behind the newest event is drift; the bounds of time belong to it."""
    assert judging.at_boot(rtc_s, T_S if rtc_s == T_S - 2 else 0, 5).now_s(5) == rtc_s


def test_an_absurd_battery_clock_is_not_believed_even_with_an_empty_journal():
    """A second outside the bounds is outside."""
    for rtc_s in (judging.EARLIEST_S - 1, judging.LATEST_S + 1):
        assert judging.at_boot(rtc_s, 0, 0).now_s(0) is None


def test_a_new_day_gives_a_hub_new_nudges():
    """Five seconds a day, counted from the first nudge of that day."""
    own, verdict, _ = hub_says(Clock(T_MS, 0), 2000)
    assert verdict == NUDGED
    assert own.nudged_ms == 2000
    own, verdict, _ = hub_says(own, 2000, 300_000)
    own, verdict, _ = hub_says(own, 1500, 600_000)
    assert verdict == NEEDS_PROOF
    later = clock.DAY_MS + 700_000
    own, verdict, _ = hub_says(own, 1500, later)
    assert (verdict, own.nudged_ms, own.nudged_from_ms) == (NUDGED, 1500, later + 20)


def test_two_seconds_are_slewed_and_a_millisecond_more_is_stepped():
    """The centre's word: the edge of the slew."""
    for behind_ms, slewed in ((2000, True), (-2000, True), (2001, False)):
        own, _ = judging.hear_centre(Clock(T_MS - behind_ms, 0), 0, T_S, 0)
        assert (own.slew_ms == behind_ms) == slewed
        assert (own.now_ms(0) == T_MS) == (not slewed)
