"""What the journal proves, what survives its trimming, and which plan may come into force."""

import pytest
from hypothesis import given

from firmware.core.agenda import doubtful, next_change_s, shown
from firmware.core.ledger import Ledger
from firmware.core.ledger_snapshot import from_snapshot, to_snapshot
from firmware.core.orders import check_order
from firmware.core.phases import PRESENTED
from firmware.core.plan import check_load, to_schedule
from firmware.core.reminder import next_change_s as reminder_change_s
from firmware.core.replan import activated
from firmware.core.schedule import decode, is_quiet, local_minute
from firmware.core.tests.bench import START_S, Bench, a_plan
from firmware.core.tests.examples import examples
from firmware.core.tests.rolls import a_roll
from firmware.core.tests.test_dose_histories import HISTORIES
from firmware.core.vigil import Vigil
from protocol import errors
from protocol.commands import ActivatePlan, Command, SetClock
from protocol.errors import MessageError
from protocol.events import DoseDue, DosePresented, DoseWithheld, ReleaseIntended
from protocol.load_plan import MEDIUM_ROLL, LoadPlan

DEVICE = bytes(8)
ORDER = ActivatePlan(bytes(16), 1)


def same(a: Ledger, b: Ledger) -> bool:
    return to_snapshot(a) == to_snapshot(b)


@examples(100)
@given(HISTORIES)
def test_a_trimmed_journal_and_its_snapshot_prove_the_same_as_the_whole(moves):
    """Wherever the journal is cut by a receipt, the unit still knows every dose exactly as before."""
    bench = Bench(a_plan())
    for move in moves:
        bench.do(move)
    for cut in range(len(bench.journal) + 1):
        ledger = Ledger()
        for seq, (utc_s, body) in enumerate(bench.journal, 1):
            if seq == cut + 1:
                ledger = from_snapshot(to_snapshot(ledger))
            ledger.apply(seq, bytes(16), 1, utc_s, body)
        whole = bench.ledger
        whole.boot = ledger.boot
        assert same(ledger, whole)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x83\x80\x80\x81\x01", b"\x83\x01\x80\x80"])
def test_a_snapshot_that_is_none_is_refused(data):
    """Bytes that are no snapshot are an error, not an empty memory."""
    with pytest.raises(MessageError) as caught:
        from_snapshot(data)
    assert caught.value.code == errors.BAD_BYTES


def test_a_ledger_forgets_ended_doses_of_old_plans_but_for_the_newest():
    """However often a plan is replaced, memory stays small: 28 old names, and all that the plan in force needs."""
    ledger, kept = Ledger(), bytes(16)
    for n in range(40):
        ledger.apply(n + 1, bytes(16), 1, START_S + n, DoseWithheld(bytes([n] * 16), 1, 7))
    ledger.apply(41, bytes(16), 1, START_S, DoseDue(b"d" * 16, 1))
    ledger.forget([kept])
    assert sorted(ledger.doses) == sorted([kept, b"d" * 16] + [bytes([n] * 16) for n in range(12, 40)])


def refusal(check, *arguments) -> int:
    with pytest.raises(MessageError) as caught:
        check(*arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("device_id", "counter", "now_s", "code"),
    [
        (b"8" * 8, 5, START_S, errors.WRONG_DEVICE),
        (DEVICE, 4, START_S, errors.OLD_COUNTER),
        (DEVICE, 3, START_S, errors.OLD_COUNTER),
        (DEVICE, 5, START_S + 61, errors.EXPIRED),
    ],
)
def test_a_command_for_another_device_replayed_or_late_is_refused(device_id, counter, now_s, code):
    """Each refusal has its own code."""
    order = Command(device_id, counter, START_S + 60, ORDER)
    assert refusal(check_order, order, DEVICE, 4, now_s) == code


def test_a_new_command_in_time_is_taken_and_the_clock_is_set_in_any_case():
    """Next counter, in time: no refusal.  A wrong own clock cannot keep the right time out."""
    check_order(Command(DEVICE, 5, START_S + 60, ORDER), DEVICE, 4, START_S + 60)
    check_order(Command(DEVICE, 5, START_S + 60, ORDER), DEVICE, 4, None)
    check_order(Command(DEVICE, 5, START_S, SetClock(bytes(8), START_S)), DEVICE, 4, START_S + 10**6)


def test_a_plan_with_a_dose_in_the_past_or_for_another_medium_is_not_kept():
    """What cannot be dosed is refused when it comes, not when it is due."""
    assert refusal(check_load, a_plan(), START_S + 1) == errors.DOSE_IN_THE_PAST
    assert refusal(check_load, a_roll(), START_S) == errors.WRONG_MEDIUM
    assert refusal(check_load, a_plan(), START_S, None, MEDIUM_ROLL) == errors.WRONG_MEDIUM
    check_load(a_roll(), START_S, None, MEDIUM_ROLL)
    check_load(a_plan(), START_S)
    check_load(a_plan(), None)


@pytest.mark.parametrize(
    ("order", "stored", "now_s", "code"),
    [
        (ORDER, None, START_S, errors.NO_SUCH_PLAN),
        (ActivatePlan(bytes(16), 2), a_plan(), START_S, errors.NO_SUCH_PLAN),
        (ActivatePlan(b"x" * 16, 1), a_plan(), START_S, errors.NO_SUCH_PLAN),
        (ORDER, a_plan(), None, errors.CLOCK_UNSET),
        (ORDER, a_plan(), START_S + 3600, errors.DOSE_IN_THE_PAST),
    ],
)
def test_a_plan_comes_into_force_only_if_it_is_here_and_ahead(order, stored, now_s, code):
    """Another plan, another version, no clock, a closed window: refused with its own code."""
    assert refusal(activated, order, stored, None, Ledger(), now_s) == code


def test_a_dose_that_fell_due_since_the_plan_was_sent_does_not_refuse_it():
    """Inside the first window the plan may still be confirmed."""
    activated(ORDER, a_plan(), None, Ledger(), START_S + 3599)


def test_no_plan_change_while_a_dose_is_in_hand_or_on_offer():
    """In hand: refused.  On offer: refused unless the new plan keeps that dose in that slot."""
    plan, newer = a_plan(), a_plan(version=2)
    other = LoadPlan(b"o" * 16, 1, 1, a_plan().doses[1:], [(0, 0)], None, "nb", ())
    active, first = to_schedule(plan), plan.doses[0].dose_id
    ledger = Ledger()
    ledger.apply(1, bytes(16), 1, START_S, DoseDue(first, 1))
    assert refusal(activated, ActivatePlan(b"o" * 16, 1), other, active, ledger, START_S) == errors.NOT_NOW
    activated(ActivatePlan(bytes(16), 2), newer, active, ledger, START_S)
    ledger.apply(2, bytes(16), 1, START_S, ReleaseIntended(first, 1))
    ledger.apply(3, bytes(16), 1, START_S, DosePresented(first, 1))
    assert refusal(activated, ActivatePlan(bytes(16), 2), newer, active, ledger, START_S) == errors.NOT_NOW
    assert ledger.phase(first) == PRESENTED


def test_local_time_is_shown_by_the_plans_offsets_and_moves_no_dose():
    """Summer time ends: the shown hour changes, the due second does not."""
    offsets = [(0, 7200), (START_S + 100, 3600)]
    plan = to_schedule(LoadPlan(bytes(16), 1, 1, a_plan().doses, offsets, None, "nb", ()))
    assert local_minute(plan, START_S + 100) == local_minute(plan, START_S + 99) - 60
    assert shown(plan, Ledger(), None, 0).due_s == START_S
    assert local_minute(None, 3600) == 60


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21, False), (22, True), (0, True), (6, True), (7, False), (12, False)]
)
def test_quiet_hours_may_cross_midnight(hour, quiet):
    """Quiet from 22 to 07 is quiet at 0 and not at noon."""
    plan = to_schedule(LoadPlan(bytes(16), 1, 1, a_plan().doses, [(0, 0)], None, "nb", [(1320, 420)]))
    assert is_quiet(plan, 86400 * 20000 + 3600 * hour) == quiet
    assert not is_quiet(None, 0)


def next_of(bench: Bench) -> int | None:
    return next_change_s(bench.schedule, bench.ledger, bench.hand, bench.now_s)


def test_a_sleeping_unit_wakes_for_every_change_of_a_dose():
    """Sleeping from change to change finds the same reminders as looking every second."""
    marks, at_s = [], -1
    while at_s < 3600:
        at_s = reminder_change_s((), at_s, 3600)
        marks.append(at_s)
    assert marks == [0, 299, 900, 1800, 3600]
    bench = Bench(a_plan(1))
    assert next_of(bench) == START_S
    bench.do(("wait", 60))
    assert next_of(bench) == START_S + 299
    bench.do(("press", None))
    assert next_of(bench) == START_S + 3600
    bench.do(("beam", None))
    assert next_of(bench) is None


def test_the_watchdog_is_fed_only_while_every_task_is_alive():
    """One task that stops is named after its limit, however busy the others are."""
    vigil = Vigil({"link": 1000, "doses": 5000}, 0)
    vigil.beat("doses", 900)
    assert vigil.silent(1000) is None
    assert vigil.silent(1001) == "link"
    vigil.beat("link", 1001)
    assert vigil.silent(2001) is None


def test_lost_events_put_every_opened_dose_in_doubt():
    """When events are gone, a dose whose window has opened may have been given; a later one cannot."""
    schedule = to_schedule(a_plan(early_s=600))
    assert [dose.slot for dose in doubtful(schedule, Ledger(), START_S + 7200 - 600)] == [1, 2]
    assert doubtful(None, Ledger(), START_S) == []


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x87\x40\x01\x60\x40\x80\x80\x80", b"\x01"])
def test_a_plan_on_flash_that_is_none_is_refused(data):
    """Half a plan is no plan."""
    with pytest.raises(MessageError):
        decode(data)


def test_the_packed_plan_says_what_the_signed_plan_said():
    """Nothing about a dose changes on its way into the small form and back."""
    plan = a_plan(28, early_s=1200, flags=2)
    packed = decode(to_schedule(plan).encode())
    for index, dose in enumerate(plan.doses):
        small = packed.dose(index, Ledger())
        assert (small.dose_id, small.slot, small.due_s) == (dose.dose_id, dose.slot, dose.due_s)
        assert (small.opens_s, small.closes_s, small.message_only) == (dose.opens_s, dose.closes_s, True)
