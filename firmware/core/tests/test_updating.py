"""An update keeps away from doses, alarms and fillings."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.core.dose_words import Dose
from firmware.core.grant import Grant
from firmware.core.ledger import Ledger
from firmware.core.phases import DUE, PLANNED, PRESENTED, SAVING, TAKEN, UNCERTAIN, finished
from firmware.core.tests.examples import examples
from firmware.core.updating import APART_S, blocks_needed, is_near, why_not_now
from protocol.dose_events import RELEASE_EARLY
from protocol.errors import CLOCK_UNSET, NO_CODE, NOT_NOW, WRONG_STATE

DUE_S = 1_795_420_800
PHASES = st.integers(PLANNED, UNCERTAIN)
TIMES = st.integers(DUE_S - 4 * 3600, DUE_S + 6 * 3600)


def a_dose(phase=PLANNED, early_s=1800, window_s=3600, due_s=DUE_S):
    closes_s = due_s + window_s
    return Dose(bytes(16), 3, due_s - early_s, due_s, closes_s, closes_s, phase=phase)


def code(ledger=None, doses=(), now_s=DUE_S, owned=True):
    return why_not_now(doses, ledger or Ledger(), now_s, owned)


@examples(200)
@given(st.lists(TIMES, max_size=6), TIMES)
def test_no_update_within_half_an_hour_of_any_dose(due_times, now_s):
    """Whatever the plan: allowed means that no dose is due within half an hour, before or after, given or not."""
    plan = [a_dose(phase=TAKEN if due_s % 2 else PLANNED, due_s=due_s) for due_s in sorted(due_times)]
    if code(doses=plan, now_s=now_s) == NO_CODE:
        assert all(abs(now_s - due_s) >= 1800 for due_s in due_times)


@examples(200)
@given(PHASES, st.integers(0, 7200), st.integers(60, 14400), TIMES)
def test_no_update_while_a_dose_may_be_had(phase, early_s, window_s, now_s):
    """While the patient may have a dose, and half an hour before that begins, nothing is updated."""
    dose = a_dose(phase, early_s, window_s)
    may_be_had = not finished(phase) and dose.opens_s <= now_s < dose.closes_s
    if may_be_had or phase in (SAVING, PRESENTED):
        assert code(doses=[dose], now_s=now_s) == NOT_NOW


def test_an_update_is_possible_between_doses():
    """Half an hour and a second away from everything it is allowed: a home with four doses a day gets its update."""
    assert code(doses=[a_dose(TAKEN)], now_s=DUE_S + APART_S) == NO_CODE
    assert code(doses=[a_dose(TAKEN)], now_s=DUE_S + APART_S - 1) == NOT_NOW
    assert code(doses=[a_dose(early_s=0)], now_s=DUE_S - APART_S) == NO_CODE
    assert code(doses=[a_dose(early_s=0)], now_s=DUE_S - APART_S + 1) == NOT_NOW
    assert not is_near(a_dose(early_s=600), DUE_S - 600 - APART_S)
    assert is_near(a_dose(early_s=600), DUE_S - 600 - APART_S + 1)
    assert is_near(a_dose(DUE, window_s=7200), DUE_S + 7199) and not is_near(a_dose(DUE), DUE_S + 3600)


def test_a_dose_in_hand_an_alarm_or_a_filling_comes_first():
    """With a dose in hand, an open alarm or a half-done filling a device takes no update, however far its doses."""
    for name, value, expected in (
        ("hand", (bytes(16), 3, 0, 0), NOT_NOW),
        ("alarms", ((121, "encoder"),), WRONG_STATE),
        ("refill", (bytes(8), 1), WRONG_STATE),
        ("needs_refill", True, WRONG_STATE),
    ):
        ledger = Ledger()
        ledger.plan_id = bytes(16)
        setattr(ledger, name, value)
        assert code(ledger) == expected
        assert code(ledger, owned=False) == NO_CODE


def test_a_dose_that_somebody_has_allowed_comes_before_an_update():
    """A nurse has let the patient have a later dose now: no update until that is over."""
    ledger, dose = Ledger(), a_dose(due_s=DUE_S + 6 * 3600)
    ledger.grant = Grant(7, RELEASE_EARLY, DUE_S + 600, 1 << 2)
    assert code(ledger, [dose]) == NOT_NOW
    assert code(ledger, [dose], now_s=DUE_S + 600) == NO_CODE


def test_an_alarm_of_a_device_without_a_plan_is_no_hindrance():
    """A device that has an owner and no plan yet rings for its clock, and takes a new version all the same."""
    ledger = Ledger()
    ledger.alarms = ((105, "clock not set"),)
    assert code(ledger, now_s=None) == NO_CODE


def test_a_device_that_knows_no_time_judges_no_dose():
    """With a plan and no clock nobody knows how near the next dose is: no update."""
    assert code(doses=[a_dose()], now_s=None) == CLOCK_UNSET
    assert code(doses=[], now_s=None) == NO_CODE


@given(st.integers(1, 500 * 1024))
def test_room_is_counted_with_what_the_file_system_needs(pack_bytes):
    """A version is promised room for all its bytes and for what littlefs adds, and never more than 5 % and 8 blocks."""
    blocks = blocks_needed(pack_bytes, 4096)
    assert pack_bytes <= (blocks - 5) * 4096
    assert blocks <= pack_bytes * 1.05 / 4096 + 8
