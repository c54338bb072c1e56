"""What staff order out of turn, from the centre's doors to the motor: done once, told whole, or refused."""

import pytest

from hil_tests.auditor import NOTHING_WRONG, audit
from hil_tests.rogues import Pen, on_the_cable
from hil_tests.unit import WINDOW_S, Unit
from protocol import errors
from protocol.commands import AuthoriseRelease, Command
from protocol.device_events import CommandRefused
from protocol.dose_events import (
    CAUSE_PAUSED,
    ENDED_ALL_DONE,
    LATE_RETURNED,
    LATE_TAKEN,
    RELEASE_LATE,
)
from tools.authority.keys import load_key
from tools.refusal import Refusal

LATE_MINUTES = 12 * 60  # a day's first half, so that nothing ends while a busy machine thinks
OPEN_MINUTES = 45
SHORT_MINUTES = 6  # over before the ten minutes after which an untaken dose is locked in any case
GOOD_FOR_S = 86400


def missed_dose(unit: Unit) -> None:
    """A dose that may be given late, its window over and nobody there."""
    unit.load(late_minutes=LATE_MINUTES)
    unit.event("DoseMissed", 1)
    unit.alarm(kind="missed", condition="active")
    closes_s = (
        unit.doses[0]["due_s"] + WINDOW_S
    )  # the dispenser's clock may be a few seconds ahead of the centre's
    unit.wait_until(lambda: unit.town.now_s() > closes_s, "the end of the window at the centre")


def let_out_late(unit: Unit, minutes: int = OPEN_MINUTES) -> int:
    """Staff authorise the missed dose; returns the order's counter when the dispenser stands open for it."""
    wish = {"kind": "late", "dose_ids": [unit.dose_id(1)], "minutes": minutes}
    counter = unit.post("release", wish)["counter"]
    unit.event("Authorised", counter=counter)
    unit.shows("Medicine is ready")
    return counter


def dose_now(unit: Unit) -> dict:
    """What the centre knows of the first dose."""
    return next(dose for dose in unit.get("doses") if dose["slot"] == 1)


def test_a_missed_dose_comes_late_once_and_stays_missed(unit: Unit):
    """Authorised, pressed, taken: told as a late release beside the missed dose, and never to be had again."""
    missed_dose(unit)
    counter = let_out_late(unit)
    unit.device.press()
    unit.take_when_shown()
    unit.event("LateRelease", 1, counter=counter, result=LATE_TAKEN)
    unit.event("AuthorisationEnded", counter=counter, reason=ENDED_ALL_DONE, released=1, left=0)
    told = unit.told(1)
    assert (told.count("DoseMissed"), told.count("ReleaseIntended"), told[-1]) == (1, 1, "LateRelease")
    assert "DoseTaken" not in told
    dose = unit.wait_until(lambda: dose_now(unit)["late_result"] and dose_now(unit), "the late result")
    assert (dose["state"], dose["kind"], dose["late_result"]) == ("missed", "late", "taken")
    assert [row[:2] for row in unit.device.read()["taken"]] == [[1, 2]]
    assert audit(unit) == NOTHING_WRONG


def test_a_dose_that_was_presented_and_put_back_is_never_let_out_again(unit: Unit):
    """Nobody took it: locked again, and both centre and dispenser refuse to let it out a second time."""
    missed_dose(unit)
    counter = let_out_late(unit, SHORT_MINUTES)
    unit.device.press()
    unit.event("DosePresented", 1)
    unit.event("LateRelease", 1, counter=counter, result=LATE_RETURNED)
    unit.sees(position=0)
    with pytest.raises(Refusal, match="never will be again"):
        let_out_late(unit)
    with on_the_cable(unit.town) as rogue:  # with the centre's own hand, past its desk
        rogue.command(centres_pen(unit).command(release(unit, fresh(unit))))
        assert rogue.answer(CommandRefused).reason == errors.ALREADY_RELEASED
    facts = unit.device.read_at_rest()
    assert (facts["pills"], facts["taken"]) == ({"1": 2}, [])
    assert unit.told(1).count("ReleaseIntended") == 1
    assert audit(unit) == NOTHING_WRONG


def test_a_forged_or_repeated_release_moves_nothing(unit: Unit):
    """A stranger's release, one under the centre's name, an old number: each refused as itself, and no motion."""
    missed_dose(unit)
    before = unit.device.read_at_rest()
    centre = centres_pen(unit)
    with on_the_cable(unit.town) as rogue:
        for cose, code in (
            (Pen().command(release(unit, fresh(unit))), errors.UNKNOWN_KEY),
            (Pen().command(release(unit, fresh(unit)), kid=centre.id), errors.BAD_SIGNATURE),
            (centre.command(release(unit, 1)), errors.OLD_COUNTER),
        ):
            rogue.command(cose)
            assert rogue.answer(CommandRefused).reason == code
    unit.device.press()
    unit.event("CommandRefused", reason=errors.OLD_COUNTER)
    unit.event("PressRefused")
    after = unit.device.read_at_rest()
    assert (after["moves"], after["pills"], after["taken"]) == (before["moves"], {"1": 2}, [])
    assert "ReleaseIntended" not in unit.told(1) and "Authorised" not in unit.told()
    assert audit(unit) == NOTHING_WRONG


def test_a_pause_withholds_and_going_on_offers_the_next_dose(unit: Unit):
    """Paused over one dose: withheld and no alarm.  Resumed: the next dose is offered and taken as ever."""
    unit.load(count=2, window_s=2 * WINDOW_S)
    unit.post("pause", {"reason": "hospital"})
    unit.event("Paused")
    unit.shows("Paused")
    unit.device.press()
    unit.event("DoseWithheld", 1, cause=CAUSE_PAUSED)
    unit.post("resume", {"from_s": unit.doses[1]["due_s"]})
    unit.event("Resumed", from_s=unit.doses[1]["due_s"])
    unit.shows("Time for medicine")
    unit.press_and_take(2)
    unit.event("DoseTaken", 2)
    assert "ReleaseIntended" not in unit.told(1)
    assert [row[:2] for row in unit.device.read()["taken"]] == [[2, 2]]
    assert unit.troubles() == []
    assert audit(unit) == NOTHING_WRONG


def centres_pen(unit: Unit) -> Pen:
    """Signs as this town's centre."""
    return Pen(load_key(unit.town.keys.centre_signing_key))


def fresh(unit: Unit) -> int:
    """A counter that the dispenser has not seen."""
    return max(command["counter"] for command in unit.get("commands")) + 1


def release(unit: Unit, counter: int) -> bytes:
    """The payload of a late release of the first dose."""
    now_s = unit.town.now_s()
    body = AuthoriseRelease([bytes.fromhex(unit.dose_id(1))], RELEASE_LATE, now_s + 60 * OPEN_MINUTES)
    return Command(bytes.fromhex(unit.device_id), counter, now_s + GOOD_FOR_S, body).encode()
