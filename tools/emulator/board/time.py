"""`time` as the board has it, on the virtual clock.

Ticks start far ahead: asyncio's queue, which is C, stamps new tasks with the real clock's ticks, and those must
be due at once.
"""

from this_board import clock
from utime import gmtime, mktime, ticks_add, ticks_diff  # noqa: F401 (handed on: they are pure)

AHEAD_MS = 10**15
RTC_AFTER_POWER_ON_S = 1_609_459_200  # 2021-01-01, where the RP2040's own clock starts

rtc_offset_s = [RTC_AFTER_POWER_ON_S]


def ticks_us():
    return AHEAD_MS * 1000 + clock.read() - clock.boot_us


def ticks_ms():
    return AHEAD_MS + (clock.read() - clock.boot_us) // 1000


ticks_cpu = ticks_us


def sleep_us(us):
    clock.sleep(max(0, us))


def sleep_ms(ms):
    clock.sleep(max(0, ms) * 1000)


def sleep(s):
    clock.sleep(max(0, int(s * 1_000_000)))


def time():
    return rtc_offset_s[0] + (clock.read() - clock.boot_us) // 1_000_000


def time_ns():
    return rtc_offset_s[0] * 1_000_000_000 + (clock.read() - clock.boot_us) * 1000


def localtime(s=None):
    return gmtime(time() if s is None else s)
