"""Days with a refill: somebody who may fills compartment by compartment, swaps the tray, loads a roll; or may not."""

from firmware.simulation.day_pieces import (
    DEVICE_ID,
    HOUR,
    MINUTE,
    NEXT_PLAN,
    NURSES_PIN,
    PIN,
    TAG,
    WRONG_PIN,
    Day,
    begin,
    dose,
    dose_id,
    may_fill,
    press_and_take,
)
from firmware.simulation.filler import Task
from firmware.simulation.media import ROLL, TRAY, Roll, strip_of
from protocol.commands import StoreLoadPlan
from protocol.tray_tag import TrayTag

TRAY_NUMBER = 7


def tray_tag(plan, device_id=DEVICE_ID):
    """What the pharmacy writes on the tag of a tray."""
    due = [one.due_s for one in plan.doses]
    return bytes.fromhex("0499887766554433")[:7], TrayTag(
        TRAY_NUMBER, device_id, plan.plan_id, len(due), min(due), max(due)
    ).encode()


def _next(medium, roll=None):
    """The plan that is filled in, at 30 minutes: three doses from two hours on."""
    return medium.plan(NEXT_PLAN, 1, [dose(40 + n, (n + 1) * HOUR, slot=n) for n in (1, 2, 3)], roll)


def _day(medium, name, one, acts, every=1, writes=1):
    """A first plan of two doses, the second of which is left; at 30 minutes somebody comes with the next one."""
    first = begin(medium, dose(1, 10 * MINUTE), dose(9, 5 * HOUR, slot=2)) + may_fill()
    first += press_and_take(11 * MINUTE) + [(20 * MINUTE, "order", StoreLoadPlan(one))]
    day = Day(medium, name, first + acts, round(2.6 * HOUR), every, writes)
    day.cut_s = (29 * MINUTE, 125 * MINUTE)
    return day


def _takes(*hours):
    return [act for hour in hours for act in press_and_take(round(hour * HOUR) + 60)]


def _until(hour):
    return round(hour * HOUR * 1000)


def _fill_here():
    """A relative with a PIN fills slot by slot."""
    one = _next(TRAY)
    acts = [(30 * MINUTE, "fill_in", Task(one, "2", (PIN,)), _until(1.5))] + _takes(2)
    return _day(TRAY, "fill here", one, acts, every=9)


def _fill_wrongly():
    """A relative leaves one compartment empty and fills one that must be; the full turn finds both."""
    one = _next(TRAY)
    wrong = {1: (dose_id(41), 2), 2: (dose_id(42), 2)}
    acts = [(30 * MINUTE, "fill_in", Task(one, "2", (PIN,), contents=wrong), _until(1.5))] + _takes(2)
    return _day(TRAY, "fill wrongly", one, acts, 29, 4)


def _swap():
    """A nurse holds the wrong tray first, then the right one, in which one dose is missing: the nurse vouches."""
    one = _next(TRAY)
    trays = (tray_tag(one, b"stranger"), tray_tag(one))
    contents = {1: (dose_id(41), 2), 3: (dose_id(43), 2)}
    task = Task(one, "1", (NURSES_PIN,), (TAG,), trays, contents)
    return _day(TRAY, "swap", one, [(30 * MINUTE, "fill_in", task, _until(1.5))] + _takes(2), every=9)


def _left_alone(medium, way):
    """Somebody opens the lid and goes away; a dose comes due; an hour later somebody comes back and does it all."""
    one = _next(medium)
    contents = None if medium is TRAY else strip_of(one)
    task = Task(one, way, (PIN,), contents=contents)
    acts = [(30 * MINUTE, "fill_in", task, 30 * MINUTE * 1000 + 19_000)]
    acts += [(110 * MINUTE, "fill_in", task, _until(2.4))] + _takes(2.45)
    return _day(medium, "left alone", one, acts, 19, 4)


def _during_a_dose(medium, way):
    """Somebody comes while a dose of the old plan is due and not taken."""
    one = _next(medium)
    contents = None if medium is TRAY else strip_of(one)
    acts = begin(medium, dose(1, 10 * MINUTE), dose(9, 5 * HOUR, slot=2)) + may_fill()
    acts += [(8 * MINUTE, "order", StoreLoadPlan(one)), (9 * MINUTE, "press"), (740, "press")]
    acts += [(12 * MINUTE, "fill_in", Task(one, way, (PIN,), contents=contents), _until(1))] + _takes(0.3, 2)
    day = Day(medium, "during a dose", acts, round(2.6 * HOUR), 19, 3)
    day.cut_s = (11 * MINUTE, 40 * MINUTE)
    return day


def _locked(medium):
    """Somebody tries PINs until the device locks; later the relative comes."""
    one = _next(medium)
    contents = None if medium is TRAY else strip_of(one)
    acts = [(30 * MINUTE, "fill_in", Task(one, "2", (WRONG_PIN,)), _until(0.7))]
    acts += [(70 * MINUTE, "fill_in", Task(one, "2", (WRONG_PIN, PIN), contents=contents), _until(1.8))]
    return _day(medium, "locked", one, acts + _takes(2), 19, 4)


def _roll():
    """A relative takes out the old roll and puts in the new one, which has a header pouch."""
    one = _next(ROLL, Roll("5823", (1, 2, 1), True, 1))
    task = Task(one, "", (PIN,), contents=strip_of(one))
    return _day(ROLL, "load roll", one, [(30 * MINUTE, "fill_in", task, _until(1.5))] + _takes(2))


def _wrong_roll():
    """The roll is another patient's: its first label says so."""
    one = _next(ROLL, Roll("5823", (1, 2, 1), True, 0))
    wrong = [pouch._replace(label="9" + pouch.label, dose_id=b"?" * 16) for pouch in strip_of(one)]
    task = Task(one, "", (PIN,), contents=wrong)
    acts = [(30 * MINUTE, "fill_in", task, _until(0.54))] + _takes(2)
    return _day(ROLL, "wrong roll", one, acts, 9, 3)


REFILL_DAYS = (
    _fill_here(),
    _fill_wrongly(),
    _swap(),
    _left_alone(TRAY, "2"),
    _during_a_dose(TRAY, "2"),
    _locked(TRAY),
    _roll(),
    _wrong_roll(),
    _left_alone(ROLL, ""),
    _during_a_dose(ROLL, ""),
    _locked(ROLL),
)
