"""Whom the device believes about time.  Pure: claims in, a new reading out.  Needed once an hour, dropped between.

A hub may only nudge a clock that is already set; only the centre's signature over our nonce sets or steps it, in either
direction: an ended dose stays ended by its name, whatever time it is (docs/decisions/0011).  A hub that contradicts a
set clock makes it doubted for a while, once in a start: nothing is released until the centre has spoken, or the hub
has had its time.
"""

from firmware.core.clock import DAY_MS, Clock
from protocol.errors import EXPIRED, OUT_OF_BOUNDS

IGNORED, NUDGED, NEEDS_PROOF = 0, 1, 2

# Slewed if the offset is at most 2 s, stepped if it is more: two seconds move no dose that a person could tell.
SLEW_MAX_MS = 2000
# All nudges of one day together: twice the crystal's drift (2.6 s a day at 30 ppm), so that a lying hub
# cannot walk the clock away 2 s at a time.
NUDGES_A_DAY_MS = 5000
# A hub beside us answers in milliseconds; a longer round trip says too little about the offset.
ROUND_TRIP_MAX_MS = 2000
# The centre is far away: the signed time may be this old, and the nonce no older.
PROOF_MAX_MS = 30000
# More than any drift between two words of the centre: one of us is wrong.  Our doubt ends by itself, because a hub that
# lies must not be able to stop dosing (docs/decisions/0011).
DOUBT_FROM_MS = 60000
DOUBT_FOR_MS = 600000
# Nothing before the first release, nothing a 32-bit event cannot hold.
EARLIEST_S, LATEST_S = 1767225600, 4294967295  # 2026-01-01, 2106


def at_boot(rtc_s: int | None, latest_s: int, uptime_ms: int) -> Clock:
    """Believe the battery clock, unless it is missing, absurd, or behind what the journal has already seen.

    rtc_s: UTC seconds or None (its oscillator stopped); latest_s: time of our newest event, 0 if none.
    """
    if rtc_s is None or rtc_s < max(EARLIEST_S, latest_s - SLEW_MAX_MS // 1000) or rtc_s > LATEST_S:
        return Clock()
    return Clock(rtc_s * 1000, uptime_ms)


def offset_ms(t1_ms: int, t2_ms: int, t3_ms: int, t4_ms: int) -> int:
    """How far we are behind the peer: ours, theirs, theirs, ours (RFC 5905 section 8)."""
    return ((t2_ms - t1_ms) + (t3_ms - t4_ms)) // 2


def hear_hub(
    clock: Clock, t1_ms: int, t2_ms: int, t3_ms: int, t4_ms: int, trusted: bool
) -> tuple[Clock, int, int]:
    """Judge a hub's answer.  Returns (clock, IGNORED | NUDGED | NEEDS_PROOF, how far we were behind in ms).

    t1_ms, t4_ms: our uptime at asking and hearing; t2_ms, t3_ms: the hub's UTC ms; trusted: the hub's own
    word that its clock is synchronised.  More than DOUBT_FROM_MS apart, the clock is doubted from now on.
    """
    round_trip_ms = (t4_ms - t1_ms) - (t3_ms - t2_ms)
    if not trusted or t4_ms < t1_ms or t3_ms < t2_ms or not 0 <= round_trip_ms <= ROUND_TRIP_MAX_MS:
        return clock, IGNORED, 0
    asked_ms, heard_ms = clock.now_ms(t1_ms), clock.now_ms(t4_ms)
    if asked_ms is None or heard_ms is None:
        return clock, NEEDS_PROOF, 0
    behind_ms = offset_ms(asked_ms, t2_ms, t3_ms, heard_ms)
    fresh_day = t4_ms - clock.nudged_from_ms > DAY_MS
    nudged_ms = abs(behind_ms) + (0 if fresh_day else clock.nudged_ms)
    if abs(behind_ms) > DOUBT_FROM_MS:
        return _doubt(clock, t4_ms), NEEDS_PROOF, behind_ms
    if abs(behind_ms) > SLEW_MAX_MS or nudged_ms > NUDGES_A_DAY_MS:
        return clock, NEEDS_PROOF, behind_ms
    since_ms = t4_ms if fresh_day else clock.nudged_from_ms
    nudged = Clock(heard_ms, t4_ms, behind_ms, t4_ms, nudged_ms, since_ms, clock.doubt_until_ms)
    return nudged, NUDGED, behind_ms


def _doubt(clock: Clock, uptime_ms: int) -> Clock:
    """The same reading, in doubt from now on if it never was since boot."""
    if clock.doubt_until_ms is not None:
        return clock
    return Clock(
        clock.utc_ms,
        clock.uptime_ms,
        clock.slew_ms,
        clock.confirmed_ms,
        clock.nudged_ms,
        clock.nudged_from_ms,
        uptime_ms + DOUBT_FOR_MS,
    )


def hear_centre(clock: Clock, asked_ms: int | None, utc_s: int, uptime_ms: int) -> tuple[Clock, int]:
    """Take the centre's signed time over our nonce.  Returns (clock, 0), or (the old clock, refusal code).

    asked_ms: uptime when that nonce went out, None if it is not ours.  A step may go either way; it ends our doubt.
    """
    if asked_ms is None:
        return clock, EXPIRED
    round_trip_ms = uptime_ms - asked_ms
    if not 0 <= round_trip_ms <= PROOF_MAX_MS:
        return clock, EXPIRED
    utc_ms = utc_s * 1000 + round_trip_ms // 2
    if not EARLIEST_S <= utc_s <= LATEST_S:
        return clock, OUT_OF_BOUNDS
    doubt_until_ms = None if clock.doubt_until_ms is None else 0
    now_ms = clock.now_ms(uptime_ms)
    if now_ms is not None and abs(utc_ms - now_ms) <= SLEW_MAX_MS:
        return Clock(now_ms, uptime_ms, utc_ms - now_ms, uptime_ms, doubt_until_ms=doubt_until_ms), 0
    return Clock(utc_ms, uptime_ms, 0, uptime_ms, doubt_until_ms=doubt_until_ms), 0
