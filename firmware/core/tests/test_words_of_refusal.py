"""What the log says of a refusal: which slot, which number, which time, so that nobody has to guess."""

import pytest

from firmware.core import dose as rules
from firmware.core.authorising import MAX_GRANT_S, check_authorise
from firmware.core.dose_words import Arrived, Faulted, HomeReached, IntentSaved, Tick
from firmware.core.ledger import Ledger
from firmware.core.ledger_snapshot import from_snapshot
from firmware.core.orders import check_order
from firmware.core.pause import check_pause, check_resume, to_cancel
from firmware.core.plan import check_load, to_schedule
from firmware.core.replan import activated
from firmware.core.schedule import Schedule, decode
from firmware.core.tests.bench import START_S, a_plan
from firmware.core.tests.test_authorising import FIRST, SECOND, a_ledger
from firmware.core.tests.test_dose_granted import a_dose
from firmware.core.tests.test_replan import ACTIVE, CLOSES_S, KEPT, OTHER, plan
from protocol.commands import ActivatePlan, AuthoriseRelease, Command
from protocol.dose_events import DoseDue, DoseMissed, DoseTaken, ReleaseIntended
from protocol.errors import MessageError, RuleError
from protocol.events import Paused
from protocol.load_plan import LoadPlan

DEVICE = bytes(8)
MISSED, TAKEN = DoseMissed(FIRST, 1, START_S), DoseTaken(FIRST, 1)
INTENT = ReleaseIntended(FIRST, 1)


def ordered(counter, not_after_s=START_S):
    order = Command(DEVICE, counter, not_after_s, ActivatePlan(bytes(16), 1))
    return lambda: check_order(order, DEVICE, 4, START_S + 60)


def loaded(refilling=False, now_s=START_S + 1):
    plan = LoadPlan(bytes(16), 1, 1, a_plan(2).doses, [(0, 0)], None, "nb", ())
    return lambda: check_load(plan, now_s, refilling=refilling)


def replanned(stored, *bodies, now_s=START_S - 600, order=None):
    order = order or ActivatePlan(stored.plan_id, stored.version)
    return lambda: activated(order, stored, ACTIVE, a_ledger(*bodies), now_s)


def authorised(kind, *bodies, now_s=START_S - 600, for_s=60, ids=(FIRST,), flags=0):
    schedule = to_schedule(a_plan(2, flags=flags, late_s=5400))
    order = AuthoriseRelease(ids, kind, now_s + for_s)
    return lambda: check_authorise(order, schedule, a_ledger(*bodies), now_s)


CASES = [
    (ordered(3, START_S + 99), "3 after 4"),
    (ordered(5), "60 s ago"),
    (loaded(refilling=True), "a refill is going on"),
    (loaded(), f"slot 1 was due at {START_S}"),
    (replanned(KEPT, order=ActivatePlan(OTHER, 1)), OTHER.hex()),
    (replanned(plan((1, 1, 0, 0), version=1)), "1 is in force"),
    (replanned(plan((3, 3, -7200, 0)), now_s=START_S), f"slot 3 closed at {CLOSES_S - 7200}"),
    (replanned(KEPT, INTENT), "a dose is in hand"),
    (replanned(plan((2, 2, 7200, 0)), DoseDue(FIRST, 1), now_s=START_S), "slot 1 is due"),
    (replanned(plan((1, 3, 0, 0))), "slot 1 has moved to 3"),
    (replanned(plan((5, 1, 7200, 0)), MISSED), "slot 1"),
    (replanned(plan((5, 3, 3600, 600)), MISSED), f"slot 3 opens before {CLOSES_S}"),
    (replanned(plan((9, 3, 9000, 0)), DoseTaken(b"\t" * 16, 3)), "slot 3 had its outcome in an earlier plan"),
    (authorised(1, Paused(1, 1)), "paused"),
    (authorised(1, for_s=0), f"until {START_S - 600}"),
    (authorised(1, for_s=MAX_GRANT_S + 1), f"for more than {MAX_GRANT_S} s"),
    (authorised(1, ids=(OTHER,)), OTHER.hex()),
    (authorised(1, TAKEN), "slot 1"),
    (authorised(1, MISSED), "slot 1 has ended, is kept back, or lies elsewhere"),
    (authorised(1, now_s=CLOSES_S), "slot 1"),
    (authorised(3), "slot 1 is the patient's own"),
    (authorised(3, flags=4, for_s=5000), "slot 1 closes before"),
    (authorised(2), "slot 1 was not missed"),
    (authorised(2, MISSED, now_s=START_S + 5400), "slot 1"),
    (authorised(2, MISSED, now_s=START_S), "slot 1"),
    (lambda: check_pause(a_ledger(INTENT)), "a dose is in hand"),
    (lambda: check_resume(START_S, Ledger(), START_S, True), "not paused"),
    (lambda: check_resume(START_S, a_ledger(Paused(1, 1)), 1, True), f"from {START_S}"),
    (lambda: to_cancel(OTHER, ACTIVE, Ledger()), OTHER.hex()),
    (lambda: to_cancel(FIRST, ACTIVE, a_ledger(INTENT)), "slot 1 is in hand"),
    (lambda: to_cancel(FIRST, ACTIVE, a_ledger(MISSED)), "slot 1 has ended"),
    (lambda: from_snapshot(b"\x80"), "no ledger snapshot"),
    (lambda: decode(b"\x80"), "no schedule"),
    (lambda: Schedule(bytes(16), 1, "nb", b"x", [], [], []), "doses"),
]


@pytest.mark.parametrize(("refused", "words"), CASES)
def test_a_refusal_names_what_it_is_about(refused, words):
    """The log says which slot, number or time it was; never a person, never a medicine."""
    with pytest.raises(MessageError) as caught:
        refused()
    assert caught.value.detail == words


def step(phase, event, now_s=START_S):
    return lambda: rules.step(a_dose(phase), event, now_s)


BUGS = [
    (step(rules.DUE, Tick(0, 4), None), "no dose moves while the clock is unset"),
    (step(rules.DUE, object()), "a dose knows no object"),
    (step(rules.DUE, IntentSaved()), "phase 1 cannot see IntentSaved"),
    (step(rules.DUE, Arrived()), "phase 1 cannot see Arrived"),
    (step(rules.SAVING, Faulted(None, "stall")), "phase 2 cannot see Faulted"),
    (step(rules.PRESENTED, HomeReached(True, True)), "phase 4 cannot see HomeReached"),
    (lambda: a_ledger(INTENT).check(ReleaseIntended(SECOND, 2)), "phase 0 allows no ReleaseIntended"),
    (lambda: a_ledger(TAKEN).check(DoseDue(FIRST, 1)), "phase 6 allows no DoseDue"),
]


@pytest.mark.parametrize(("broken", "words"), BUGS)
def test_a_broken_rule_of_ours_names_phase_and_event(broken, words):
    """Whoever reads the log after such a stop knows where to look."""
    with pytest.raises(RuleError) as caught:
        broken()
    assert caught.value.detail == words
