"""What the patient sees and hears in each state: facts in, words, light and tone out.  Pure.

One step an utterance, full short sentences, no codes, no countdown, nothing to configure.
"""

from firmware.ui import patterns

# States, which are also the keys of the words.
STARTING = "starting"  # clock not known or not trusted yet
NO_PLAN = "no_plan"  # nothing is loaded
IDLE = "idle"  # waiting for the next dose
NOT_NOW = "not_now"  # pressed, and no dose may be released
DUE = "due"
DUE_ELSEWHERE = "due_elsewhere"  # medicine outside the device
TURNING = "turning"
PRESENTED = "presented"
TAKEN = "taken"
LOCKED = "locked"  # missed: locked, and the centre knows
UNCERTAIN = "uncertain"  # nobody can say whether it was given: a person decides
LID_OPEN = "lid_open"
FAULT = "fault"  # the mechanism, or anything a person must look at
PAUSED = "paused"  # hospital, holiday: nothing is offered
ASSISTED = "assisted"  # pressed for a dose that comes with the nurse
TRAVEL = "travel"  # released ahead for a trip: press by press
RELEASE = "release"  # released late, or with the nurse there
TILTED = "tilted"
UPSIDE_DOWN = "upside_down"
BATTERY = "battery"  # no mains and an empty battery: locked
NO_MAINS = "no_mains"
LOW_STOCK = "low_stock"
EMPTY = "empty"
STATES = (
    STARTING, NO_PLAN, IDLE, NOT_NOW, DUE, DUE_ELSEWHERE, TURNING,
    PRESENTED, TAKEN, LOCKED, UNCERTAIN, LID_OPEN, FAULT, PAUSED, ASSISTED,
    TRAVEL, RELEASE, TILTED, UPSIDE_DOWN, BATTERY, NO_MAINS, LOW_STOCK, EMPTY,
)  # fmt: skip
# Nothing but a high alarm is heard over these: a dose must never be hidden by what can wait.
OF_A_DOSE = (DUE, DUE_ELSEWHERE, TURNING, PRESENTED, TRAVEL, RELEASE)

LATE_STAGE = 2  # from the second reminder on the light blinks
QUIET_LEVEL = 316  # quiet hours: 10 dB below the loudest (70 dBA against 80)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LIGHTS = {TURNING: patterns.STEADY, PRESENTED: patterns.STEADY, TAKEN: patterns.STEADY}
_LOW_LIGHTS = (LOCKED, UNCERTAIN, LID_OPEN, FAULT, TILTED, UPSIDE_DOWN, BATTERY)
_ALARM_LIGHTS = (None, patterns.LOW, patterns.ALARM_SLOW, patterns.ALARM_FAST)  # by priority
_HIGH = 3
_MOST_LINES = 3


class Screen:
    """lines: for Panel.show().  light: a name for patterns.light_level().  tone: a pattern for Tone.play().

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
    next_due: None, or local_time() of the next dose, shown while idle.  quiet: quiet hours cap the tone.
    signal: (priority of the alarm's light, of its sound, its sound is paused), as core/signals.py says.
    Raises ValueError for an unknown state, stage or language.
    """
    if state not in STATES:
        raise ValueError("no such screen: " + state)
    words = words_of(language)
    lines = words[state].split("\n")
    if state in (IDLE, NOT_NOW):
        when = _when(words, next_due)
        lines = lines + when if when or state == NOT_NOW else words["idle_alone"].split("\n")
    seen, heard, paused = signal
    if paused and len(lines) < _MOST_LINES:
        lines = lines + [words["sound_off"]]
    light, tone = _light(state, stage), _tone(state, stage)
    if quiet:
        tone = patterns.quieted(tone, QUIET_LEVEL)
    if seen == _HIGH or (seen and state not in OF_A_DOSE):
        light = _ALARM_LIGHTS[seen]
    if heard == _HIGH or (heard and state not in OF_A_DOSE):
        tone = patterns.alarm(heard)
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


def local_time(at_s, now_s, offset_s, now_offset_s):
    """(days from today, weekday 0 = Monday, minute of the day) of UTC `at_s`, in local time.

    offset_s and now_offset_s: local time minus UTC at those two instants, from the plan.
    """
    day, second_of_day = divmod(at_s + offset_s, 86400)
    today = (now_s + now_offset_s) // 86400
    return day - today, (day + 3) % 7, second_of_day // 60  # 1970-01-01 was a Thursday


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
    if state in (DUE, DUE_ELSEWHERE):
        return patterns.BLINK if stage >= LATE_STAGE else patterns.BREATHE
    if state in (TRAVEL, RELEASE):
        return patterns.BREATHE
    if state in _LOW_LIGHTS:
        return patterns.LOW
    return _LIGHTS.get(state, patterns.DARK)


def _tone(state, stage):
    if not 0 <= stage < len(patterns.REMINDERS):
        raise ValueError("reminder stage must be 0 to 4")
    if state in (DUE, DUE_ELSEWHERE):
        return patterns.reminder(stage)
    if state == PRESENTED:  # asked for and not taken: the reminders go on growing
        return patterns.reminder(stage) if stage > LATE_STAGE else patterns.READY
    return patterns.SILENT
