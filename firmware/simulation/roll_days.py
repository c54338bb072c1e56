"""Days that only a roll can have: pouches that are not what they should be, a roll or blade that stands, a chamber that
is full.

A nurse who is called looks at the roll, and vouches for the pouch that comes next.
"""

from firmware.simulation.day_pieces import (
    HOUR,
    MINUTE,
    NURSES_PIN,
    PLAN,
    TAG,
    Day,
    begin,
    dose,
    may_fill,
    press_and_take,
)
from firmware.simulation.filler import Task
from firmware.simulation.media import PITCH_MM, ROLL, Roll, strip_of

TORN_MM = 30
STRANGERS = b"?" * 16  # somebody else's dose


def _three(**more):
    """Three doses, an hour apart, and what lies on their roll."""
    doses = [dose(n, n * HOUR, **more) for n in (1, 2, 3)]
    return doses, strip_of(ROLL.plan(PLAN, 1, doses))


def _changed(strip, n, **more):
    """The n-th pouch is another than it should be."""
    return strip[: n - 1] + [strip[n - 1]._replace(**more)] + strip[n:]


def _presses(*hours):
    """Somebody presses a minute after each of these, and reaches in."""
    return [act for hour in hours for act in press_and_take(round(hour * HOUR) + 60)]


def _day(name, acts, until_h=4.5):
    return Day(ROLL, name, acts, round(until_h * HOUR))


def _wrong_label():
    """The second pouch is another patient's; a nurse takes it out and says which one comes next."""
    doses, strip = _three()
    wrong = _changed(strip, 2, label="9999-002", dose_id=STRANGERS)
    acts = begin(ROLL, *doses, contents=wrong) + _presses(1, 2, 2.2)
    acts += [(9000, "vouch", ROLL.plan(PLAN, 1, doses).roll)] + _presses(3)
    return _day("wrong label", acts)


def _unread():
    """The reader is silent at the first dose; at the third a nurse has looked, and vouches."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3000, "fault", "reader silent")] + _presses(1)
    acts += [(80 * MINUTE, "mend", "reader silent")] + _presses(2) + [(9000, "fault", "reader silent")]
    acts += _presses(3) + [(3 * HOUR + 300, "vouch", ROLL.plan(PLAN, 1, doses).roll)] + _presses(3.2)
    return _day("unread", acts)


def _torn():
    """The second pouch is torn off short."""
    doses, strip = _three()
    acts = begin(ROLL, *doses, contents=_changed(strip, 2, mm=TORN_MM)) + _presses(1, 2, 3)
    return _day("torn", acts)


def _doubled():
    """No perforation between the second and the third."""
    doses, strip = _three()
    acts = begin(ROLL, *doses, contents=_changed(strip, 2, joined=True)) + _presses(1, 2, 3)
    return _day("doubled", acts)


def _ends_early():
    """The roll is one pouch short."""
    doses, strip = _three()
    return _day("ends early", begin(ROLL, *doses, contents=strip[:2]) + _presses(1, 2, 3))


def _stuck():
    """The roll does not move, at a dose and when a missed one is to go; a nurse pulls it free and looks."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3500, "fault", "roll stuck")] + _presses(1)
    acts += [(80 * MINUTE, "mend", "roll stuck"), (81 * MINUTE, "vouch", ROLL.plan(PLAN, 1, doses).roll)]
    acts += _presses(2)
    acts += [(9000, "fault", "roll stuck"), (11_000, "mend", "roll stuck")] + _presses(3)
    return _day("stuck", acts)


def _cutter():
    """The blade stands in the paper."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3500, "fault", "cutter stuck")] + _presses(1)
    acts += [(80 * MINUTE, "mend", "cutter stuck")] + _presses(2, 3)
    return _day("cutter", acts)


def _not_emptied():
    """The drawer's floor does not open when nobody has taken the dose; later it does."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3500, "fault", "flap stuck"), (HOUR + 60, "press")]
    acts += [(2 * HOUR + 30, "mend", "flap stuck")] + _presses(2, 3)
    return _day("not emptied", acts)


def _door():
    """The drawer's door does not open, then does not close."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3500, "fault", "shutter stuck")] + _presses(1)
    acts += [(80 * MINUTE, "mend", "shutter stuck"), (2 * HOUR + 60, "press")]
    acts += [(2 * HOUR + 80, "fault", "shutter stuck"), (2 * HOUR + 100, "hand")]
    acts += [(2 * HOUR + 1900, "mend", "shutter stuck")] + _presses(3)
    return _day("door", acts)


def _opened():
    """A hand opens the lid and moves the roll on by one pouch, then by half a one."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3000, "lid", True), (3020, "pull", PITCH_MM), (3040, "lid", False)]
    acts += _presses(1) + [(90 * MINUTE, "lid", True), (90 * MINUTE + 20, "pull", PITCH_MM / 2)]
    acts += [(90 * MINUTE + 60, "lid", False)] + _presses(2, 3)
    return _day("opened", acts)


def _opened_unread():
    """The same where no label is read: nobody can say any more which pouch lies there, until a person has looked."""
    doses = [dose(1, HOUR), dose(2, 2 * HOUR), dose(3, 3 * HOUR)]
    acts = begin(ROLL, *doses, roll=Roll(read=False)) + _presses(1)
    acts += [(6000, "lid", True), (6020, "pull", PITCH_MM), (6040, "lid", False)] + _presses(2)
    vouches = [(9000, "vouch", ROLL.plan(PLAN, 1, doses).roll)]
    return _day("opened unread", acts + vouches + _presses(3))


def _blind_chamber():
    """What falls into the chamber is not seen."""
    doses, _ = _three()
    acts = begin(ROLL, *doses) + [(3000, "fault", "chamber dirty"), (2 * HOUR + 60, "press")]
    acts += [(9000, "mend", "chamber dirty")] + _presses(3)
    return _day("blind chamber", acts)


def _unlabelled():
    """A plan that asks for no reading: marks and counting alone."""
    doses = [dose(1, HOUR), dose(2, 2 * HOUR), dose(3, 3 * HOUR)]
    acts = begin(ROLL, *doses, roll=Roll(pouches=(1, 2, 1), read=False)) + _presses(1, 3)
    return _day("unlabelled", acts)


def _chamber_full():
    """Nobody comes for twenty-two doses; a nurse empties the chamber before the last one, guided by the device."""
    doses = [dose(n, n * 10 * MINUTE, window_s=300) for n in range(1, 24)]
    one = ROLL.plan(PLAN, 1, doses)
    nurse = Task(one, "", (NURSES_PIN,), (TAG,), contents=strip_of(one)[20:])
    acts = begin(ROLL, *doses) + may_fill() + press_and_take(220 * MINUTE + 30)
    acts += [(222 * MINUTE, "fill_in", nurse, 229 * MINUTE * 1000), (226 * MINUTE, "vouch", one.roll)]
    return Day(ROLL, "chamber full", acts + press_and_take(230 * MINUTE + 30), 4 * HOUR + 300, 61, 30)


ROLL_DAYS = (
    _wrong_label(),
    _unread(),
    _torn(),
    _doubled(),
    _ends_early(),
    _stuck(),
    _cutter(),
    _not_emptied(),
    _door(),
    _opened(),
    _opened_unread(),
    _blind_chamber(),
    _unlabelled(),
    _chamber_full(),
)
