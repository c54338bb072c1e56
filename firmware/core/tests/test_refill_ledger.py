"""What the journal proves about a refill: who fills, whether it is finished, how often somebody tried in vain."""

import pytest

from firmware.core.ledger import Ledger
from firmware.core.ledger_snapshot import FIELDS, from_snapshot, to_snapshot
from firmware.core.tests.bench import START_S
from firmware.core.tests.rolls import after, name
from protocol import cbor
from protocol.device_events import PlanActivated
from protocol.dose_events import DoseDue, ReleaseIntended
from protocol.errors import MessageError, RuleError
from protocol.refill_events import (
    CredentialRefused,
    CredentialsLocked,
    RefillAborted,
    RefillRefused,
    RefillSealed,
    RefillStarted,
)
from protocol.roll_events import ChamberEmptied, PouchesRetained, RollConfirmed

WHO = b"12345678", 1
BEGUN = RefillStarted(*WHO)
PLAN_ID = b"p" * 16


def sealed(way: int = 2) -> RefillSealed:
    return RefillSealed(*WHO, way, PLAN_ID, 1, 0, 7, (), START_S, START_S + 60, b"\5\5\5")


def stopped(touched: bool) -> RefillAborted:
    return RefillAborted(*WHO, 1, touched)


def test_a_refill_goes_on_until_it_is_sealed_or_given_up():
    """The credential and its role are known meanwhile, also after a power cut."""
    assert after(BEGUN).refill == WHO
    assert after(BEGUN, sealed()).refill is None
    assert after(BEGUN, stopped(False)).refill is None


def test_what_was_touched_and_not_finished_needs_a_refill():
    """Given up with open compartments nothing comes out until another plan is in force; untouched, all is as before."""
    assert after(BEGUN, stopped(True)).needs_refill
    assert not after(BEGUN, stopped(False)).needs_refill
    assert after(BEGUN, stopped(True), BEGUN, stopped(False)).needs_refill
    assert not after(BEGUN, stopped(True), PlanActivated(PLAN_ID, 1, 3)).needs_refill


def test_between_seal_and_new_plan_nothing_comes_out_by_the_old_one():
    """What lies in the device is the new plan's already."""
    assert after(BEGUN, sealed()).needs_refill
    assert not after(BEGUN, sealed(), PlanActivated(PLAN_ID, 1, 3)).needs_refill


@pytest.mark.parametrize("before", [(BEGUN,), (BEGUN, stopped(True)), (BEGUN, sealed())])
def test_the_journal_takes_no_release_during_a_refill(before):
    """Even if a decision were wrong: the intent is refused before it is written."""
    ledger = after(*before)
    with pytest.raises(RuleError):
        ledger.check(ReleaseIntended(name(1), 1))
    ledger.check(DoseDue(name(1), 1))


def test_a_new_roll_lies_with_its_first_pouch_at_the_line():
    """Whatever was in doubt is over: the roll is another, and it was fed before the eyes of who loaded it."""
    assert after(BEGUN, stopped(True)).roll == (1, 2, 0, 0)
    assert after(PouchesRetained(5, 1, 3), BEGUN, sealed(way=3)).roll == (1, 0, 3, 0)
    assert after(PouchesRetained(5, 1, 3), BEGUN, sealed(way=2)).roll == (6, 0, 3, 0)
    assert after(PouchesRetained(5, 1, 3), ChamberEmptied(3)).roll == (6, 0, 0, 0)


def test_wrong_tries_are_counted_until_the_right_one_or_the_lock():
    """Also over a power cut: it is all in the journal."""
    assert after(CredentialRefused(4), CredentialRefused(3)).tries == 2
    assert after(CredentialRefused(4), BEGUN).tries == 0
    locked = after(CredentialRefused(0), CredentialsLocked(900))
    assert (locked.tries, locked.locked_s) == (0, START_S)
    assert after(CredentialRefused(0), CredentialsLocked(900), BEGUN).locked_s == 0


def test_a_lock_without_a_clock_is_a_lock():
    """Since the newest time that was known, or since the beginning of time: never since none."""
    assert after(CredentialsLocked(900), utc_s=0).locked_s == 1
    known = after(DoseDue(name(1), 1))
    assert after(CredentialsLocked(900), ledger=known, utc_s=0).locked_s == START_S


def test_what_was_brought_in_vain_changes_nothing():
    """A refusal in words is told, and that is all."""
    assert vars(after(RefillRefused(WHO[0], 2)))["refill"] is None


def test_a_snapshot_keeps_all_of_it():
    """What stands for trimmed events says the same as they did."""
    ledger = after(CredentialRefused(4), PouchesRetained(5, 1, 3), RollConfirmed(9, 4), BEGUN)
    again = from_snapshot(to_snapshot(ledger))
    assert vars(again) == vars(ledger)
    assert (again.refill, again.roll) == (WHO, (4, 0, 3, 4))
    torn = after(BEGUN, stopped(True), CredentialRefused(4), CredentialsLocked(900))
    assert vars(from_snapshot(to_snapshot(torn))) == vars(torn)


def test_a_snapshot_of_the_form_before_is_read():
    """Those boards had no refill and no roll; their doses, alarms and counters go on."""
    ledger = after(DoseDue(name(1), 1), PlanActivated(PLAN_ID, 3, 1))
    saved = cbor.decode(to_snapshot(ledger))
    old = [2, saved[1][: len(FIELDS)], *saved[2:7]]
    assert vars(from_snapshot(cbor.encode(old))) == vars(ledger)


@pytest.mark.parametrize("change", [lambda s: s[:8], lambda s: [*s[:8], [1, 0, 0]], lambda s: [4, *s[1:]]])
def test_a_snapshot_with_something_missing_is_none(change):
    """A guess could give a dose twice."""
    with pytest.raises(MessageError):
        from_snapshot(cbor.encode(change(cbor.decode(to_snapshot(Ledger())))))
