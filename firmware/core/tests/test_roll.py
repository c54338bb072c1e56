"""What lies at the cutting line: which pouches make a dose, what goes to the chamber, and when nobody knows."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.core import agenda
from firmware.core.grant import allows
from firmware.core.ledger import Ledger
from firmware.core.phases import finished
from firmware.core.roll import (
    CHAMBER_PLACES,
    NEARLY_FULL,
    at_head,
    at_line,
    expected_labels,
    first_pouch,
    has_ended,
    lies_ready,
    needs_label,
    pouches_of,
    to_retire,
)
from firmware.core.schedule import decode
from firmware.core.tests.bench import START_S
from firmware.core.tests.examples import examples
from firmware.core.tests.rolls import a_schedule, after, name
from protocol.device_events import JournalDamaged, LidClosed, LidOpened, Paused, PlanActivated
from protocol.dose_events import (
    CAUSE_CANCELLED,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    ReleaseIntended,
)
from protocol.refill_events import RefillAborted, RefillStarted
from protocol.roll_events import PouchesRetained, PouchesRetiring, RollConfirmed

ROLL = a_schedule(b"\1\2\0\3")  # slot 3 lies elsewhere
WHO = b"12345678", 1


def intent(slot: int) -> ReleaseIntended:
    return ReleaseIntended(name(slot), slot)


def given_out(slot: int) -> tuple:
    return intent(slot), DosePresented(name(slot), slot), DoseTaken(name(slot), slot)


def missed(slot: int) -> DoseMissed:
    return DoseMissed(name(slot), slot, START_S)


def test_the_labels_of_a_dose_follow_from_the_roll():
    """Pouches are counted from the first after the header, through all doses."""
    assert [pouches_of(ROLL, slot) for slot in range(6)] == [0, 1, 2, 0, 3, 0]
    assert [first_pouch(ROLL, slot) for slot in (1, 2, 4)] == [1, 2, 4]
    assert expected_labels(ROLL, 2) == ["4711-002", "4711-003"]
    assert expected_labels(ROLL, 4) == ["4711-004", "4711-005", "4711-006"]
    assert expected_labels(ROLL, 3) == expected_labels(ROLL, 5) == []


def test_a_roll_is_the_same_after_a_restart():
    """The manifest lies on flash with the plan; a tray's plan has none, and keeps its bytes."""
    assert decode(ROLL.encode()).roll == ROLL.roll == ["4711", b"\1\2\0\3", 0, 1, False, 70]
    assert expected_labels(decode(ROLL.encode()), 2) == expected_labels(ROLL, 2)


def test_somebody_is_told_before_the_chamber_is_full():
    """It holds 20 pouches; with 5 places left there is still a day to come and empty it."""
    assert (CHAMBER_PLACES, NEARLY_FULL) == (20, 15)


def test_the_next_dose_lies_at_the_line_when_the_one_before_came_out():
    """A dose that lies elsewhere is no place on the roll; behind the last one nothing comes."""
    assert at_head(ROLL, Ledger()) == 1
    assert at_head(ROLL, after(*given_out(1))) == 2
    assert at_head(ROLL, after(*given_out(1), *given_out(2))) == 4
    assert at_head(ROLL, after(*given_out(1), *given_out(2), *given_out(4))) == 0


def test_medicine_outside_the_device_moves_no_roll():
    """The patient says it is taken; what lies at the line stays what it was."""
    ledger = after(DosePresented(name(3), 3), DoseTaken(name(3), 3))
    assert (at_head(ROLL, ledger), ledger.roll) == (1, (1, 0, 0, 0))


def test_an_intent_leaves_the_roll_in_doubt_until_the_pouches_are_out():
    """Cut off in between nobody knows how far it went: nothing is released, and nothing goes to the chamber."""
    in_hand = after(intent(1))
    assert in_hand.roll == (1, 1, 0, 0)
    assert lies_ready(ROLL, in_hand, 1)  # its own intent is no doubt about itself
    cut = after(intent(1), DoseUncertain(name(1), 1, 1))
    assert not lies_ready(ROLL, cut, 1) and not lies_ready(ROLL, cut, 2)
    assert to_retire(ROLL, cut) is None
    assert after(*given_out(1)).roll == (2, 0, 0, 0)


def test_a_label_that_is_read_ends_the_doubt():
    """The dose did not move, half of it left, or all of it: the label says which; any other label says nothing."""
    cut = after(*given_out(1), intent(2), DoseUncertain(name(2), 2, 1))
    assert at_line(ROLL, cut, "4711-002") == (2, 2)
    assert at_line(ROLL, cut, "4711-003") == (2, 1)
    assert at_line(ROLL, cut, "4711-004") == (4, 3)
    for label in ("4711-001", "4711-005", "4712-002", ""):
        assert at_line(ROLL, cut, label) is None
    assert to_retire(ROLL, cut, "4711-002") == to_retire(ROLL, cut, "4711-003") == 2
    assert to_retire(ROLL, cut, "4711-004") is None
    assert lies_ready(ROLL, cut, 4, "4711-004") and not lies_ready(ROLL, cut, 2, "4711-003")
    first = after(intent(1), DoseUncertain(name(1), 1, 1))
    assert at_line(ROLL, first, "4711-002") == (2, 2)
    assert to_retire(ROLL, first, "4711-001") == 1
    assert to_retire(ROLL, first, "4711-009") is None


def test_without_doubt_only_the_very_next_label_is_right():
    """A pouch too early or too late is a wrong pouch."""
    ledger = after(*given_out(1))
    assert at_line(ROLL, ledger, "4711-002") == (2, 2)
    for label in ("4711-003", "4711-004", "4711-001"):
        assert at_line(ROLL, ledger, label) is None
    assert not lies_ready(ROLL, ledger, 4) and not lies_ready(ROLL, ledger, 1)


def test_a_person_who_looked_ends_the_doubt_and_stands_for_the_label():
    """The slot that was named may be released unread; the one behind it not."""
    reading = a_schedule(b"\1\2\0\3", read=True)
    assert needs_label(reading, Ledger(), 1) and not needs_label(ROLL, Ledger(), 1)
    vouched = after(intent(1), DoseUncertain(name(1), 1, 1), RollConfirmed(7, 2))
    assert (vouched.roll, vouched.acted) == ((2, 0, 0, 2), 7)
    assert lies_ready(reading, vouched, 2) and not needs_label(reading, vouched, 2)
    assert not needs_label(reading, after(intent(2), ledger=vouched), 2)
    assert needs_label(reading, after(DosePresented(name(2), 2), ledger=vouched), 4)


def test_a_hand_at_the_open_lid_or_lost_events_leave_the_roll_in_doubt():
    """Also the word of a person is worth nothing after that."""
    for body in (LidOpened(), LidClosed(), JournalDamaged(1, 1), RefillAborted(*WHO, 1, True)):
        ledger = after(RollConfirmed(7, 1), body)
        assert ledger.roll == (1, 2, 0, 0)
        assert not lies_ready(ROLL, ledger, 1)


def test_a_hand_that_came_while_a_dose_was_out_is_not_forgotten():
    """The lid was opened during the release, or while the pouches lay in the drawer: doubt stays."""
    during = after(intent(1), LidOpened(), DosePresented(name(1), 1))
    meanwhile = after(intent(1), DosePresented(name(1), 1), LidOpened(), PouchesRetained(1, 1, 1))
    assert during.roll == (2, 2, 0, 0)
    assert meanwhile.roll == (2, 2, 1, 0)
    assert not lies_ready(ROLL, during, 2)


def test_what_was_missed_goes_to_the_chamber_and_only_then():
    """While it can still be had it stays; in the chamber it is counted, and the next one lies ready."""
    assert to_retire(ROLL, Ledger()) is None
    ended = after(missed(1))
    assert to_retire(ROLL, ended) == 1
    assert to_retire(ROLL, after(PouchesRetiring(1, 1), ledger=ended)) is None
    kept = after(PouchesRetained(1, 1, 5), ledger=ended)
    assert (kept.roll, to_retire(ROLL, kept)) == ((2, 0, 5, 0), None)


def test_a_slot_the_plan_does_not_name_goes_to_the_chamber_when_it_comes_up():
    """A cancelled dose, or one that the next version left out."""
    assert to_retire(ROLL, after(DoseWithheld(name(1), 1, CAUSE_CANCELLED))) == 1
    assert to_retire(a_schedule(b"\1\2\1", without=(1, 2)), Ledger()) == 1
    gaps = a_schedule(b"\1\1\1\1\1", without=(2, 4))
    assert [has_ended(gaps, Ledger(), slot) for slot in range(1, 6)] == [False, True, False, True, False]
    assert [has_ended(gaps, after(missed(3)), slot) for slot in range(1, 6)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert to_retire(gaps, Ledger()) is None


def test_nothing_goes_to_the_chamber_while_paused_in_a_refill_or_with_a_dose_in_hand():
    """What a person has in hand stays where it is."""
    for bodies in (
        (missed(1), Paused(1, 1)),
        (missed(1), RefillStarted(*WHO)),
        (missed(1), RefillStarted(*WHO), RefillAborted(*WHO, 1, True)),
        (missed(1), intent(2)),
        (missed(1), LidOpened()),
    ):
        assert to_retire(ROLL, after(*bodies)) is None
    assert to_retire(None, Ledger()) is None
    assert to_retire(a_schedule(b"\1"), after(*given_out(1))) is None


def test_another_roll_begins_at_its_first_pouch_and_a_new_version_changes_nothing():
    """A new plan is a new roll; a version of the same plan finds the roll where it is."""
    begun = after(PlanActivated(b"r" * 16, 1, 4), *given_out(1), PouchesRetained(2, 2, 4))
    assert begun.roll == (3, 0, 4, 0)
    assert after(PlanActivated(b"r" * 16, 2, 4), ledger=begun).roll == (3, 0, 4, 0)
    assert after(PlanActivated(b"s" * 16, 1, 4), ledger=begun).roll == (1, 0, 4, 0)


PLAN = a_schedule(b"\1\2\0\3\1", read=True)
SLOTS = (1, 2, 4, 5)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "release",
                "present",
                "take",
                "miss",
                "withhold",
                "doubt",
                "retire",
                "retain",
                "lid",
                "confirm",
                "cut",
            )
        ),
        st.sampled_from(SLOTS),
    ),
    max_size=40,
)


class Life:
    """A roll on a table: `line` is what really lies at the cutting line; moves as a device makes them."""

    def __init__(self):
        self.ledger, self.line, self.fed = Ledger(), 1, False

    def note(self, *bodies):
        after(*bodies, ledger=self.ledger)

    def do(self, kind, slot):
        ledger, hand = self.ledger, self.ledger.hand
        phase = ledger.phase(name(slot))
        if kind == "release" and hand is None and not finished(phase) and lies_ready(PLAN, ledger, slot):
            self.note(intent(slot))
        elif kind == "present" and hand is not None and phase == 3:
            self.feed(hand[1])
            self.note(DosePresented(hand[0], hand[1]))
        elif kind == "take" and hand is not None and ledger.phase(hand[0]) == 4:
            self.note(DoseTaken(hand[0], hand[1]))
        elif kind == "miss" and not finished(phase) and hand is None:
            self.note(missed(slot))
        elif kind == "withhold" and not finished(phase) and hand is None:
            self.note(DoseWithheld(name(slot), slot, 1))
        elif kind == "cut" and hand is not None:  # the power fails, before or after the feed
            if slot > 2 and ledger.phase(hand[0]) == 3:
                self.feed(hand[1])
            self.note(DoseUncertain(hand[0], hand[1], 1))
        elif kind == "retire" and to_retire(PLAN, ledger) is not None:
            gone = to_retire(PLAN, ledger)
            assert gone == self.line, "what is not at the line is sent to the chamber"
            assert all_over(ledger, gone)
            self.note(PouchesRetiring(gone, pouches_of(PLAN, gone)))
            self.feed(gone)
            if slot < 5:  # else the power fails just then
                self.note(PouchesRetained(gone, pouches_of(PLAN, gone), 1))
        elif kind == "lid":
            self.note(LidOpened())
        elif kind == "confirm" and hand is None and self.line in SLOTS:
            self.note(RollConfirmed(1, self.line))

    def feed(self, slot):
        assert slot == self.line, "another dose's pouch is given"
        left = [other for other in SLOTS if other > slot]
        self.line = left[0] if left else 6


def all_over(ledger, slot):
    """No press, authorised or not, can still release what lies in this slot."""
    doses = [dose for dose in agenda.doses(PLAN, ledger) if dose.slot == slot]
    return all(finished(dose.phase) for dose in doses)


@given(MOVES)
@examples(400)
def test_no_history_gives_another_doses_pouch_or_retires_what_can_be_had(moves):
    """Whatever is released, missed, cut off or confirmed, in any order: what moves is what is proven to lie there."""
    life = Life()
    for kind, slot in moves:
        before = life.ledger.roll[0]
        life.do(kind, slot)
        head, doubt, _, _ = life.ledger.roll
        assert head >= before or kind == "confirm", "the head goes back by itself"
        retire = to_retire(PLAN, life.ledger)
        if doubt:
            assert retire is None
            assert not any(
                lies_ready(PLAN, life.ledger, other) for other in SLOTS if not own(life.ledger, other)
            )
        elif at_head(PLAN, life.ledger):
            assert at_head(PLAN, life.ledger) == life.line, "proven to lie there, and it does not"
        if retire is not None:
            assert all_over(life.ledger, retire) and has_ended(PLAN, life.ledger, retire)


def own(ledger, slot):
    return ledger.hand is not None and ledger.hand[1] == slot


@given(MOVES, st.integers(1, 8))
@examples(200)
def test_no_label_proves_a_slot_that_has_left(moves, pouch):
    """A label behind the head is a wrong roll: what was given once is never given again."""
    life = Life()
    for kind, slot in moves:
        life.do(kind, slot)
    proven = at_line(PLAN, life.ledger, "4711-%03d" % pouch)
    assert proven is None or (
        proven[0] >= life.ledger.roll[0] and 1 <= proven[1] <= pouches_of(PLAN, proven[0])
    )


def test_nothing_is_authorised_late_on_a_roll():
    """A roll's plan has no late time, so no authorisation of that kind ever allows one of its doses."""
    from firmware.core.grant import Grant

    ledger = after(missed(1))
    dose = PLAN.dose(0, ledger)
    assert not allows(Grant(1, 2, START_S + 10**6, 1), dose, dose.closes_s)
