"""Light and tone patterns: information signals for a patient, and the signals of an alarm.  Pure.

Light: breathe at 0.5 Hz when a dose is due, blink at 1 Hz when it is late, never faster than 2 Hz (epilepsy);
a fault is a steady low light.  Tone: 520 Hz and 660 Hz in pairs, 0.3 s each and 0.2 s apart, twice, every 15 s.
IEC 60601-1-8 alarm pulses are 75 to 250 ms in bursts of 3 or 10, the fire signal of ISO 8201 three of 0.5 s:
the reminder's are 0.3 s in groups of four, so nobody can take one for the other.  Source: docs/hardware.md.
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


LOW_HZ = 520
HIGH_HZ = 660
PULSE_MS = 300
GAP_MS = 200
BURST_EVERY_MS = 15000

SILENT = ()


def burst(level_per_mille):
    """Two pairs and the pause; made when it is to sound, because four levels ready would be 3 KB on the board."""
    pair = (
        (LOW_HZ, PULSE_MS, level_per_mille),
        (0, GAP_MS, 0),
        (HIGH_HZ, PULSE_MS, level_per_mille),
        (0, GAP_MS, 0),
    )
    return pair + pair + ((0, BURST_EVERY_MS - 4 * (PULSE_MS + GAP_MS), 0),)


# Levels of the driver: -15, -10, -5 and 0 dB of the loudest (80 to 85 dBA at 1 m, set by the amplifier).
SOFT, LOUDER, LOUD, LOUDEST = 178, 316, 562, 1000
REMINDERS = (0, SOFT, LOUDER, LOUD, LOUDEST)  # level by reminder stage

# One rising pair, repeated with the bursts' pause: the cup is there.
READY = (
    (LOW_HZ, PULSE_MS, 316),
    (0, GAP_MS, 0),
    (HIGH_HZ, PULSE_MS, 316),
    (0, BURST_EVERY_MS - 2 * PULSE_MS - GAP_MS, 0),
)


def reminder(stage):
    """The pattern of a reminder stage, 0 (silent) to 4."""
    return burst(REMINDERS[stage]) if stage else SILENT


def quieted(pattern, level_per_mille):
    """The same pattern, nowhere louder than `level_per_mille` (quiet hours)."""
    return tuple([(hz, ms, min(level, level_per_mille)) for hz, ms, level in pattern])


# Alarms, inside all bounds of IEC 60601-1-8: another pitch than the reminder's, and what it never has: short pulses.
ALARM_HZ = 392


def alarm(priority):
    """The pattern of a local alarm signal: 0 none, 1 low, 2 medium, 3 high; made when it is to sound."""
    if priority == 3:
        five = ((ALARM_HZ, 150, LOUDEST), (0, 100, 0)) * 4 + ((ALARM_HZ, 150, LOUDEST),)
        return five + ((0, 500, 0),) + five + ((0, 7200, 0),)  # every 10 s
    if priority == 2:
        return ((ALARM_HZ, 200, LOUD), (0, 200, 0)) * 2 + ((ALARM_HZ, 200, LOUD), (0, 19000, 0))  # every 20 s
    if priority == 1:
        return ((ALARM_HZ, 200, LOUDER), (0, 60000, 0))  # once: whoever plays it ends it (core/signals.py)
    return SILENT
