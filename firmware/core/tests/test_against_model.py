"""The core and the model of model.py live through the same random days, step by step, and must say the same."""

from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from firmware.core.tests import model as words
from firmware.core.tests.bench import NOT_OFFERED, START_S, Bench
from firmware.core.tests.examples import examples
from firmware.core.tests.model import Model
from protocol.dose_events import (
    CAUSE_LID_OPEN,
    CAUSE_MECHANISM,
    CAUSE_MOTION_FAULT,
    CAUSE_POWER_CUT,
    CAUSE_UNTRUSTED_CLOCK,
    LATE_RETURNED,
    LATE_TAKEN,
    LATE_UNCERTAIN,
    RELEASE_LATE,
    DoseDue,
    DoseMissed,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PressRefused,
    ReleaseIntended,
)
from protocol.errors import CLOCK_UNSET, OLD_VERSION
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, Dose, LoadPlan

STEP_S = 4 * 3600  # from dose to dose
SAID = {DoseTaken: words.TAKEN, DoseMissed: words.MISSED, DoseUncertain: words.UNCERTAIN}
LATE_SAYS = {
    words.TAKEN: LATE_TAKEN,
    words.MISSED: LATE_RETURNED,
    words.WITHHELD: LATE_RETURNED,
    words.UNCERTAIN: LATE_UNCERTAIN,
}
# What becomes of a dose that is let out, by what the mechanism does.
MOTIONS = {
    "arrives": None,
    "stalls": (words.UNCERTAIN, CAUSE_MOTION_FAULT),
    "home": (words.WITHHELD, CAUSE_MECHANISM),
    "covered": (words.WITHHELD, CAUSE_MECHANISM),
}
BLOCKED = st.sampled_from([0, 0, 0, 0, CAUSE_LID_OPEN])
NUMBERS = st.integers(1, 8)


def a_dose(number, place, shape):
    """Dose `number` at the place-th time of the day.  shape: (slot, opens early, late, flags, moved by)."""
    slot, early_s, late_s, flags, moved_s = shape
    late_s = None if flags & MESSAGE_ONLY else late_s
    due_s = START_S + STEP_S * place + moved_s
    return Dose(bytes([number] * 16), slot, due_s, early_s, 3600, 1, flags, "Morgen", late_s)


def a_plan(doses, version=1, filling=0):
    return LoadPlan(bytes([filling] * 16), version, 1, doses, [(0, 3600)], None, "nb", ())


SHAPES = st.tuples(
    st.sampled_from([0, 0, 1800]),
    st.sampled_from([7200, 7200, None]),
    st.sampled_from([0, 0, ASSISTED, MESSAGE_ONLY]),
)


PLACES = ("keep", "keep", "keep", "new", "same slot", "nothing", "other slot", "half an hour later")


class Days(RuleBasedStateMachine):
    """`counts` is shared by all examples: how often each rule was tried."""

    counts = Counter()

    @initialize(shapes=st.lists(SHAPES, min_size=3, max_size=3))
    def begin(self, shapes):
        doses = [a_dose(n, n - 1, (n, *shape, 0)) for n, shape in enumerate(shapes, 1)]
        self.bench, self.model = Bench(a_plan(doses)), Model(a_plan(doses))
        self.planned = {dose.dose_id for dose in doses}

    # -- both sides ------------------------------------------------------------------------------------------

    def both_look(self):
        """What the bench does before each move, for the model."""
        bench, model = self.bench, self.model
        if not bench.clock_set:
            return
        if model.must_lock(bench.now_s):
            fine = bench.motion == "arrives"
            self.locks(fine)
            model.done(*((words.MISSED, 0) if fine else (words.UNCERTAIN, CAUSE_MOTION_FAULT)))
        unseen = CAUSE_UNTRUSTED_CLOCK if bench.stepped else NOT_OFFERED
        model.see(bench.now_s, self.barred(), unseen)

    def barred(self):
        """What stops a release now, beside the clock, as the model knows it; 0: nothing."""
        return self.bench.blocked

    def locks(self, fine):
        """What lies open is locked away; fine: as it should be."""

    def told(self, *kinds):
        return [body for _, body in self.bench.journal if isinstance(body, kinds)]

    def agree(self, move):
        """The journal says what the model says."""
        self.counts[move] += 1
        self.bench.tick()
        self.both_look()
        model, ends = self.model, {}
        for body in self.told(DoseTaken, DoseMissed, DoseUncertain, DoseWithheld):
            assert body.dose_id not in ends
            ends[body.dose_id] = (SAID.get(type(body), words.WITHHELD), getattr(body, "cause", 0))
        assert ends == model.ended
        assert {body.dose_id: body.kind or 0 for body in self.told(ReleaseIntended)} == model.let_out
        late = {dose_id: LATE_SAYS[word] for dose_id, (word, _) in model.late.items()}
        assert {body.dose_id: body.result for body in self.told(LateRelease)} == late
        assert {body.dose_id for body in self.told(DoseDue)} == model.called
        assert self.bench.ledger.paused == model.paused
        assert (self.bench.hand is None) == (model.out is None)
        if model.out is None and self.bench.clock_set:
            assert (self.bench.ledger.grant is None) == (model.authorisation is None)

    def order(self, kind, value, ask):
        """Give an order to both.  ask: the model's question; its answer is every refusal that would be right."""
        self.both_look()
        bench, before = self.bench, len(self.bench.refused)
        allowed = {CLOCK_UNSET} if kind == "authorise" and not bench.clock_set else ask()
        bench.do((kind, value))
        self.both_look()
        refused = bench.refused[before:]
        assert bool(refused) == bool(allowed), (refused, allowed)
        assert set(refused) <= allowed, (refused, allowed)
        self.agree(kind)

    # -- what happens ----------------------------------------------------------------------------------------

    @rule(marks=st.integers(1, 3), off_s=st.sampled_from([0, 0, 0, 1, -1, 599]), blocked=BLOCKED)
    def wait(self, marks, off_s, blocked):
        """Until a moment at which something may change, or a second beside it."""
        now_s = self.bench.now_s
        times = [
            at_s
            for dose in self.model.doses.values()
            for at_s in (dose.opens_s, dose.due_s, dose.due_s + 1800, dose.closes_s, dose.late_until_s)
        ]
        ahead = sorted({at_s for at_s in times if at_s > now_s})[:marks]
        self.bench.blocked = blocked
        self.bench.do(("wait", max(0, (ahead[-1] - now_s if ahead else 3600) + off_s)))
        self.both_look()
        self.agree("wait")

    @rule(motion=st.sampled_from(["arrives", "arrives", *MOTIONS]), blocked=BLOCKED)
    def press(self, motion, blocked):
        bench, model = self.bench, self.model
        bench.motion, bench.blocked = motion, blocked
        self.both_look()
        refusals = len(self.told(PressRefused))
        against = {CAUSE_UNTRUSTED_CLOCK}
        if bench.clock_set and model.out is None:
            against = model.reasons_against(bench.now_s, self.barred())
            if not against:
                self.let_out(motion)
        elif bench.clock_set:
            against = set()  # it lies open already: nothing at all happens
        bench.do(("press", None))
        said = [body.cause for body in self.told(PressRefused)[refusals:]]
        assert bool(said) == bool(against) and set(said) <= against, (said, against)
        self.agree("press")

    def let_out(self, motion):
        model, now_s = self.model, self.bench.now_s
        dose, _ = model.next_out(now_s)
        if dose.due_s <= now_s < dose.closes_s:
            model.called.add(dose.dose_id)
        if dose.flags & MESSAGE_ONLY:
            model.confirm(dose.dose_id)
            return
        model.release(now_s)
        if MOTIONS[motion]:
            model.done(*MOTIONS[motion])

    @rule()
    def press_as_usual(self):
        """Lid closed, nothing jams: most presses."""
        self.press("arrives", 0)

    @rule()
    def a_hand(self):
        self.both_look()
        if self.bench.clock_set and self.model.out:
            self.model.done(words.TAKEN)
        self.bench.do(("beam", None))
        self.both_look()
        self.agree("a hand")

    @rule()
    def power_cut(self):
        self.bench.do(("cut", None))
        if self.model.out:
            self.model.done(words.UNCERTAIN, CAUSE_POWER_CUT)
        self.agree("power cut")

    @rule(known=st.sampled_from([True, True, True, False]))
    def clock(self, known):
        self.bench.do(("clock", known))
        self.both_look()
        self.agree("clock")

    @precondition(lambda self: self.model.out is None)
    @rule(by_s=st.sampled_from([-7200, -1800, -1, 1, 1800, STEP_S, 2 * STEP_S]))
    def the_centre_sets_the_clock(self, by_s):
        if self.bench.clock_set:
            self.bench.do(("step", by_s))
            self.both_look()
            self.agree("step")

    # -- what people order -----------------------------------------------------------------------------------

    @rule(
        kind=st.sampled_from([1, 2, 3]),
        numbers=st.one_of(st.just([1, 2, 3]), st.lists(NUMBERS, min_size=1, max_size=2, unique=True)),
        for_s=st.sampled_from([-1, 0, 60, 600, 3600, 3600, 4 * 3600, 4 * 3600 + 1]),
    )
    def authorise(self, kind, numbers, for_s):
        names, now_s = [bytes([number] * 16) for number in numbers], self.bench.now_s
        ask = lambda: self.model.authorise(kind, names, now_s + for_s, now_s)  # noqa: E731
        self.order("authorise", (kind, numbers, for_s), ask)

    @rule(kind=st.sampled_from([1, 2, 2, 3]), most_s=st.sampled_from([60, 3600, 3600]))
    def authorise_what_may_be(self, kind, most_s):
        """As a nurse would: a dose that fits, for as long as it fits."""
        now_s = self.bench.now_s
        for number in range(1, 9):
            dose = self.model.doses.get(bytes([number] * 16))
            if dose is not None:
                end_s = dose.late_until_s if kind == RELEASE_LATE else dose.closes_s
                until_s = min(now_s + most_s, end_s)
                if not self.model.unfit(kind, dose, until_s, now_s):
                    self.authorise(kind, [number], until_s - now_s)
                    return

    @rule(kind=st.sampled_from([1, 2, 3]), motion=st.sampled_from(["arrives", "arrives", *MOTIONS]))
    def a_nurse_on_the_telephone(self, kind, motion):
        """Authorised, and pressed at once."""
        self.authorise_what_may_be(kind, 3600)
        self.press(motion, 0)

    @rule()
    def nobody_comes(self):
        """Until a window has closed, and somebody may still have that dose late."""
        closes_s = [dose.closes_s for dose in self.model.open_ended()]
        if closes_s and self.bench.now_s < min(closes_s):
            self.bench.do(("wait", min(closes_s) - self.bench.now_s))
            self.both_look()
            self.agree("wait")

    @rule()
    def pause(self):
        self.order("pause", 1, self.model.pause)

    @rule()
    def resume_now(self):
        if self.model.paused:
            self.resume(0)

    @rule(ahead_s=st.one_of(st.integers(-3 * STEP_S, 3 * STEP_S), st.just(32 * 86400)))
    def resume(self, ahead_s):
        bench = self.bench
        from_s = bench.now_s + ahead_s
        self.order(
            "resume",
            from_s,
            lambda: self.model.resume(from_s, bench.now_s, bench.clock_set and not bench.blocked),
        )

    @rule(number=st.integers(1, 20))
    def cancel(self, number):
        self.order("cancel", number, lambda: self.model.cancel(bytes([number] * 16)))


class Plans(Days):
    """The same days, with changed plans and new fillings between."""

    @rule(
        same_filling=st.booleans(),
        places=st.lists(st.sampled_from(PLACES), min_size=4, max_size=4),
        newer=st.sampled_from([1, 1, 1, 0, -1]),
    )
    def another_plan(self, same_filling, places, newer):
        now = self.model
        self.names = getattr(self, "names", 3)
        doses = [self.dose_for(place, what) for place, what in enumerate(places)]
        filling = now.plan_id[0] if same_filling else now.plan_id[0] + 1
        version = max(1, now.version + newer) if same_filling else 1
        doses = [dose for dose in doses if dose is not None]
        slots = {dose.slot for dose in doses}
        if doses and len(slots) == len(doses):
            plan = a_plan(doses, version, filling)
            self.order("activate", plan, lambda: self.may_activate(plan))

    def may_activate(self, plan):
        """Without a clock nothing comes into force; to activate what is in force changes nothing."""
        now = self.model
        if self.bench.clock_set or (plan.plan_id, plan.version) == (now.plan_id, now.version):
            return now.activate(plan, self.bench.now_s)
        return {CLOCK_UNSET, OLD_VERSION}

    def dose_for(self, place, what):
        """What the new plan has at this time of the day; None: nothing."""
        at_s = START_S + STEP_S * place
        old = [d for d in self.model.doses.values() if at_s <= d.due_s < at_s + STEP_S]
        if what == "new" or (what == "same slot" and old):
            self.names += 1
            slot = old[0].slot if what == "same slot" else 1 + self.names % 28
            return a_dose(self.names, place, (slot, 0, 7200, 0, 0))
        if what == "nothing" or not old:
            return None
        slot, moved_s = old[0].slot, old[0].due_s - at_s
        slot = 29 - slot if what == "other slot" else slot
        moved_s = 1800 if what == "half an hour later" else moved_s
        shape = slot, old[0].opens_early_s, old[0].late_s, old[0].flags, moved_s
        return a_dose(old[0].dose_id[0], place, shape)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("machine", [Days, Plans])
def test_the_core_lives_through_any_day_as_the_rules_say(machine, record_property):
    """Called, released, ended, refused, paused, authorised, replaced: after each step exactly what the rules say."""
    machine.counts = Counter()
    run_state_machine_as_test(machine, settings=examples(300, stateful_step_count=40))
    steps, name = sum(machine.counts.values()), machine.__name__.lower()
    record_property("count", f"stateful, the dose core against its model, {name}: {steps:,} steps")
