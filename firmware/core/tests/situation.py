"""One moment of a dispenser as a value, and one thing that happens to it, with the real core deciding.

A situation is what the journal proves (a ledger), the plan on flash, the one dose in hand (RAM), and the moment on a
short list of moments; beside them stands what the outside has seen, and what really lies inside.  The lid, the trust
in the clock, a slow flash and the answers of the mechanism are no part of it: at every situation each of them is tried
(scene.py).
"""

from firmware.core import agenda, authorising, pause
from firmware.core.dose import step
from firmware.core.dose_words import Close, IntentSaved, Note, Pressed, Restarted, SaveIntent, Tick, Turn
from firmware.core.grant import end_of
from firmware.core.ledger import Ledger
from firmware.core.phases import DUE, finished, in_hand
from firmware.core.plan import to_schedule
from firmware.core.replan import activated, in_force
from firmware.core.schedule import decode
from firmware.core.tests.inside import Inside
from firmware.core.tests.invariants import (
    Seen,
    after_looking,
    after_telling,
    before_opening,
    before_writing,
    right_filling,
)
from protocol.commands import ActivatePlan
from protocol.device_events import Authorised, Paused, PlanActivated, Resumed
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_REFILL,
    CAUSE_REPLACED,
    ENDED_REPLACED,
    DoseWithheld,
)

HEAD = bytes(16)


class Situation:
    """ledger, schedule, hand: as agenda.py says; at: index of the moment; seen: dose id -> Seen; inside: Inside."""

    __slots__ = ("at", "hand", "inside", "ledger", "schedule", "seen")

    def __init__(self, ledger, schedule, hand, at, seen, inside):
        self.ledger, self.schedule, self.hand, self.at, self.seen = ledger, schedule, hand, at, seen
        self.inside = inside

    def key(self):
        """Equal for situations from which the same can follow: what only counts up or tells the time is left out."""
        ledger, hand, grant, plan = self.ledger, self.hand, self.ledger.grant, self.schedule
        return (
            self.at,
            (plan.version, plan.used_until_s, plan.used_slots, plan.replaced, ledger.version),
            tuple(sorted([(name, life[0], life[1], life[2]) for name, life in ledger.doses.items()])),
            ledger.hand,
            grant and (grant.counter, grant.kind, grant.until_s, grant.slots, grant.released),
            ledger.paused,
            ledger.skip_before_s,
            hand and (hand.dose_id, hand.phase, hand.kind, hand.counter, hand.at_s, hand.locks_s),
            tuple([seen.key() for seen in self.seen.values()]),
            self.inside.key(),
            (ledger.refill is None, ledger.needs_refill, ledger.roll[:2] if plan.roll else None),
        )


class Course:
    """What happens from one situation on.  `cuts`: the situations in which the power may fail on the way."""

    def __init__(self, scene, start, at):
        self.scene, self.at, self.now_s = scene, at, scene.moments_s[at]
        self.ledger, self.schedule, self.hand = copy_of(start.ledger), start.schedule, start.hand
        self.seen = {dose_id: seen.copy() for dose_id, seen in start.seen.items()}
        self.written, self.cuts, self.utc_s = 0, [], self.now_s
        self.inside = start.inside

    @property
    def plan(self):
        """The plan in force; each plan of a scene has its own version."""
        return self.scene.plans[self.schedule.version]

    @property
    def names(self):
        return {dose.dose_id for dose in self.plan.doses}

    def planned(self, dose_id):
        return next(dose for dose in self.plan.doses if dose.dose_id == dose_id)

    def here(self):
        seen = {dose_id: seen.copy() for dose_id, seen in self.seen.items()}
        return Situation(copy_of(self.ledger), self.schedule, self.hand, self.at, seen, self.inside)

    def write(self, body):
        """Journal one event.  Power may fail before; before the first it is the plain cut of the situation itself."""
        if self.written:
            self.cuts.append(self.here())
        self.written += 1
        before_writing(self, body)
        self.ledger.check(body)
        self.ledger.apply(1, HEAD, 1, self.utc_s, body)

    def see(self, dose, event, now_s, blocked=0, slow_s=0):
        """Step this dose and do what it says, in order; returns it."""
        dose, actions = step(dose, event, now_s)
        for action in actions:
            if isinstance(action, Note):
                self.write(action.body)
            if isinstance(action, SaveIntent):
                return self.see(dose, IntentSaved(), now_s + slow_s, blocked)
            if isinstance(action, (Turn, Close)):
                self.cuts.append(self.here())
            if isinstance(action, Turn):
                self.turn(dose, blocked, now_s)
        return dose

    def turn(self, dose, blocked, now_s):
        """The motor gets its command: on a tray the dose lies open next."""
        before_opening(self, dose, blocked, now_s)
        right_filling(self)

    def barred(self):
        """What stands against every release beside lid and clock, as the mechanism says it."""
        return CAUSE_REFILL if self.ledger.refill is not None or self.ledger.needs_refill else 0

    def carry(self, dose):
        """This dose was the one in hand, or has just become it."""
        self.hand = dose if in_hand(dose.phase) else None

    # -- what can happen -------------------------------------------------------------------------------------

    def look(self, blocked, unseen):
        """One round: what is in hand, what time moves, the end of an authorisation."""
        blocked = blocked or self.barred()
        if self.hand is not None:
            self.carry(self.see(self.hand, Tick(blocked, unseen), self.now_s))
        for dose in agenda.to_tick(self.schedule, self.ledger, self.now_s):
            if self.hand is None or dose.dose_id != self.hand.dose_id:
                self.see(dose, Tick(blocked, unseen), self.now_s)
        ended = agenda.grant_ended(self.schedule, self.ledger, self.now_s)
        if ended is not None:
            self.write(ended)
        after_looking(self)

    def press(self, blocked, slow_s=0):
        if self.hand is not None:
            _, actions = step(self.hand, Pressed(blocked, self.ledger.grant), self.now_s)
            assert actions == (), "a press while a dose is in hand does something"
            return
        dose, grant = agenda.offered(self.schedule, self.ledger, self.now_s)
        blocked = blocked or self.barred()
        if dose is not None:
            self.carry(self.see(dose, Pressed(blocked, grant), self.now_s, blocked, slow_s))

    def answer(self, event):
        """The mechanism or the beam says something about the dose in hand."""
        self.carry(self.see(self.hand, event, self.now_s))

    def boot(self, clock_set):
        """Power is back.  What was in hand is told before anything else, with or without a clock."""
        self.hand, self.utc_s = None, self.now_s if clock_set else 0
        left = agenda.left_in_hand(self.ledger)
        if left is not None:
            self.see(left, Restarted(), self.now_s if clock_set else None)
        self.tell_plan()

    def authorise(self, order):
        slots = authorising.check_authorise(order, self.schedule, self.ledger, self.now_s)
        grant, hand = self.ledger.grant, self.ledger.hand
        if grant is not None:
            self.write(end_of(grant, ENDED_REPLACED))
        used = {grant.counter if grant else 0, hand[3] if hand else 0}
        self.write(Authorised(min({1, 2, 3} - used), order.kind, order.until_s, slots))

    def pause(self):
        pause.check_pause(self.ledger)
        self.write(Paused(9, 1))

    def resume(self, from_s, ready):
        pause.check_resume(from_s, self.ledger, self.now_s, ready)
        self.write(Resumed(9, from_s))

    def cancel(self, dose_id):
        dose = pause.to_cancel(dose_id, self.schedule, self.ledger)
        self.write(DoseWithheld(dose_id, dose.slot, CAUSE_CANCELLED))

    def activate(self, plan):
        """By an order: staff vouch that what lies inside is this plan's."""
        order = ActivatePlan(plan.plan_id, plan.version)
        if not in_force(order, self.schedule):
            schedule = activated(order, plan, self.schedule, self.ledger, self.now_s)
            if plan.plan_id != self.schedule.plan_id:
                self.inside = Inside(plan.plan_id)
            self.take_up(schedule)

    def take_up(self, schedule):
        """The new plan is one write on flash; what it replaces is told afterwards, if need be after the next start."""
        self.schedule = schedule
        self.written += 1
        for name in self.names:
            self.seen[name].planned = True
        self.tell_plan()

    def tell_plan(self):
        if (self.ledger.plan_id, self.ledger.version) == (self.schedule.plan_id, self.schedule.version):
            return
        if self.ledger.grant is not None:
            self.write(end_of(self.ledger.grant, ENDED_REPLACED))
        for dose_id, slot in self.schedule.replaced_doses():
            if not finished(self.ledger.phase(dose_id)):
                cause = CAUSE_REFILL if self.ledger.phase(dose_id) == DUE else CAUSE_REPLACED
                self.write(DoseWithheld(dose_id, slot, cause))
        self.write(PlanActivated(self.schedule.plan_id, self.schedule.version, len(self.schedule)))
        self.ledger.forget(self.schedule.ids())
        after_telling(self)


def copy_of(ledger):
    """The same proof, free to go on by itself; only the table of doses is ever changed in place."""
    twin = Ledger.__new__(Ledger)
    twin.__dict__.update(ledger.__dict__)
    twin.doses = dict(ledger.doses)
    return twin


def first_situation(scene):
    """The first plan of the scene is in force, and nothing has happened yet."""
    plan, ledger = scene.plans[1], Ledger()
    ledger.plan_id, ledger.version = plan.plan_id, plan.version
    schedule = decode(to_schedule(plan).encode())  # as it comes from flash
    seen = {name: Seen(name in schedule.ids()) for name in scene.doses}
    return Situation(ledger, schedule, None, 0, seen, Inside(plan.plan_id))
