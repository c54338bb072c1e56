"""What the patient sees and hears in each state: facts in, words, light and tone out.  Pure; loaded when it changes.

One step an utterance, full short sentences, no codes, no countdown, nothing to configure.
"""

from firmware.ui import lights, states, tones

SERVICE = "service"  # a technician, or new firmware; here, because the dosing app never shows it
STATES = (
    states.STARTING, states.NO_PLAN, states.IDLE, states.NOT_NOW, states.DUE, states.DUE_ELSEWHERE,
    states.TURNING, states.PRESENTED, states.TAKEN, states.LOCKED, states.UNCERTAIN, states.LID_OPEN,
    states.FAULT, states.PAUSED, states.ASSISTED, states.TRAVEL, states.RELEASE, states.TILTED,
    states.UPSIDE_DOWN, states.BATTERY, states.NO_MAINS, states.LOW_STOCK, states.EMPTY, states.UNFILLED,
    states.NO_CONTACT, SERVICE,
)  # fmt: skip
# Nothing but a high alarm is heard over these: a dose must never be hidden by what can wait.
OF_A_DOSE = (
    states.DUE,
    states.DUE_ELSEWHERE,
    states.TURNING,
    states.PRESENTED,
    states.TRAVEL,
    states.RELEASE,
)

LATE_STAGE = 2  # from the second reminder on the light blinks
QUIET_LEVEL = 316  # quiet hours: 10 dB below the loudest (70 dBA against 80)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LIGHTS = {states.TURNING: lights.STEADY, states.PRESENTED: lights.STEADY, states.TAKEN: lights.STEADY}
_LOW_LIGHTS = (
    states.LOCKED,
    states.UNCERTAIN,
    states.LID_OPEN,
    states.FAULT,
    states.TILTED,
    states.UPSIDE_DOWN,
    states.BATTERY,
    states.UNFILLED,
)
_ALARM_LIGHTS = (None, lights.LOW, lights.ALARM_SLOW, lights.ALARM_FAST)  # by priority
_HIGH = 3
_MOST_LINES = 3


class Screen:
    """lines: for Panel.show().  light: a name for lights.light_level().  tone: a pattern for Tone.play().

    night: the light goes down for the night.
    """

    def __init__(self, lines, light, tone, night):
        self.lines = lines
        self.light = light
        self.tone = tone
        self.night = night


def screen(state, stage=0, language="en", next_due=None, quiet=False, signal=(0, 0, False)):
    """The Screen of a state.

    stage: reminder stage 0 to 4 of a dose that is due or presented.  language: nb, nn, se or en.
    next_due: None, or local_time() of the next dose, while idle; FILLING: its lines.  quiet: hours that cap the tone.
    signal: (priority of the alarm's light, of its sound, its sound is paused), as core/signals.py says.
    Raises ValueError for an unknown state, stage or language.
    """
    if state not in STATES and state != states.FILLING:
        raise ValueError("no such screen: " + state)
    words = words_of(language)
    lines = list(next_due) if state == states.FILLING else words[state].split("\n")
    if state in (states.IDLE, states.NOT_NOW):
        when = _when(words, next_due)
        lines = lines + when if when or state == states.NOT_NOW else words["idle_alone"].split("\n")
    seen, heard, paused = signal
    if paused and len(lines) < _MOST_LINES:
        lines = lines + [words["sound_off"]]
    light, tone = _light(state, stage), _tone(state, stage)
    if quiet:
        tone = tones.quieted(tone, QUIET_LEVEL)
    if seen == _HIGH or (seen and state not in OF_A_DOSE):
        light = _ALARM_LIGHTS[seen]
    if heard == _HIGH or (heard and state not in OF_A_DOSE):
        tone = tones.alarm(heard)
    return Screen(lines, light, tone, quiet and seen != _HIGH)


def words_of(language):
    """The catalogue of one language, imported when needed: one language costs a kilobyte.  ValueError if unknown."""
    if language == "nb":
        from firmware.ui.words.nb import WORDS
    elif language == "nn":
        from firmware.ui.words.nn import WORDS
    elif language == "se":
        from firmware.ui.words.se import WORDS
    elif language == "en":
        from firmware.ui.words.en import WORDS
    else:
        raise ValueError("no words in " + language)
    return WORDS


def _when(words, next_due):
    """Time and day of the next dose, or nothing when it is not known or a week away: a bare time would mislead."""
    if next_due is None:
        return []
    days, weekday, minute = next_due
    if days == 0:
        day = words["today"]
    elif days == 1:
        day = words["tomorrow"]
    elif 1 < days < 7:
        day = words[WEEKDAYS[weekday]]
    else:
        return []
    return ["*%02d:%02d" % divmod(minute, 60), day]


def _light(state, stage):
    if state in (states.DUE, states.DUE_ELSEWHERE):
        return lights.BLINK if stage >= LATE_STAGE else lights.BREATHE
    if state in (states.TRAVEL, states.RELEASE):
        return lights.BREATHE
    if state in _LOW_LIGHTS:
        return lights.LOW
    return _LIGHTS.get(state, lights.DARK)


def _tone(state, stage):
    if not 0 <= stage < len(tones.REMINDERS):
        raise ValueError("reminder stage must be 0 to 4")
    if state in (states.DUE, states.DUE_ELSEWHERE):
        return tones.reminder(stage)
    if state == states.PRESENTED:  # asked for and not taken: the reminders go on growing
        return tones.reminder(stage) if stage > LATE_STAGE else tones.READY
    return tones.SILENT
