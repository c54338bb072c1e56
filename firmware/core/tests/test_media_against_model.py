"""A tray that is refilled and a roll live through the same random days as their models, and must say the same."""

from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from firmware.core.tests.examples import examples
from firmware.core.tests.model import Model
from firmware.core.tests.refill_bench import RefillBench, RollBench
from firmware.core.tests.roll_model import RollModel
from firmware.core.tests.test_against_model import SHAPES, START_S, STEP_S, Plans, a_dose, a_plan
from protocol.dose_events import CAUSE_LID_OPEN
from protocol.load_plan import MEDIUM_ROLL, MESSAGE_ONLY, LoadPlan
from protocol.roll_manifest import RollManifest

POUCHES = bytes(
    (1, 2, 1, 0, 1, 2, 0, 1)
)  # two slots for each time of the day; 4 and 7: medicine outside the roll
PLACES = ("keep", "keep", "keep", "keep", "new", "other slot", "nothing")

RARELY = st.sampled_from([False, False, False, True])


def a_roll(doses, version=1, filling=0, pouches=POUCHES):
    manifest = RollManifest("47%02d" % filling, pouches, 0, 1, False, 70)
    return LoadPlan(bytes([filling] * 16), version, MEDIUM_ROLL, doses, [(0, 3600)], None, "nb", (), manifest)


class Refills(Plans):
    """A tablet dispenser, and somebody who refills it."""

    counts = Counter()

    @initialize(shapes=st.lists(SHAPES, min_size=3, max_size=3))
    def begin(self, shapes):
        doses = [a_dose(n, n - 1, (n, *shape, 0)) for n, shape in enumerate(shapes, 1)]
        self.bench, self.model = RefillBench(a_plan(doses)), Model(a_plan(doses))

    def barred(self):
        return self.model.blocked(self.bench.lid != 0)

    def a_refill(self, kind, value, then):
        self.both_look()
        self.bench.do((kind, value))
        then()
        self.both_look()
        self.agree(kind)

    def agree(self, move):
        super().agree(move)
        ledger = self.bench.ledger
        assert (ledger.refill is not None, ledger.needs_refill) == (self.model.filling, self.model.unfinished)

    @rule(takes=st.booleans(), motion=st.sampled_from(["arrives", "arrives", "covered", "stalls"]))
    def a_quiet_dose(self, takes, motion):
        """Everything is put right, somebody waits for the next window and presses."""
        bench, model = self.bench, self.model
        if not bench.clock_set or model.out or model.filling or model.unfinished:
            return
        if model.paused:
            self.resume(0)
        self.put_right()
        ahead = [dose.due_s - bench.now_s for dose in model.open_ended() if dose.due_s >= bench.now_s]
        if ahead:
            bench.do(("wait", min(ahead)))
            self.both_look()
            self.press(motion, 0)
            if takes:
                self.a_hand()

    def put_right(self):
        self.bench.lid = 0

    def begins_to_fill(self):
        self.model.filling = True

    @precondition(lambda self: self.model.out is None and not self.model.filling)
    @rule(now=RARELY)
    def identifies(self, now):
        if now:
            self.a_refill("identify", None, self.begins_to_fill)

    @precondition(lambda self: self.model.filling)
    @rule(touched=st.sampled_from([False, False, True]))
    def breaks_off(self, touched):
        self.a_refill("break_off", touched, lambda: self.model.break_off(touched))

    @precondition(lambda self: self.model.filling and self.bench.clock_set)
    @rule(
        places=st.lists(st.sampled_from(PLACES), min_size=4, max_size=4),
        other=st.sampled_from([True, True, False]),
    )
    def seals(self, places, other):
        """With the plan that was stored for it; if that does not fit any more the device needs another refill."""
        plan = self.stored(places, other)
        if plan is None:
            return
        self.both_look()
        before = len(self.bench.refused)
        self.bench.do(("seal", plan))
        allowed = self.model.seal(plan, self.bench.now_s)
        self.both_look()
        refused = self.bench.refused[before:]
        assert bool(refused) == bool(allowed) and set(refused) <= allowed, (refused, allowed)
        self.agree("seal")

    @precondition(lambda self: self.model.out is None and not self.model.filling and self.bench.clock_set)
    @rule(places=st.lists(st.sampled_from(PLACES), min_size=4, max_size=4), now=RARELY)
    def refills_at_once(self, places, now):
        if now:
            self.identifies(True)
            self.seals(places, True)

    def stored(self, places, other):
        """A plan that may be in the device's memory, or None."""
        now = self.model
        self.names = getattr(self, "names", 3)
        doses = [self.dose_for(place, what) for place, what in enumerate(places)]
        doses = [dose for dose in doses if dose is not None]
        if not doses or len({dose.slot for dose in doses}) < len(doses):
            return None
        return self.plan_of(doses, 1 if other else now.version + 1, now.plan_id[0] + (1 if other else 0))

    def plan_of(self, doses, version, filling):
        return a_plan(doses, version, filling)


class Rolls(Refills):
    """A multidose dispenser: in order, in doubt, into the chamber."""

    counts = Counter()

    @initialize(shapes=st.lists(SHAPES, min_size=3, max_size=3), seconds=st.tuples(*[st.booleans()] * 3))
    def begin(self, shapes, seconds):
        doses = [
            self.shaped(n, n - 1, shape, second) for n, (shape, second) in enumerate(zip(shapes, seconds), 1)
        ]
        self.bench, self.model = RollBench(a_roll(doses)), RollModel(a_roll(doses))

    def shaped(self, number, place, shape, second):
        """In the first or second slot of its time; what lies there decides if it is in the roll."""
        slot, (early_s, _, flags) = 2 * place + (2 if second else 1), shape
        flags = flags & ~MESSAGE_ONLY if POUCHES[slot - 1] else MESSAGE_ONLY
        return a_dose(number, place, (slot, early_s, None, flags, 0))

    # -- both sides ------------------------------------------------------------------------------------------

    def both_look(self):
        super().both_look()
        if self.bench.clock_set:
            self.model.retire()

    def locks(self, fine):
        if fine:
            self.model.falls_back()

    def let_out(self, motion):
        super().let_out(motion)
        if motion == "arrives" and self.model.out:
            self.model.lies_open()

    def agree(self, move):
        super().agree(move)
        model, (head, doubt, chamber, _) = self.model, self.bench.ledger.roll
        assert (doubt == 0, chamber) == (model.sure, model.chamber)
        assert head == model.line or not model.sure, "another pouch is believed at the line"

    # -- what happens ----------------------------------------------------------------------------------------

    def put_right(self):
        super().put_right()
        self.bench.tick()
        self.both_look()
        self.bench.full = self.model.full = False
        if not self.model.sure:
            self.somebody_looks_and_confirms()

    @rule(now=RARELY)
    def the_chamber_fills(self, now):
        if not now:
            return
        self.bench.tick()
        self.both_look()
        self.bench.full = self.model.full = not self.model.full
        self.agree("chamber")

    @rule(now=RARELY)
    def a_hand_in_the_lid(self, now):
        if now:
            self.a_refill("lid_opened", None, self.model.hand_in_the_lid)

    @rule(slot=st.integers(1, 9), lid_open=st.sampled_from([False, False, False, True]))
    def somebody_confirms(self, slot, lid_open):
        self.bench.lid = CAUSE_LID_OPEN if lid_open else 0
        self.order("confirm", slot, lambda: self.model.confirm_roll(slot, lid_open))

    @rule()
    def somebody_looks_and_confirms(self):
        """As a nurse would: what lies at the line, if nobody has had it."""
        slot = self.model.at_line()
        if slot is not None:
            self.somebody_confirms(slot, False)

    # -- plans -----------------------------------------------------------------------------------------------

    @rule(
        same=st.booleans(),
        places=st.lists(st.sampled_from(PLACES), min_size=4, max_size=4),
        other_roll=st.sampled_from([False, False, False, True]),
    )
    def another_plan(self, same, places, other_roll):
        plan = self.stored(places, not same)
        if plan is not None:
            if other_roll:
                plan = a_roll(plan.doses, plan.version, plan.plan_id[0], POUCHES + b"\1")
            self.order("activate", plan, lambda: self.may_activate(plan))

    def plan_of(self, doses, version, filling):
        return a_roll(doses, version, filling)

    def dose_for(self, place, what):
        at_s = START_S + STEP_S * place
        old = [d for d in self.model.doses.values() if at_s <= d.due_s < at_s + STEP_S]
        if what == "nothing" or (what == "keep" and not old):
            return None
        if what == "keep":
            return old[0]
        self.names += 1
        second = bool(old) and old[0].slot % 2 == 1 and what == "other slot"
        return self.shaped(self.names, place, (0, None, 0), second)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("machine", [Refills, Rolls])
def test_the_core_lives_through_refills_and_rolls_as_the_rules_say(machine, record_property):
    """In order, in doubt, retired, confirmed, filled, broken off, sealed: after each step just what the rules say."""
    machine.counts = Counter()
    run_state_machine_as_test(machine, settings=examples(200, stateful_step_count=40))
    steps, name = sum(machine.counts.values()), machine.__name__.lower()
    record_property("count", f"stateful, the dose core against its model, {name}: {steps:,} steps")
