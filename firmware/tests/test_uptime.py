"""Time since the start, across the chip's wrap."""

import pytest

from firmware.core.clock import HOLDOVER, SYNCED, Clock
from firmware.shell.uptime import Uptime

PERIOD_MS = (
    1 << 30
)  # MicroPython `time` reference, rp2: ticks_ms() counts to 2**30 - 1, 12.4 days, and begins anew
DAY_MS = 86_400_000


class Chip:
    """The chip's millisecond counter: it wraps, and differences are right up to half a period."""

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks

    def ticks_ms(self) -> int:
        return self.ticks

    def ticks_diff(self, later: int, earlier: int) -> int:
        half = PERIOD_MS // 2
        return (later - earlier + half) % PERIOD_MS - half

    def pass_ms(self, ms: int) -> None:
        self.ticks = (self.ticks + ms) % PERIOD_MS


@pytest.mark.parametrize(
    ("began", "passed_ms", "reading"),
    [
        (0, PERIOD_MS - 1, PERIOD_MS - 1),
        (0, PERIOD_MS, 0),
        (0, PERIOD_MS + 1, 1),
        (PERIOD_MS - 1, 1, 0),
        (PERIOD_MS - 1, 2, 1),
        (PERIOD_MS - 5, 10, 5),
        (12345, 3 * PERIOD_MS + 7, 12352),
    ],
)
def test_the_uptime_goes_on_where_the_chips_counter_wraps(began, passed_ms, reading):
    """Before, at and after 1,073,741,824 ms: not a millisecond is lost or doubled."""
    chip = Chip(began)
    uptime = Uptime(chip)
    left_ms = passed_ms
    while left_ms:
        step_ms = min(left_ms, DAY_MS)
        chip.pass_ms(step_ms)
        left_ms -= step_ms
        uptime.ms()
    assert (uptime.ms(), chip.ticks) == (passed_ms, reading)


def test_every_second_across_the_wrap_is_one_second():
    """As the watch reads it."""
    chip = Chip(PERIOD_MS - 3500)
    uptime = Uptime(chip)
    readings = []
    for _ in range(8):
        chip.pass_ms(1000)
        readings.append(uptime.ms())
    assert readings == [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]


def test_the_time_of_day_does_not_jump_with_the_counter():
    """Thirteen days without a word from anybody: UTC goes on by thirteen days, as holdover."""
    chip = Chip(0)
    uptime = Uptime(chip)
    own = Clock(1_800_000_000_000, uptime.ms(), 0, uptime.ms())
    assert own.quality(uptime.ms()) == SYNCED
    for _ in range(13 * 24):
        chip.pass_ms(3_600_000)
        uptime.ms()
    assert own.now_s(uptime.ms()) == 1_800_000_000 + 13 * 86400
    assert own.quality(uptime.ms()) == HOLDOVER
    assert chip.ticks < PERIOD_MS // 4
