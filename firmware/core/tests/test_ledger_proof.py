"""What the journal takes and what it never takes: one release and one end for each dose, one dose in hand."""

import pytest

from firmware.core.dose_words import DROPPED, LATE, RELEASED, WARNED
from firmware.core.ledger import REMEMBERED, Ledger
from firmware.core.ledger_snapshot import FORM, from_snapshot, to_snapshot
from firmware.core.phases import DUE, MISSED, PLANNED, PRESENTED, TAKEN, TURNING, WITHHELD
from firmware.core.tests.bench import START_S
from firmware.core.tests.test_authorising import FIRST, SECOND, a_ledger
from protocol import cbor
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_LID_OPEN,
    CAUSE_REPLACED,
    RELEASE_EARLY,
    RELEASE_LATE,
    AuthorisationEnded,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PreAlarm,
    PressRefused,
    ReleaseIntended,
    ReminderRaised,
)
from protocol.errors import MessageError, RuleError
from protocol.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    Authorised,
    ClockSet,
    CommandAccepted,
    CommandRefused,
    LidOpened,
    Paused,
    PlanActivated,
    Resumed,
)

INTENT, SHOWN, TAKEN_FIRST = ReleaseIntended(FIRST, 1), DosePresented(FIRST, 1), DoseTaken(FIRST, 1)
MISSED_FIRST, OPEN_LID = DoseMissed(FIRST, 1, START_S), DoseWithheld(FIRST, 1, CAUSE_LID_OPEN)
LATE_INTENT = ReleaseIntended(FIRST, 1, RELEASE_LATE, 7)
LATE_SHOWN, LATE_END = DosePresented(FIRST, 1, RELEASE_LATE), LateRelease(FIRST, 1, 7, 1)


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ((INTENT,), INTENT),
        ((INTENT, SHOWN), INTENT),
        ((INTENT, MISSED_FIRST), INTENT),
        ((INTENT,), ReleaseIntended(SECOND, 2)),
        ((SHOWN,), ReleaseIntended(SECOND, 2)),
        ((MISSED_FIRST,), INTENT),
        ((MISSED_FIRST,), ReleaseIntended(FIRST, 1, RELEASE_EARLY, 7)),
        ((), LATE_INTENT),
        ((DoseDue(FIRST, 1),), LATE_INTENT),
        ((INTENT, MISSED_FIRST), LATE_INTENT),
        ((DoseUncertain(FIRST, 1, 1),), LATE_INTENT),
        ((SHOWN, TAKEN_FIRST), LATE_INTENT),
        ((DoseWithheld(FIRST, 1, CAUSE_CANCELLED),), LATE_INTENT),
        ((DoseWithheld(FIRST, 1, CAUSE_REPLACED),), LATE_INTENT),
        ((MISSED_FIRST, LATE_INTENT), LATE_INTENT),
        ((MISSED_FIRST, LATE_INTENT, LATE_END), LATE_INTENT),
        ((MISSED_FIRST, LATE_INTENT, LATE_END), LATE_END),
        ((MISSED_FIRST, LATE_INTENT), LateRelease(SECOND, 2, 7, 1)),
        ((MISSED_FIRST,), LATE_END),
        ((INTENT,), LATE_END),
        ((INTENT, SHOWN), LATE_END),
        ((MISSED_FIRST,), LATE_SHOWN),
        ((INTENT,), LATE_SHOWN),
        ((MISSED_FIRST, LATE_INTENT), SHOWN),
        ((MISSED_FIRST, LATE_INTENT), MISSED_FIRST),
        ((MISSED_FIRST, LATE_INTENT, LATE_SHOWN), TAKEN_FIRST),
        ((MISSED_FIRST,), MISSED_FIRST),
        ((MISSED_FIRST,), OPEN_LID),
        ((MISSED_FIRST,), DoseDue(FIRST, 1)),
        ((MISSED_FIRST,), PreAlarm(FIRST, 1, START_S)),
        ((), TAKEN_FIRST),
        ((INTENT,), TAKEN_FIRST),
    ],
)
def test_the_journal_takes_no_second_release_and_no_second_end(before, body):
    """Even if a decision were wrong: the event is refused before it is written, and nothing turns."""
    ledger = a_ledger(*before)
    with pytest.raises(RuleError):
        ledger.check(body)


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ((), DoseDue(FIRST, 1)),
        ((DoseDue(FIRST, 1),), INTENT),
        ((), ReleaseIntended(FIRST, 1, RELEASE_EARLY, 7)),
        ((INTENT,), SHOWN),
        ((INTENT, SHOWN), TAKEN_FIRST),
        ((INTENT,), MISSED_FIRST),
        ((INTENT,), DoseDue(SECOND, 2)),
        ((INTENT, MISSED_FIRST), ReleaseIntended(SECOND, 2)),
        ((MISSED_FIRST,), LATE_INTENT),
        ((OPEN_LID,), LATE_INTENT),
        ((MISSED_FIRST, LATE_INTENT), LATE_SHOWN),
        ((MISSED_FIRST, LATE_INTENT), LATE_END),
        ((MISSED_FIRST, LATE_INTENT, LATE_SHOWN), LATE_END),
        ((MISSED_FIRST,), LidOpened()),
        ((MISSED_FIRST,), PressRefused(0)),
    ],
)
def test_the_journal_takes_what_follows_from_the_life_of_a_dose(before, body):
    """Each step after the one before it."""
    a_ledger(*before).check(body)


@pytest.mark.parametrize(
    ("bodies", "life"),
    [
        ((), (PLANNED, 0, 0, 0)),
        ((DoseDue(FIRST, 1),), (DUE, 1, 0, START_S)),
        ((DoseDue(FIRST, 1), ReminderRaised(FIRST, 1, 3)), (DUE, 3, 0, START_S)),
        ((DoseDue(FIRST, 1), ReminderRaised(FIRST, 1, 3), ReminderRaised(FIRST, 1, 2)), (DUE, 3, 0, START_S)),
        ((DoseDue(FIRST, 1), PreAlarm(FIRST, 1, START_S)), (DUE, 1, WARNED, START_S)),
        ((INTENT,), (TURNING, 0, RELEASED, START_S)),
        ((INTENT, SHOWN), (PRESENTED, 0, RELEASED, START_S)),
        ((INTENT, SHOWN, TAKEN_FIRST), (TAKEN, 0, RELEASED, START_S)),
        ((OPEN_LID,), (WITHHELD, 0, 0, START_S)),
        ((DoseWithheld(FIRST, 1, CAUSE_CANCELLED),), (WITHHELD, 0, DROPPED, START_S)),
        ((DoseWithheld(FIRST, 1, CAUSE_REPLACED),), (WITHHELD, 0, DROPPED, START_S)),
        ((MISSED_FIRST, LATE_INTENT, LATE_SHOWN, LATE_END), (MISSED, 0, RELEASED | LATE, START_S)),
    ],
)
def test_the_ledger_knows_how_far_a_dose_has_come(bodies, life):
    """Phase, reminder, marks: what a restart needs.  A late release changes no outcome."""
    assert a_ledger(*bodies).life(FIRST) == life


@pytest.mark.parametrize(
    ("bodies", "hand"),
    [
        ((INTENT,), (FIRST, 1, 0, 0)),
        ((ReleaseIntended(FIRST, 1, RELEASE_EARLY, 7),), (FIRST, 1, RELEASE_EARLY, 7)),
        ((SHOWN,), (FIRST, 1, 0, 0)),
        ((INTENT, SHOWN, TAKEN_FIRST), None),
        ((INTENT, OPEN_LID), None),
        ((INTENT, MISSED_FIRST), None),
        ((INTENT, DoseUncertain(FIRST, 1, 1)), None),
        ((INTENT, DoseMissed(SECOND, 2, START_S)), (FIRST, 1, 0, 0)),
        ((MISSED_FIRST, LATE_INTENT, LATE_SHOWN), (FIRST, 1, RELEASE_LATE, 7)),
        ((MISSED_FIRST, LATE_INTENT, LATE_END), None),
        ((ReleaseIntended(FIRST, 1, RELEASE_EARLY, 7), DosePresented(FIRST, 1, 1)), (FIRST, 1, 1, 7)),
    ],
)
def test_the_ledger_knows_what_is_in_hand(bodies, hand):
    """From the intent to the outcome, or to the word of a late release."""
    assert a_ledger(*bodies).hand == hand


def test_the_ledger_counts_what_an_authorisation_has_released():
    """Only the doses that name it; the end of it, a new plan or a newer one leaves none."""
    order = Authorised(7, RELEASE_EARLY, START_S, 0b11)
    ledger = a_ledger(order, ReleaseIntended(FIRST, 1, RELEASE_EARLY, 7), MISSED_FIRST)
    ledger.apply(9, bytes(16), 1, START_S, ReleaseIntended(SECOND, 2))
    grant = ledger.grant
    assert (grant.counter, grant.kind, grant.until_s, grant.slots, grant.released) == (7, 1, START_S, 3, 1)
    assert a_ledger(order, AuthorisationEnded(7, 1, 1, 0, 2)).grant is None
    assert a_ledger(order, PlanActivated(bytes(16), 2, 1)).grant is None
    assert a_ledger(order, Authorised(8, RELEASE_LATE, START_S, 1)).grant.counter == 8


def test_the_ledger_knows_pause_and_plan_and_the_last_command():
    """Which command was answered, and which has done its deed already."""
    ledger = a_ledger(Paused(3, 1), CommandAccepted(3, 21))
    assert (ledger.paused, ledger.skip_before_s, ledger.acted, ledger.answered) == (True, 0, 3, 3)
    ledger = a_ledger(Paused(3, 1), Resumed(4, 99), CommandRefused(9, 21, 1), CommandAccepted(5, 21))
    assert (ledger.paused, ledger.skip_before_s, ledger.acted, ledger.answered) == (False, 99, 4, 9)
    assert a_ledger(Authorised(7, 1, START_S, 1)).acted == 7
    assert a_ledger(AlarmAcknowledged(8, 112)).acted == 8
    ledger = a_ledger(PlanActivated(b"p" * 16, 2, 1))
    assert (ledger.plan_id, ledger.version) == (b"p" * 16, 2)


def test_an_alarm_ends_by_its_words_or_as_a_whole():
    """Two faults under one code: one may end alone."""
    two = AlarmRaised(105, "a"), AlarmRaised(105, "b")
    assert a_ledger(*two, AlarmRaised(105, "a")).alarms == ((105, "a"), (105, "b"))
    assert a_ledger(*two, AlarmCleared(105, "a")).alarms == ((105, "b"),)
    assert a_ledger(*two, AlarmRaised(112, ""), AlarmCleared(105)).alarms == ((112, ""),)


def test_an_alarm_that_a_person_has_seen_is_seen_until_it_comes_anew():
    """Acknowledged while it stands; another word under the same code, or its end, asks again."""
    seen = AlarmRaised(112, "3 days"), AlarmAcknowledged(8, 112)
    assert a_ledger(*seen, AlarmAcknowledged(9, 112)).acknowledged == (112,)
    assert a_ledger(*seen, AlarmRaised(112, "3 days")).acknowledged == (112,)
    assert a_ledger(*seen, AlarmRaised(112, "2 days")).acknowledged == ()
    assert a_ledger(*seen, AlarmRaised(117, "")).acknowledged == (112,)
    assert a_ledger(*seen, AlarmCleared(112)).acknowledged == ()


def test_the_newest_time_follows_the_clock_in_both_directions():
    """An event without a time says nothing; a step says where it went."""
    assert a_ledger(DoseDue(FIRST, 1)).latest_s == START_S
    assert a_ledger(ClockSet(START_S, START_S - 86400, 3)).latest_s == START_S - 86400
    ledger = a_ledger(DoseDue(FIRST, 1))
    ledger.apply(2, bytes(16), 1, 0, LidOpened())
    assert ledger.latest_s == START_S


def test_a_snapshot_holds_all_that_the_journal_proved():
    """Authorisation, dose in hand, pause, alarms: nothing is lost with the trimmed events."""
    ledger = a_ledger(
        MISSED_FIRST,
        Authorised(7, RELEASE_LATE, START_S + 60, 1),
        LATE_INTENT,
        AlarmRaised(112, "3 days"),
        AlarmAcknowledged(8, 112),
        Paused(9, 1),
        Resumed(10, 99),
    )
    again = from_snapshot(to_snapshot(ledger))
    assert vars(again.grant) == vars(ledger.grant)
    again.grant = ledger.grant
    assert vars(again) == vars(ledger)
    assert vars(from_snapshot(to_snapshot(Ledger()))) == vars(Ledger())


def test_a_snapshot_of_an_older_form_is_refused():
    """It does not say which doses were ever released: the unit counts its memory as lost."""
    saved = cbor.decode(to_snapshot(Ledger()))
    old = [[1, bytes(16), 1, b"", 0, 0, 0, 0], [], []]
    for spoilt in (old, [FORM - 1, *saved[1:]], [FORM + 1, *saved[1:]], [FORM, saved[1][:-1], *saved[2:]]):
        with pytest.raises(MessageError):
            from_snapshot(cbor.encode(spoilt))


def test_forgetting_lets_go_of_nothing_that_may_still_matter():
    """Ended and in no plan any more, and not among the newest: only that is forgotten."""
    ledger = Ledger()
    for n in range(REMEMBERED + 2):
        ledger.apply(n + 1, bytes(16), 1, START_S - n, DoseMissed(bytes([n] * 16), 1, START_S))
    ledger.apply(99, bytes(16), 1, 1, ReleaseIntended(b"h" * 16, 1))
    ledger.forget([bytes([REMEMBERED + 1] * 16)])
    assert bytes([REMEMBERED] * 16) not in ledger.doses
    assert len(ledger.doses) == REMEMBERED + 2
    assert b"h" * 16 in ledger.doses
