"""How the light in the button shines: a dose, a fault, an alarm.  Pure.

Breathe at 0.5 Hz when a dose is due, blink at 1 Hz when it is late, never faster than 2 Hz (epilepsy); a fault is a
steady low light.  Alarms: IEC 60601-1-8, in rhythm; the lamp has no colours (docs/hardware.md).
"""

DARK = "dark"
BREATHE = "breathe"
BLINK = "blink"
STEADY = "steady"
LOW = "low"
ALARM_SLOW = "alarm slow"  # medium
ALARM_FAST = "alarm fast"  # high

BREATHE_MS = 2000
BLINK_MS = 1000
ALARM_SLOW_MS = 2000  # 0.5 Hz, half of it bright
ALARM_FAST_MS = 500  # 2 Hz, half of it bright
FULL = 1000
LOW_LEVEL = 250
BREATHE_LEAST = 60  # never quite dark: the button stays findable
NIGHT_SHARE = 10  # at night the light goes to a tenth

_BLINKS = {BLINK: BLINK_MS, ALARM_SLOW: ALARM_SLOW_MS, ALARM_FAST: ALARM_FAST_MS}


def light_level(pattern, elapsed_ms, night=False):
    """Lamp level in per mille, `elapsed_ms` after the pattern began."""
    if pattern == DARK:
        return 0
    if pattern == STEADY:
        level = FULL
    elif pattern == LOW:
        level = LOW_LEVEL
    elif pattern in _BLINKS:
        period_ms = _BLINKS[pattern]
        level = FULL if elapsed_ms % period_ms < period_ms // 2 else 0
    elif pattern == BREATHE:
        level = _breath(elapsed_ms % BREATHE_MS)
    else:
        raise ValueError("no such light: " + pattern)
    return level // NIGHT_SHARE if night else level


def _breath(phase_ms):
    """Up for half the time, down for half; squared, because eyes see brightness logarithmically."""
    half = BREATHE_MS // 2
    rising = phase_ms if phase_ms < half else BREATHE_MS - phase_ms
    return BREATHE_LEAST + (FULL - BREATHE_LEAST) * rising * rising // (half * half)
