"""Hospital, holiday, one dose fewer: what a pause keeps back, when it may end, and what can be cancelled."""

import pytest

from firmware.core.pause import MAX_SKIP_S, check_pause, check_resume, to_cancel
from firmware.core.plan import to_schedule
from firmware.core.tests.bench import START_S, WINDOW_S, Bench, a_plan
from firmware.core.tests.test_authorising import FIRST, a_ledger
from protocol import errors
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_LID_OPEN,
    CAUSE_PAUSED,
    RELEASE_LATE,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseWithheld,
    PreAlarm,
    PressRefused,
    ReleaseIntended,
    ReminderRaised,
)
from protocol.errors import MessageError
from protocol.events import Paused, Resumed

HOSPITAL = 1
PAUSED = a_ledger(Paused(3, HOSPITAL))


def refusal(check, *arguments) -> int:
    with pytest.raises(MessageError) as caught:
        check(*arguments)
    return caught.value.code


def test_no_pause_while_a_dose_is_in_hand():
    """First the dose that lies open comes to its end."""
    assert refusal(check_pause, a_ledger(ReleaseIntended(FIRST, 1))) == errors.NOT_NOW
    assert refusal(check_pause, a_ledger(DosePresented(FIRST, 1))) == errors.NOT_NOW
    check_pause(a_ledger())
    check_pause(PAUSED)


@pytest.mark.parametrize(
    ("ledger", "from_s", "now_s", "ready", "code"),
    [
        (a_ledger(), START_S, START_S, True, errors.WRONG_STATE),
        (PAUSED, START_S, None, True, errors.NOT_READY),
        (PAUSED, START_S, START_S, False, errors.NOT_READY),
        (PAUSED, START_S + MAX_SKIP_S + 1, START_S, True, errors.OUT_OF_BOUNDS),
    ],
)
def test_a_pause_ends_only_when_the_unit_is_sure_of_itself(ledger, from_s, now_s, ready, code):
    """Not paused, no trusted time, mechanism not proven, or a date that must be a slip: refused."""
    assert refusal(check_resume, from_s, ledger, now_s, ready) == code


def test_a_pause_may_end_at_once_or_up_to_a_month_ahead():
    """Also with doses that are past already."""
    check_resume(START_S - 86400, PAUSED, START_S, True)
    check_resume(START_S + MAX_SKIP_S, PAUSED, START_S, True)
    assert MAX_SKIP_S == 31 * 86400


def test_while_paused_nothing_calls_or_opens_and_each_dose_is_withheld():
    """In hospital for a day: no light, no reminder, no release, one line for each dose."""
    bench = Bench(a_plan(3))
    bench.do(("pause", HOSPITAL))
    for _ in range(16):
        bench.do(("wait", 1800))
        bench.do(("press",))
    assert bench.turns == {}
    assert [body.cause for body in bench.told(DoseWithheld)] == [CAUSE_PAUSED] * 3
    assert {body.cause for body in bench.told(PressRefused)} == {CAUSE_PAUSED}
    assert not bench.told(DoseDue, ReminderRaised, PreAlarm, DoseMissed)


def test_a_dose_is_withheld_by_the_pause_when_its_window_closes_and_not_before():
    """Whoever comes home in time can still have it."""
    bench = Bench(a_plan(1))
    bench.do(("pause", HOSPITAL))
    bench.do(("wait", 60 + WINDOW_S - 1))
    assert not bench.told(DoseWithheld)
    bench.do(("resume", START_S))
    assert bench.told(DoseDue) == [DoseDue(FIRST, 1)]
    bench.do(("press",))
    assert bench.told(ReleaseIntended) == [ReleaseIntended(FIRST, 1)]


def test_a_pause_that_comes_while_a_dose_is_due_keeps_it_back():
    """Called, then paused: it cannot be had, and it is not called missed."""
    bench = Bench(a_plan(1))
    bench.do(("wait", 120))
    bench.do(("pause", HOSPITAL))
    bench.do(("press",))
    bench.do(("wait", WINDOW_S))
    assert [body.cause for body in bench.told(DoseWithheld)] == [CAUSE_PAUSED]
    assert [body.cause for body in bench.told(PressRefused)] == [CAUSE_PAUSED]


def test_resume_passes_over_the_doses_before_its_moment():
    """The hospital has given the first two: they are withheld in silence, the third is offered."""
    bench = Bench(a_plan(3))
    bench.do(("pause", HOSPITAL))
    bench.do(("resume", START_S + 7201))
    bench.do(("wait", 120))
    bench.do(("press",))
    for _ in range(6):
        bench.do(("wait", 3600))
    assert [(body.slot, body.cause) for body in bench.told(DoseWithheld)] == [
        (1, CAUSE_PAUSED),
        (2, CAUSE_PAUSED),
    ]
    assert [body.slot for body in bench.told(DoseDue)] == [3]
    assert [body.cause for body in bench.told(PressRefused)] == [CAUSE_PAUSED]


def test_a_dose_due_at_the_very_moment_of_resume_is_offered():
    """From this dose on."""
    bench = Bench(a_plan(1))
    bench.do(("pause", HOSPITAL))
    bench.do(("resume", START_S))
    bench.do(("wait", 60))
    assert [body.slot for body in bench.told(DoseDue)] == [1]


def test_a_pause_survives_a_power_cut():
    """Paused is in the journal, and so is the moment from which it goes on."""
    bench = Bench(a_plan(3))
    bench.do(("pause", HOSPITAL))
    bench.do(("cut",))
    bench.do(("wait", 120))
    assert bench.ledger.paused and not bench.told(DoseDue)
    bench.do(("resume", START_S + 7200))
    bench.do(("cut",))
    assert (bench.ledger.paused, bench.ledger.skip_before_s) == (False, START_S + 7200)
    assert bench.told(Resumed) == [Resumed(2, START_S + 7200)]


def test_a_dose_that_a_pause_withheld_may_come_late_if_somebody_authorises_it():
    """Home again after the window: a person decides."""
    bench = Bench(a_plan(1, late_s=2 * WINDOW_S))
    bench.do(("pause", HOSPITAL))
    bench.do(("wait", 120))
    bench.do(("wait", WINDOW_S))
    bench.do(("resume", bench.now_s))
    bench.do(("authorise", (RELEASE_LATE, (1,), 600)))
    bench.do(("press",))
    assert bench.told(ReleaseIntended) == [ReleaseIntended(FIRST, 1, RELEASE_LATE, 3)]


SCHEDULE = to_schedule(a_plan())


def test_a_dose_that_is_ahead_or_due_can_be_cancelled():
    """It is withheld at once and stays locked."""
    assert to_cancel(FIRST, SCHEDULE, a_ledger()).slot == 1
    assert to_cancel(FIRST, SCHEDULE, a_ledger(DoseDue(FIRST, 1))).slot == 1
    bench = Bench(a_plan(1))
    bench.do(("wait", 120))
    bench.do(("cancel", 1))
    bench.do(("press",))
    bench.do(("wait", WINDOW_S))
    assert bench.told(DoseWithheld) == [DoseWithheld(FIRST, 1, CAUSE_CANCELLED)]
    assert bench.turns == {} and not bench.told(DoseMissed)


@pytest.mark.parametrize(
    ("dose_id", "schedule", "ledger", "code"),
    [
        (b"?" * 16, SCHEDULE, a_ledger(), errors.NO_SUCH_DOSE),
        (FIRST, None, a_ledger(), errors.NO_SUCH_DOSE),
        (FIRST, SCHEDULE, a_ledger(ReleaseIntended(FIRST, 1)), errors.NOT_NOW),
        (FIRST, SCHEDULE, a_ledger(DoseMissed(FIRST, 1, START_S)), errors.WRONG_STATE),
        (
            FIRST,
            SCHEDULE,
            a_ledger(DoseMissed(FIRST, 1, START_S), ReleaseIntended(FIRST, 1, 2, 9)),
            errors.NOT_NOW,
        ),
        (FIRST, SCHEDULE, a_ledger(DoseWithheld(FIRST, 1, CAUSE_CANCELLED)), errors.WRONG_STATE),
        (
            FIRST,
            SCHEDULE,
            a_ledger(ReleaseIntended(FIRST, 1), DosePresented(FIRST, 1), DoseTaken(FIRST, 1)),
            errors.WRONG_STATE,
        ),
    ],
)
def test_what_cannot_be_cancelled_is_refused_with_its_own_code(dose_id, schedule, ledger, code):
    """Unknown, in hand, or ended."""
    assert refusal(to_cancel, dose_id, schedule, ledger) == code


def test_another_dose_can_be_cancelled_while_one_is_in_hand():
    """Only the one in hand has to wait."""
    assert to_cancel(b"\x02" * 16, SCHEDULE, a_ledger(ReleaseIntended(FIRST, 1))).slot == 2


def test_a_cancel_that_a_power_cut_interrupted_is_done_once():
    """The dose is withheld already: the order is answered as done.  Asked anew it is refused."""
    cancelled = a_ledger(DoseWithheld(FIRST, 1, CAUSE_CANCELLED))
    assert to_cancel(FIRST, SCHEDULE, cancelled, True) is None
    assert to_cancel(FIRST, SCHEDULE, a_ledger(), True).slot == 1
    withheld = a_ledger(DoseWithheld(FIRST, 1, CAUSE_LID_OPEN))
    assert refusal(to_cancel, FIRST, SCHEDULE, withheld, True) == errors.WRONG_STATE
