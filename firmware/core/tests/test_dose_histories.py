"""Whatever happens, in whatever order: promises that hold for every history of one dispenser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.core.dose import finished
from firmware.core.tests.bench import START_S, Bench, a_plan
from protocol.events import (
    DoseDue,
    DoseEvent,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PreAlarm,
    ReleaseIntended,
)

ENDS = (DoseTaken, DoseMissed, DoseUncertain, DoseWithheld)

MOVES = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 4000)),
    st.tuples(st.just("press"), st.none()),
    st.tuples(st.just("press"), st.none()),
    st.tuples(st.just("beam"), st.none()),
    st.tuples(st.just("cut"), st.none()),
    st.tuples(st.just("fuse"), st.integers(0, 3)),
    st.tuples(st.just("clock"), st.booleans()),
    st.tuples(st.just("motion"), st.sampled_from(["arrives", "arrives", "stalls", "home"])),
    st.tuples(st.just("blocked"), st.sampled_from([0, 0, 2, 3])),
)
HISTORIES = st.lists(MOVES, max_size=40)


@settings(max_examples=300, deadline=None)
@given(HISTORIES, st.sampled_from([0, 1800]))
def test_no_history_turns_the_carousel_twice_for_one_dose(moves, early_s):
    """Whatever is pressed, lost or cut, in any order, one dose turns the carousel at most once."""
    bench = Bench(a_plan(early_s=early_s))
    for move in moves:
        bench.do(move)
        assert all(turns == 1 for turns in bench.turns.values())


@settings(max_examples=300, deadline=None)
@given(HISTORIES)
def test_every_dose_ends_exactly_once(moves):
    """When the day is over, every planned dose has exactly one outcome, never two and never none."""
    bench = Bench(a_plan())
    for move in [*moves, ("fuse", 99), ("clock", True), ("wait", 40000), ("wait", 0)]:
        bench.do(move)
    ended = [body.dose_id for body in bench.told(*ENDS)]
    assert sorted(ended) == sorted(dose.dose_id for dose in bench.plan.doses)


@settings(max_examples=300, deadline=None)
@given(HISTORIES, st.sampled_from([0, 1800]))
def test_nothing_is_released_outside_its_window(moves, early_s):
    """The carousel turns for a dose only from its opening until its window closes."""
    bench = Bench(a_plan(early_s=early_s))
    for move in moves:
        bench.do(move)
    windows = {dose.dose_id: dose for dose in bench.plan.doses}
    for dose_id, at_s in bench.turned_at_s:
        assert windows[dose_id].opens_s <= at_s < windows[dose_id].closes_s


@settings(max_examples=200, deadline=None)
@given(HISTORIES)
def test_nothing_moves_while_the_clock_is_unset(moves):
    """A dispenser that does not know the time releases nothing, whatever is pressed."""
    bench = Bench(a_plan())
    bench.clock_set = False
    for kind, value in moves:
        if kind != "clock":
            bench.do((kind, value))
    assert bench.turns == {}
    assert bench.told(ReleaseIntended, DosePresented, DoseDue) == []


@settings(max_examples=200, deadline=None)
@given(HISTORIES)
def test_an_ended_dose_is_never_offered_again(moves):
    """After missed, withheld, uncertain or taken, the journal holds no further word about that dose."""
    bench = Bench(a_plan())
    for move in moves:
        bench.do(move)
    ended = set()
    for body in bench.told(DoseEvent):
        assert body.dose_id not in ended
        if isinstance(body, ENDS):
            ended.add(body.dose_id)
            assert finished(bench.ledger.phase(body.dose_id))


@settings(max_examples=200, deadline=None)
@given(HISTORIES)
def test_the_journal_tells_each_turn_before_it_is_made(moves):
    """No turn without a saved intent, no presented without intent, no taken without presented."""
    bench = Bench(a_plan())
    for move in moves:
        bench.do(move)
    intended = {body.dose_id for body in bench.told(ReleaseIntended)}
    presented = {body.dose_id for body in bench.told(DosePresented)}
    assert set(bench.turns) <= intended
    assert presented <= intended
    assert {body.dose_id for body in bench.told(DoseTaken)} <= presented


@settings(max_examples=200, deadline=None)
@given(HISTORIES)
def test_the_pre_alarm_goes_out_once(moves):
    """Restarts or not, the response centre hears one pre-alarm for a dose."""
    bench = Bench(a_plan())
    for move in moves:
        bench.do(move)
    warned = [body.dose_id for body in bench.told(PreAlarm)]
    assert len(warned) == len(set(warned))


@pytest.mark.parametrize(
    ("writes", "end"),
    [(0, DoseTaken), (1, DoseTaken), (2, DoseUncertain), (3, DoseUncertain), (4, DoseTaken)],
)
def test_a_power_cut_between_any_two_writes_gives_the_dose_at_most_once(writes, end):
    """Due, intent, presented, taken: cut before the intent it is offered again, cut after it never."""
    bench = Bench(a_plan(1))
    bench.fuse = writes
    moves = [("wait", 60), ("press", None), ("beam", None), ("press", None), ("beam", None), ("wait", 9000)]
    for move in moves:
        bench.do(move)
    assert list(bench.turns.values()) == [1]
    assert [type(body) for body in bench.told(*ENDS)] == [end]


def test_a_cut_while_the_dose_lies_open_is_uncertain_even_inside_the_window():
    """Power fails with the dose presented: the restarted unit says uncertain and does not turn again."""
    bench = Bench(a_plan(1))
    for move in [("wait", 60), ("press", None), ("cut", None), ("press", None), ("wait", 60)]:
        bench.do(move)
    assert [type(body) for body in bench.told(*ENDS)] == [DoseUncertain]
    assert bench.told(DoseUncertain)[0].cause == 1
    assert list(bench.turns.values()) == [1]
    assert bench.now_s < START_S + 3600
