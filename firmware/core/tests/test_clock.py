"""When may the device believe a time?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import clock
from firmware.core.clock import HOLDOVER, IGNORED, NEEDS_PROOF, NUDGED, SYNCED, UNSET, Clock
from protocol.errors import EXPIRED, OUT_OF_BOUNDS

T_S = 1_800_000_000
T_MS = T_S * 1000


def hub_says(own: Clock, behind_ms: int, at_ms: int = 1000, trusted: bool = True, trip_ms: int = 20):
    """A hub that is `behind_ms` ahead of us answers a request sent at uptime at_ms, half the trip each way."""
    middle_ms = (own.now_ms(at_ms) or T_MS) + trip_ms // 2 + behind_ms
    return clock.hear_hub(own, at_ms, middle_ms, middle_ms, at_ms + trip_ms, trusted)


@pytest.mark.parametrize("rtc_s", [None, 0, 1_000_000_000, T_S - 3, 5_000_000_000])
def test_a_missing_absurd_or_backward_battery_clock_is_not_believed(rtc_s):
    """No time at start unless the battery clock is valid and not behind the journal."""
    assert clock.at_boot(rtc_s, T_S, 0).quality(0) == UNSET


def test_a_valid_battery_clock_is_holdover():
    """After a power cut the unit knows the time again, as holdover."""
    own = clock.at_boot(T_S + 5, T_S, 200)
    assert (own.quality(200), own.now_s(1200)) == (HOLDOVER, T_S + 6)


def test_offset_is_the_middle_of_four_timestamps():
    """RFC 5905: 10 ms there, 30 ms back, we are 500 ms behind: measured 490."""
    assert clock.offset_ms(1000, 1510, 1510, 1040) == 490


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
    assert moved_ms <= clock.NUDGES_A_DAY_MS


def test_synced_becomes_holdover_after_a_day_without_a_word():
    """24 h after the last confirmation the events say holdover again."""
    own, _, _ = hub_says(Clock(T_MS, 0), 0)
    assert own.quality(1020 + clock.DAY_MS) == SYNCED
    assert own.quality(1021 + clock.DAY_MS) == HOLDOVER


def test_the_centres_signed_time_sets_the_clock():
    """Signed over our nonce, within 30 s: set, by half the round trip corrected."""
    own, refused = clock.hear_centre(Clock(), 1000, T_S, 5000)
    assert refused == 0
    assert (own.quality(5000), own.now_ms(5000)) == (SYNCED, T_MS + 2000)


@pytest.mark.parametrize(
    ("asked_ms", "utc_s", "code"),
    [
        (None, T_S, EXPIRED),
        (1000, T_S, EXPIRED),
        (11_000, T_S, EXPIRED),
        (41_002, T_S, EXPIRED),
        (40_000, clock.EARLIEST_S - 1, OUT_OF_BOUNDS),
        (40_000, clock.LATEST_S + 1, OUT_OF_BOUNDS),
    ],
)
def test_a_signed_time_that_is_old_or_absurd_is_refused(asked_ms, utc_s, code):
    """Not our nonce, older than 30 s, or before this device was made: refused, the clock stays."""
    before = Clock()
    assert clock.hear_centre(before, asked_ms, utc_s, 41_001) == (before, code)


def test_a_signed_time_close_to_ours_is_slewed():
    """The centre, too, works in 2 s slowly; no second is doubled."""
    own, refused = clock.hear_centre(Clock(T_MS, 0), 0, T_S - 1, 100)
    assert refused == 0
    assert own.now_ms(100) == T_MS + 100
    assert own.slew_ms < 0
