"""Keys as they are pressed, one at a time.  Loaded while somebody fills."""

from firmware.refill.steps import BACK, HOLD, HOLD_MS, OK

LOOK_MS = 40  # between two looks: a tap of 60 ms, and a finger that moves on, are seen
_BACK_BIT, _OK_BIT = 1 << 10, 1 << 11


class Keys:
    """Back counts when it is let go, or after HOLD_MS as HOLD; every other key when it is touched."""

    def __init__(self, keypad, uptime):
        self._keypad = keypad
        self._uptime = uptime
        self._down = 0
        self._back_ms = None

    def next(self):
        """The key that was pressed since the last call, or None."""
        down = self._keypad.touched(True)
        new, gone, self._down = down & ~self._down, self._down & ~down, down
        if new & _BACK_BIT:
            self._back_ms = self._uptime.ms()
        if self._back_ms is not None:
            held = self._uptime.ms() - self._back_ms >= HOLD_MS
            if held or gone & _BACK_BIT:
                self._back_ms = None
                return HOLD if held else BACK
        if new & _OK_BIT:
            return OK
        for digit in range(10):
            if new >> digit & 1:
                return "%d" % digit
        return None
