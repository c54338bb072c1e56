"""Whatever happens, in whatever order: promises that hold for every history of one dispenser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.phases import finished
from firmware.core.tests.bench import START_S, Bench, a_plan
from firmware.core.tests.examples import examples
from protocol.events import (
    AuthorisationEnded,
    Authorised,
    DoseDue,
    DoseEvent,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    Paused,
    PlanActivated,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
    Resumed,
)

ENDS = (DoseTaken, DoseMissed, DoseUncertain, DoseWithheld)

SIMPLE = [
    st.tuples(st.just("wait"), st.integers(0, 4000)),
    st.tuples(st.just("press"), st.none()),
    st.tuples(st.just("press"), st.none()),
    st.tuples(st.just("beam"), st.none()),
    st.tuples(st.just("cut"), st.none()),
    st.tuples(st.just("fuse"), st.integers(0, 3)),
    st.tuples(st.just("clock"), st.booleans()),
    st.tuples(st.just("motion"), st.sampled_from(["arrives", "arrives", "stalls", "home", "covered"])),
    st.tuples(st.just("blocked"), st.sampled_from([0, 0, 1, 2, 3])),
]
NUMBERS = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)
OTHER = b"o" * 16
PLANS = [
    a_plan(3, late_s=5400, version=2),
    a_plan(2, late_s=5400, version=2, first=2, start_s=START_S + 7200),
    a_plan(3, late_s=5400, version=3, first=4),
    a_plan(3, late_s=5400, plan_id=OTHER, first=11),
    a_plan(3, late_s=5400, plan_id=OTHER, first=14, version=2, start_s=START_S + 7200),
]
PERSONS = [
    st.tuples(st.just("step"), st.sampled_from([-86400, -7200, -600, 600, 7200, 30000])),
    st.tuples(st.just("authorise"), st.tuples(st.sampled_from([1, 2, 3]), NUMBERS, st.integers(0, 9000))),
    st.tuples(st.just("authorise"), st.tuples(st.sampled_from([1, 2, 3]), NUMBERS, st.integers(0, 9000))),
    st.tuples(st.just("pause"), st.integers(1, 3)),
    st.tuples(st.just("resume"), st.integers(START_S - 7200, START_S + 15000)),
    st.tuples(st.just("resume"), st.just(START_S - 7200)),
    st.tuples(st.just("cancel"), st.integers(1, 4)),
    st.tuples(st.just("activate"), st.sampled_from(PLANS)),
]
HISTORIES = st.lists(st.one_of(SIMPLE), max_size=40)
LIVES = st.lists(st.one_of(SIMPLE + PERSONS), max_size=40)


def lived(moves, flags: int = 0, late_s: int | None = 5400) -> Bench:
    """The bench after these moves."""
    bench = Bench(a_plan(flags=flags, late_s=late_s))
    for move in moves:
        bench.do(move)
    return bench


def planned(bench: Bench) -> dict:
    """Every dose of every plan that was ever in force, by name."""
    versions = {(body.plan_id, body.version) for body in bench.told(PlanActivated)}
    known = [a_plan(late_s=5400), *PLANS]
    return {
        dose.dose_id: dose
        for plan in known
        if (plan.plan_id, plan.version) in versions
        for dose in plan.doses
    }


@examples(600)
@given(LIVES, st.sampled_from([0, 4]))
def test_no_life_of_a_plan_opens_a_compartment_twice_for_one_dose(moves, flags):
    """Trips, pauses, late doses, new plans, clock steps, power cuts in any order: at most one release of a dose."""
    bench = lived(moves, flags)
    intents = [body.dose_id for body in bench.told(ReleaseIntended)]
    assert len(intents) == len(set(intents))
    assert all(turns == 1 for turns in bench.turns.values())
    assert set(bench.turns) <= set(intents)


@examples(600)
@given(LIVES, st.sampled_from([0, 4]))
def test_every_dose_of_every_plan_ends_exactly_once(moves, flags):
    """Also replaced, cancelled and paused ones: one outcome each, and one supplement to each late release."""
    rest = [("fuse", None), ("clock", True), ("blocked", 0), ("motion", "arrives"), ("cut", None)]
    bench = lived([*moves, *rest, ("wait", 10_000_000), ("wait", 0)], flags)
    ended = [body.dose_id for body in bench.told(*ENDS)]
    assert sorted(ended) == sorted(planned(bench))
    late = [body.dose_id for body in bench.told(ReleaseIntended) if body.kind == 2]
    assert [body.dose_id for body in bench.told(LateRelease)] == late
    assert bench.ledger.hand is None and bench.ledger.grant is None


@examples(600)
@given(LIVES, st.sampled_from([0, 4]))
def test_nothing_is_released_out_of_turn_without_an_authorisation_that_names_it(moves, flags):
    """In the window by the patient, or by the one authorisation that stood and named its slot, in its time."""
    bench = lived(moves, flags)
    doses, grant = planned(bench), None
    for utc_s, body in bench.journal:
        if isinstance(body, Authorised):
            grant = body
        elif isinstance(body, AuthorisationEnded):
            assert grant.counter == body.counter
            grant = None
        elif isinstance(body, ReleaseIntended) and body.kind is None:
            assert doses[body.dose_id].opens_s <= utc_s < doses[body.dose_id].closes_s
        elif isinstance(body, ReleaseIntended):
            assert (body.kind, body.counter) == (grant.kind, grant.counter)
            assert grant.slots >> (body.slot - 1) & 1
            assert utc_s < grant.until_s


@examples(400)
@given(LIVES)
def test_nothing_is_called_or_released_while_paused(moves):
    """From Paused to Resumed the journal holds no reminder and no intent."""
    paused = False
    for body in lived(moves).told(object):
        paused = isinstance(body, Paused) or (paused and not isinstance(body, Resumed))
        assert not (paused and isinstance(body, (DoseDue, PreAlarm, ReminderRaised, ReleaseIntended)))


@examples(400)
@given(LIVES)
def test_a_batch_is_begun_and_ended_once(moves):
    """Each authorisation has one end, and counts the doses that were released by it."""
    bench = lived([*moves, ("fuse", None), ("clock", True), ("wait", 10_000_000), ("wait", 0)])
    begun = [body.counter for body in bench.told(Authorised)]
    ends = bench.told(AuthorisationEnded)
    assert [body.counter for body in ends] == begun
    for body in ends:
        by_it = [1 for intent in bench.told(ReleaseIntended) if intent.counter == body.counter]
        assert body.released == len(by_it)


@examples(300)
@given(HISTORIES, st.sampled_from([0, 1800]))
def test_no_history_turns_the_carousel_twice_for_one_dose(moves, early_s):
    """Whatever is pressed, lost or cut, in any order, one dose turns the carousel at most once."""
    bench = Bench(a_plan(early_s=early_s))
    for move in moves:
        bench.do(move)
        assert all(turns == 1 for turns in bench.turns.values())


@examples(300)
@given(HISTORIES)
def test_every_dose_ends_exactly_once(moves):
    """When the day is over, every planned dose has exactly one outcome, never two and never none."""
    bench = Bench(a_plan())
    for move in [*moves, ("fuse", None), ("clock", True), ("wait", 40000), ("wait", 0)]:
        bench.do(move)
    ended = [body.dose_id for body in bench.told(*ENDS)]
    assert sorted(ended) == sorted(dose.dose_id for dose in bench.plan.doses)


@examples(300)
@given(HISTORIES, st.sampled_from([0, 1800]))
def test_nothing_is_released_outside_its_window(moves, early_s):
    """The carousel turns for a dose only from its opening until its window closes."""
    bench = Bench(a_plan(early_s=early_s))
    for move in moves:
        bench.do(move)
    windows = {dose.dose_id: dose for dose in bench.plan.doses}
    for dose_id, at_s in bench.turned_at_s:
        assert windows[dose_id].opens_s <= at_s < windows[dose_id].closes_s


@examples(200)
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


@examples(200)
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


@examples(200)
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


@examples(200)
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
