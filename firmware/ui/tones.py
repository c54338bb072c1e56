"""Tone patterns: information signals for a patient, and the signals of an alarm.  Pure; loaded when something sounds.

Reminder: 520 Hz and 660 Hz in pairs, 0.3 s each and 0.2 s apart, twice, every 15 s.  IEC 60601-1-8 alarm pulses are 75
to 250 ms in bursts of 3 or 10, the fire signal of ISO 8201 three of 0.5 s: the reminder's are 0.3 s in groups of four,
so nobody can take one for the other.  Source: docs/hardware.md.
"""

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
