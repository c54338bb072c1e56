"""The core's alarms and reminders against their models, through random hours."""

from collections import Counter
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from firmware.core import alarm_changes, alarms, reminder
from firmware.core.conditions import Facts, standing
from firmware.core.ledger import Ledger
from firmware.core.tests.alarm_model import AlarmModel
from firmware.core.tests.examples import examples
from protocol.device_events import AlarmAcknowledged, AlarmCleared, AlarmRaised

LASTING = (
    "tilted_ms",
    "tilt_silent_ms",
    "lid_open_ms",
    "no_mains_ms",
    "gauge_silent_ms",
    "no_plan_ms",
    "beam_ms",
    "filling_ms",
)
WAITS_MS = [1, 4_999, 5_000, 59_999, 60_000, 60_001, 240_000, 300_000, 3_600_000]


class Alarms(RuleBasedStateMachine):
    """What lasts has a beginning; time passes, and after every rule the unit looks around."""

    counts = Counter()

    def __init__(self):
        super().__init__()
        self.model, self.ledger, self.facts = AlarmModel(), Ledger(), Facts()
        self.now_ms, self.since_ms = 0, {}

    def look(self, filled_anew=False):
        """As alarm_keeping.py does; then both must say the same."""
        for name in LASTING:
            since_ms = self.since_ms.get(name)
            setattr(self.facts, name, 0 if since_ms is None else self.now_ms - since_ms)
        before, seen = self.ledger.alarms, self.ledger.acknowledged
        found = standing(self.facts, before, seen)
        for event in alarm_changes.differences(before, found, seen, filled_anew):
            self.tell(event)
        self.model.look(self.facts, filled_anew)
        self.facts.forced = self.facts.overturned = self.facts.opened = False
        self.counts["looks"] += 1
        assert set(self.ledger.alarms) == self.model.on
        assert set(self.ledger.acknowledged) == self.model.seen

    def tell(self, event):
        row = event.code, event.detail
        assert (row in self.ledger.alarms) == isinstance(event, AlarmCleared), "told twice, or ended unheard"
        if isinstance(event, AlarmRaised):
            urgent = row in ((122, alarms.FORCED), (123, alarms.UPSIDE_DOWN), (123, alarms.OVERTURNED))
            can_wait = event.code in (112, 117, 119) or event.detail == "chamber nearly full"
            assert event.priority == (3 if urgent else 1 if can_wait else 2)
        self.ledger.apply(1, bytes(16), 1, 1, event)

    @rule(name=st.sampled_from(LASTING))
    def begins(self, name):
        self.since_ms.setdefault(name, self.now_ms)
        self.look()

    @rule(name=st.sampled_from(LASTING))
    def is_over(self, name):
        self.since_ms.pop(name, None)
        self.look()

    @rule(wait_ms=st.sampled_from(WAITS_MS))
    def time_passes(self, wait_ms):
        self.now_ms += wait_ms
        self.look()

    @rule(deg=st.sampled_from([0, 45, 46, 120, 121, 180, None]), rolled_over=st.booleans())
    def is_turned(self, deg, rolled_over):
        self.facts.angle_deg, self.facts.overturned = deg, rolled_over
        self.look()

    @initialize(is_roll=st.booleans())
    def is_built(self, is_roll):
        self.facts.is_roll = is_roll

    @rule(low=st.booleans(), full=st.booleans())
    def chamber(self, low, full):
        self.facts.chamber_low, self.facts.chamber_full = low, full
        self.look()

    @rule(unfinished=st.booleans(), vouched=st.booleans())
    def is_filled_or_vouched_for(self, unfinished, vouched):
        self.facts.unfinished, self.facts.vouched = unfinished, vouched
        self.look()

    @rule()
    def is_opened_without_a_refill(self):
        self.facts.opened = True
        self.look()

    @rule()
    def is_forced(self):
        self.facts.forced = True
        self.look()

    @rule(per_mille=st.sampled_from([None, 0, 199, 200, 249, 250, 1000]), spent=st.booleans())
    def battery(self, per_mille, spent):
        self.facts.battery_per_mille, self.facts.spent = per_mille, spent
        self.look()

    @rule(lost=st.sampled_from([False, False, True]), empty=st.sampled_from([False, False, True]))
    def plan(self, lost, empty):
        self.facts.plan_lost, self.facts.empty = lost, empty
        self.look()

    @rule(days=st.sampled_from([None, 3, 2, 1, 0]), humane=st.booleans())
    def stock(self, days, humane):
        self.facts.days_left, self.facts.humane = days, humane
        self.look()

    @rule(pick=st.integers(0, 9))
    def somebody_acknowledges(self, pick):
        if self.ledger.alarms:
            code = self.ledger.alarms[pick % len(self.ledger.alarms)][0]
            self.model.acknowledge(code)
            self.ledger.apply(1, bytes(16), 1, 1, AlarmAcknowledged(1, code))
            self.look()

    @rule()
    def is_filled_anew(self):
        self.look(filled_anew=True)


class Reminders(RuleBasedStateMachine):
    """A dose is due; the unit looks now and then, or sleeps until it thinks that something changes."""

    counts = Counter()

    @initialize(
        profile=st.dictionaries(st.integers(0, 1000), st.integers(1, 9), max_size=5),
        window_s=st.sampled_from([300, 301, 999, 1000, 3600, 18000]),
    )
    def is_due(self, profile, window_s):
        self.profile, self.window_s, self.at_s = tuple(sorted(profile.items())), window_s, 0
        steps = profile or {0: 1, 83: 2, 250: 3, 500: 4}  # the usual one: at once, 5, 15, 30 min of an hour
        self.begins = {(Fraction(at * window_s, 1000), stage) for at, stage in steps.items()}
        self.agree()

    def stage_at(self, at_s):
        return max([stage for begin, stage in self.begins if at_s >= begin], default=0)

    def agree(self):
        self.counts["looks"] += 1
        late = Fraction(self.window_s, 2)
        wanted = self.stage_at(self.at_s), self.at_s >= late
        assert reminder.reached(self.profile, self.at_s, self.window_s) == wanted

    @rule(wait_s=st.integers(0, 700))
    def look_somewhen(self, wait_s):
        self.at_s += wait_s
        self.agree()

    @rule()
    def sleep_until_it_changes(self):
        """Until then nothing changes; asleep for good only after the window."""
        wake_s = reminder.next_change_s(self.profile, self.at_s, self.window_s)
        assert wake_s > self.at_s or self.at_s >= self.window_s
        marks = [begin for begin, _ in self.begins] + [Fraction(self.window_s, 2), Fraction(self.window_s)]
        ahead = [mark for mark in marks if mark > self.at_s]
        if ahead:
            assert wake_s - 1 < min(ahead) <= wake_s, "a second too early is too early, a second late is late"
            self.at_s = wake_s
        self.agree()


def lives(machine, number, record_property):
    machine.counts = Counter()
    run_state_machine_as_test(machine, settings=examples(number, stateful_step_count=40))
    record_property(
        "count",
        f"stateful, {machine.__name__.lower()} against their model: {machine.counts['looks']:,} steps",
    )


def test_each_alarm_begins_and_ends_as_its_sentence_says(record_property):
    """Told once, as urgent as it is, ended once; what must not end by itself lasts until a person has seen it."""
    lives(Alarms, 300, record_property)


def test_reminders_grow_by_the_plan_and_no_sleep_misses_one(record_property):
    """The stage is the profile's at any second, and the unit wakes in the very second of the next one."""
    lives(Reminders, 200, record_property)
