"""WDT, Timer and RTC of `machine`, in virtual time."""

from this_board import clock, control

LONGEST_WATCHDOG_MS = 8388  # RP2040 datasheet 4.7: 24 bits at 2 ticks a microsecond


class WDT:
    """Bites in virtual time.  A firmware that hangs without touching clock or pins is bitten by the supervisor.

    The chip has one: each object sets and feeds the same.
    """

    _timeout_us = 0
    _deadline = 0

    def __init__(self, id=0, timeout=5000):
        if not 1 <= timeout <= LONGEST_WATCHDOG_MS:
            raise ValueError("timeout exceeds " + str(LONGEST_WATCHDOG_MS))
        first = not WDT._timeout_us
        WDT._timeout_us = timeout * 1000
        control.send({"watchdog_ms": timeout})
        self.feed()
        if first:
            _look_at_watchdog()

    def feed(self):
        WDT._deadline = clock.now_us() + WDT._timeout_us


def _look_at_watchdog():
    if clock.now_us() >= WDT._deadline:
        control.end("watchdog", clock.now_us())
    clock.call_at(WDT._deadline, _look_at_watchdog)


class Timer:
    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id=-1, **options):
        self._entry = None
        if options:
            self.init(**options)

    def init(self, mode=PERIODIC, freq=-1, period=-1, callback=None, hard=False):
        self.deinit()
        self._mode, self._callback = mode, callback
        self._period_us = int(1_000_000 / freq) if freq != -1 else period * 1000
        self._entry = clock.call_at(clock.now_us() + self._period_us, self._fire)

    def _fire(self):
        if self._mode == Timer.PERIODIC:
            self._entry = clock.call_at(self._entry[0] + self._period_us, self._fire)
        if self._callback:
            clock.interrupt(self._callback, self)

    def deinit(self):
        if self._entry:
            clock.cancel(self._entry)
            self._entry = None


class RTC:
    """The chip's own calendar clock: starts at 2021-01-01 after power-on, is not kept over a power cut."""

    def datetime(self, parts=None):
        import time

        if parts is None:
            y, mo, d, h, mi, s, weekday, _ = time.gmtime(time.time())
            return (y, mo, d, weekday, h, mi, s, 0)
        y, mo, d, _, h, mi, s, _ = parts
        time.rtc_offset_s[0] += time.mktime((y, mo, d, h, mi, s, 0, 0)) - time.time()
