"""The life of an alarm, as a table and against a small model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from centre.core import alarms
from centre.core.alarms import CLAIM, CLOSE, RELEASE, REOPEN, START, Alarm, News, Refused
from centre.core.kinds import ANSWER_WITHIN_S, KINDS, OTHER, Kind, check_kinds

NOON = 1_795_000_000
STATES = (alarms.NEW, alarms.CLAIMED, alarms.IN_PROGRESS, alarms.CLOSED)
PERSONS = (CLAIM, START, RELEASE, CLOSE, REOPEN)
# What a person may do in each state, written out once more by hand.
ALLOWED = {
    alarms.NEW: {CLAIM: alarms.CLAIMED},
    alarms.CLAIMED: {
        CLAIM: alarms.CLAIMED,
        START: alarms.IN_PROGRESS,
        RELEASE: alarms.NEW,
        CLOSE: alarms.CLOSED,
    },
    alarms.IN_PROGRESS: {
        CLAIM: alarms.IN_PROGRESS,
        START: alarms.IN_PROGRESS,
        RELEASE: alarms.NEW,
        CLOSE: alarms.CLOSED,
    },
    alarms.CLOSED: {REOPEN: alarms.NEW},
}


def alarm_in(state: str, kind: str = "missed") -> Alarm:
    holder = "kari" if state in (alarms.CLAIMED, alarms.IN_PROGRESS) else None
    return Alarm(
        kind, 2, NOON, NOON, NOON + 900, handling=state, holder=holder, lease_until_s=900 if holder else None
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", PERSONS)
def test_a_person_can_do_exactly_what_the_table_says(state, verb):
    """In every state an operator can do what the table allows, and anything else is refused."""
    before = alarm_in(state)
    if verb in ALLOWED[state]:
        after = alarms.act(before, verb, "kari", 10, "test")
        assert after.handling == ALLOWED[state][verb]
    else:
        with pytest.raises(Refused):
            alarms.act(before, verb, "kari", 10, "test")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", (alarms.WORSE, alarms.AGAIN, alarms.CLEAR))
def test_the_device_is_heard_in_every_state(state, verb):
    """Whatever an operator is doing, news from the dispenser is never refused."""
    assert (state, verb) in alarms.TRANSITIONS


@pytest.mark.parametrize("verb", (CLAIM, START, RELEASE, CLOSE))
def test_nobody_takes_an_alarm_out_of_anothers_hands(verb):
    """While Kari holds an alarm, Ola cannot take, finish or return it, and reads her name."""
    with pytest.raises(Refused) as refused:
        alarms.act(alarm_in(alarms.CLAIMED), verb, "ola", 10, "test")
    assert (refused.value.why, refused.value.holder) == (alarms.HELD, "kari")


def test_a_claim_runs_out():
    """An alarm that somebody took and left goes back to the top: after 5 minutes when urgent, else 15."""
    for priority, lease_s in ((1, 300), (2, 900), (3, 900)):
        fresh = Alarm("uncertain", priority, NOON, NOON, NOON + 300)
        held = alarms.act(fresh, CLAIM, "kari", 1000)
        assert alarms.expire(held, 1000 + lease_s - 1) is None
        back = alarms.expire(held, 1000 + lease_s)
        assert back is not None and (back.handling, back.holder) == (alarms.NEW, None)


@pytest.mark.parametrize("kind", KINDS)
def test_closing_needs_a_reason_from_the_list(kind):
    """No alarm is closed without one of its own reasons, and 'other' needs words."""
    held = alarm_in(alarms.CLAIMED, kind)
    with pytest.raises(Refused):
        alarms.act(held, CLOSE, "kari", 10, None)
    with pytest.raises(Refused):
        alarms.act(held, CLOSE, "kari", 10, "because")
    with pytest.raises(Refused):
        alarms.act(held, CLOSE, "kari", 10, OTHER, "  ")
    assert alarms.act(held, CLOSE, "kari", 10, OTHER, "moved out").reason == OTHER


def test_worse_news_opens_even_a_closed_alarm():
    """An early warning that was closed, and then the dose is missed: it rings again, with a new deadline."""
    closed = alarm_in(alarms.CLOSED, "pre_alarm")
    after, verb = alarms.hear(closed, News("missed", NOON + 1800))
    assert (verb, after.handling, after.kind, after.condition) == ("worse", "new", "missed", "active")
    assert after.deadline_s == NOON + 1800 + ANSWER_WITHIN_S[2]


def test_a_late_early_warning_changes_nothing():
    """An early warning that arrives after the missed dose does not soften the alarm or ring again."""
    after, verb = alarms.hear(alarm_in(alarms.CLOSED), News("pre_alarm", NOON + 5))
    assert (verb, after.kind, after.handling) == ("again", "missed", "closed")


def test_a_time_critical_dose_is_most_urgent():
    """A missed dose that must not wait is P1, with five minutes to answer."""
    raised = alarms.raise_new(News("missed", NOON, priority=1))
    assert (raised.priority, raised.deadline_s) == (1, NOON + 300)


def test_a_missed_dose_never_unhappens():
    """Only what can end by itself is shown as ended; a missed dose is not."""
    assert alarms.clear(alarm_in(alarms.NEW)).condition == "active"
    assert alarms.clear(alarm_in(alarms.NEW, "device_lost")).condition == "cleared"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind("x", 100, 2, "nobody", ("other",)), "has no owner"),
        (Kind("x", 100, 9, "nurse", ("other",)), "has no deadline"),
        (Kind("x", 100, 2, "nurse", ()), "closing reasons"),
    ],
)
def test_an_alarm_that_nobody_owns_stops_the_centre(kind, words):
    """The centre does not start with a kind of alarm that has no owner, no deadline or no way to close it."""
    check_kinds(tuple(KINDS.values()))
    with pytest.raises(ValueError, match=words):
        check_kinds((kind,))


@given(st.lists(st.sampled_from(("pre_alarm", "withheld", "missed", "uncertain")), min_size=1, max_size=8))
def test_the_worst_news_of_a_dose_stands(kinds):
    """In whatever order the news of one dose arrives, the row shows the worst of it."""
    alarm = alarms.raise_new(News(kinds[0], NOON))
    for kind in kinds[1:]:
        alarm, _ = alarms.hear(alarm, News(kind, NOON))
    assert alarm.kind == max(kinds, key=lambda kind: KINDS[kind].rank)
    assert alarm.count == len(kinds)


class AlarmLife(RuleBasedStateMachine):
    """One dose, two operators and the clock, against a model of three variables."""

    def __init__(self) -> None:
        super().__init__()
        self.alarm = alarms.raise_new(News("pre_alarm", NOON))
        self.now_s = 0
        self.holder: str | None = None
        self.closed = False
        self.until_s = 0

    @rule(who=st.sampled_from(("kari", "ola")), verb=st.sampled_from(PERSONS))
    def somebody_acts(self, who, verb):
        held_by_other = self.holder not in (None, who)
        could = {
            CLAIM: not self.closed and not held_by_other,
            START: self.holder == who,
            RELEASE: self.holder == who,
            CLOSE: self.holder == who,
            REOPEN: self.closed,
        }[verb]
        try:
            self.alarm = alarms.act(self.alarm, verb, who, self.now_s, "test")
        except Refused:
            assert not could
            return
        assert could
        self.holder = who if verb in (CLAIM, START) else None
        self.closed = verb == CLOSE
        self.until_s = self.now_s + alarms.lease_s(self.alarm.priority)

    @rule(kind=st.sampled_from(("pre_alarm", "missed", "uncertain")))
    def the_device_speaks(self, kind):
        worse = KINDS[kind].rank > KINDS[self.alarm.kind].rank
        self.alarm, _ = alarms.hear(self.alarm, News(kind, NOON))
        if worse:
            self.holder, self.closed = None, False

    @rule(passed_s=st.integers(1, 1000))
    def time_passes(self, passed_s):
        self.now_s += passed_s
        self.alarm = alarms.expire(self.alarm, self.now_s) or self.alarm
        if self.holder is not None and self.now_s >= self.until_s:
            self.holder = None

    @precondition(lambda self: not self.closed)
    @invariant()
    def an_open_alarm_is_held_by_a_person_or_rings(self):
        assert (self.alarm.holder is None) == (self.alarm.handling == alarms.NEW)

    @invariant()
    def the_alarm_is_where_the_model_is(self):
        assert self.alarm.holder == self.holder
        assert (self.alarm.handling == alarms.CLOSED) == self.closed
        assert (self.alarm.lease_until_s is None) == (self.holder is None)


AlarmLife.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAlarmLife = AlarmLife.TestCase
