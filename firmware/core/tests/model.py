"""What a dispenser must do, said a second time in other words, to hold the core against.  Never used to dose.

No phases and no events: a plan of moments, and sets of doses to which something has happened.  Written from the
rules of docs/safety.md, without looking at the core.

Where the rules leave the choice of words open, the model gives every reason that holds; the core must name one of
them, and must not refuse when there is none.
"""

from protocol import errors
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_LID_OPEN,
    CAUSE_PAUSED,
    CAUSE_REFILL,
    CAUSE_REPLACED,
    REFUSED_ASSISTED,
    REFUSED_NOT_NOW,
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
)
from protocol.load_plan import ASSISTED, MESSAGE_ONLY

TAKEN, MISSED, WITHHELD, UNCERTAIN = "taken", "missed", "withheld", "uncertain"
PATIENT = (
    0  # who lets a dose out: the patient in the window, or RELEASE_EARLY, RELEASE_LATE, RELEASE_ASSISTED
)
OUT_AT_MOST_S = 600  # a dose let out by an authorisation lies open no longer
AUTHORISED_AT_MOST_S = 4 * 3600
RESUME_AT_MOST_S = 31 * 86400


class Authorisation:
    """`names`: the doses that may still come out, at the press of the button before until_s."""

    def __init__(self, kind, until_s, names):
        self.kind, self.until_s, self.names = kind, until_s, set(names)


class Model:
    """ended: dose id -> (word, cause).  let_out: dose id -> kind, every dose that was ever let out.
    late: dose id -> how its late release ended.  called: the doses whose time came while the device could see it.
    out: (dose id, kind, locked again at), the one dose that lies open, or None.
    filling: somebody refills; unfinished: what lies inside is perhaps not what the plan in force says."""

    def __init__(self, plan):
        self.plan_id, self.version = plan.plan_id, plan.version
        self.doses = {dose.dose_id: dose for dose in plan.doses}
        self.ended, self.let_out, self.late, self.called = {}, {}, {}, set()
        self.out = self.authorisation = None
        self.paused, self.from_s, self.given_until_s = False, 0, 0
        self.used_slots = set()
        self.filling = self.unfinished = False

    # -- what lies ahead -------------------------------------------------------------------------------------

    def open_ended(self):
        """The doses of the plan that have no outcome, in the order of their time."""
        return [dose for key, dose in self.doses.items() if key not in self.ended]

    def wanted(self, dose):
        """False while it lies in a pause, or before the moment from which dosing goes on."""
        return not self.paused and dose.due_s >= self.from_s

    def in_window(self, now_s):
        return [d for d in self.open_ended() if d.opens_s <= now_s < d.closes_s and self.wanted(d)]

    def next_out(self, now_s):
        """(dose, kind) that a press would let out if nothing were in the way, or None."""
        mine = [dose for dose in self.in_window(now_s) if not dose.flags & ASSISTED]
        if mine:
            return mine[0], PATIENT
        order = self.authorisation
        for dose in sorted(self.doses.values(), key=lambda dose: dose.due_s) if order else ():
            if dose.dose_id in order.names and self.obeys(order.kind, dose, now_s):
                return dose, order.kind
        return None

    def obeys(self, kind, dose, now_s):
        """May this authorisation still let this dose out at this moment?"""
        if dose.dose_id in self.let_out:
            return False
        if kind == RELEASE_LATE:
            return dose.closes_s <= now_s < dose.late_until_s
        ahead = dose.dose_id not in self.ended and now_s < dose.closes_s
        return ahead and (kind == RELEASE_EARLY or dose.opens_s <= now_s)

    # -- time ------------------------------------------------------------------------------------------------

    def see(self, now_s, blocked, unseen):
        """The device looks at a clock it trusts.  blocked: what stops a release now, or 0; unseen: why a dose
        whose whole window went by was never called."""
        for dose in self.open_ended():
            if self.out and self.out[0] == dose.dose_id:
                continue
            if now_s >= dose.closes_s:
                self.ended[dose.dose_id] = self.verdict(dose, blocked, unseen)
            elif now_s >= dose.due_s and self.wanted(dose):
                self.called.add(dose.dose_id)
        if self.authorisation and now_s >= self.authorisation.until_s:
            self.authorisation = None
        self.forget_what_is_done()

    def verdict(self, dose, blocked, unseen):
        """How a dose ends that nobody had before its window closed."""
        if not self.wanted(dose):
            return WITHHELD, CAUSE_PAUSED
        if dose.dose_id not in self.called:
            return WITHHELD, unseen
        if blocked and not dose.flags & MESSAGE_ONLY:
            return WITHHELD, blocked
        return MISSED, 0

    def must_lock(self, now_s):
        """Has the dose that lies open lain there long enough?"""
        return self.out is not None and now_s >= self.out[2]

    def forget_what_is_done(self):
        order = self.authorisation
        if order:
            order.names -= (
                set(self.let_out) if order.kind == RELEASE_LATE else set(self.let_out) | set(self.ended)
            )
            if not order.names:
                self.authorisation = None

    def blocked(self, lid_open):
        """The cause that stops every release now, or 0."""
        if lid_open:
            return CAUSE_LID_OPEN
        return CAUSE_REFILL if self.filling or self.unfinished else 0

    # -- a press, and what the compartment did ---------------------------------------------------------------

    def reasons_against(self, now_s, blocked):
        """Every cause that stops a press now; empty: it lets out next_out()."""
        found = {CAUSE_PAUSED} if self.paused else set()
        choice = self.next_out(now_s)
        if choice is None:
            found.add(REFUSED_NOT_NOW)
            if any(
                dose.opens_s <= now_s < dose.closes_s and not self.wanted(dose) for dose in self.open_ended()
            ):
                found.add(CAUSE_PAUSED)
            if any(dose.flags & ASSISTED for dose in self.in_window(now_s)):
                found.add(REFUSED_ASSISTED)
        if blocked and not (choice and choice[0].flags & MESSAGE_ONLY):
            found.add(blocked)
        return found

    def release(self, now_s):
        """The intent is in the journal: from here on this dose is never let out again."""
        dose, kind = self.next_out(now_s)
        granted_until_s = self.authorisation.until_s if kind else 0
        locks_s = min(granted_until_s, now_s + OUT_AT_MOST_S) if kind else dose.closes_s
        self.let_out[dose.dose_id], self.out = kind, (dose.dose_id, kind, locks_s)
        self.forget_what_is_done()

    def done(self, word, cause=0):
        """The dose that lies open ends so.  A late one has its outcome already: this is said beside it."""
        dose_id, kind, _ = self.out
        self.out = None
        (self.late if kind == RELEASE_LATE else self.ended)[dose_id] = (word, cause)

    def confirm(self, dose_id):
        """The patient says that medicine outside the device is taken."""
        self.ended[dose_id] = TAKEN, 0
        self.forget_what_is_done()

    # -- what people order; each returns the refusals that hold, empty: it must be obeyed --------------------

    def authorise(self, kind, names, until_s, now_s):
        found = {errors.WRONG_STATE} if self.paused else set()
        found |= {errors.EXPIRED} if until_s <= now_s else set()
        found |= {errors.OUT_OF_BOUNDS} if until_s > now_s + AUTHORISED_AT_MOST_S else set()
        for name in names:
            dose = self.doses.get(name)
            found |= {errors.NO_SUCH_DOSE} if dose is None else self.unfit(kind, dose, until_s, now_s)
        if not found:
            self.authorisation = Authorisation(kind, until_s, names)
        return found

    def unfit(self, kind, dose, until_s, now_s):
        """Why this dose cannot be authorised so."""
        name, found = dose.dose_id, set()
        if dose.flags & MESSAGE_ONLY:  # there is nothing to let out
            found.add(errors.WRONG_STATE)
        if name in self.let_out:
            found |= {errors.ALREADY_RELEASED, errors.WRONG_STATE}
        if kind == RELEASE_LATE:
            if self.ended.get(name, ("none", 0)) in NEVER_LATE or self.ended[name][0] not in (
                MISSED,
                WITHHELD,
            ):
                found |= {errors.WRONG_STATE, errors.ALREADY_RELEASED}
            if now_s < dose.closes_s:  # the clock was ahead when it ended, and has been set back
                found.add(errors.NOT_NOW)
            if now_s >= dose.late_until_s or until_s > dose.late_until_s or not dose.late_s:
                found.add(errors.TOO_LATE)
            return found
        if name in self.ended:
            found |= {errors.WRONG_STATE, errors.ALREADY_RELEASED, errors.TOO_LATE}
        if kind == RELEASE_ASSISTED and not dose.flags & ASSISTED:
            found.add(errors.WRONG_STATE)
        if dose.flags & MESSAGE_ONLY or not self.wanted(
            dose
        ):  # there is nothing to let out, or a pause keeps it
            found.add(errors.WRONG_STATE)
        if now_s >= dose.closes_s or kind == RELEASE_ASSISTED and until_s > dose.closes_s:
            found.add(errors.TOO_LATE)
        return found

    def pause(self):
        if self.out:
            return {errors.NOT_NOW}
        self.paused, self.authorisation = True, None
        return set()

    def resume(self, from_s, now_s, ready):
        found = set() if self.paused else {errors.WRONG_STATE}
        found |= set() if ready else {errors.NOT_READY}
        found |= {errors.OUT_OF_BOUNDS} if from_s > now_s + RESUME_AT_MOST_S else set()
        if not found:
            self.paused, self.from_s = False, from_s
        return found

    def cancel(self, name):
        if name not in self.doses:
            return {errors.NO_SUCH_DOSE}
        if self.out and self.out[0] == name:
            return {errors.NOT_NOW}
        if name in self.ended:
            return {errors.WRONG_STATE}
        self.ended[name] = WITHHELD, CAUSE_CANCELLED
        self.forget_what_is_done()
        return set()

    # -- a new plan ------------------------------------------------------------------------------------------

    def spent(self):
        """The doses that may lie in somebody's stomach, or about which the patient was already told too late."""
        return set(self.let_out) | {name for name, (word, _) in self.ended.items() if word != WITHHELD}

    def activate(self, plan, now_s):
        """By an order from the centre: not while somebody fills, nor from under the patient's hand."""
        if plan.plan_id == self.plan_id and plan.version == self.version:
            return set()
        found = self.unfit_plan(plan, now_s) | ({errors.NOT_NOW} if self.filling else set())
        if self.unfinished and plan.plan_id == self.plan_id:  # nobody has looked what lies inside
            found.add(errors.WRONG_STATE)
        lies_there = {(dose.dose_id, dose.slot) for dose in plan.doses}
        if not lies_there.issuperset({(dose.dose_id, dose.slot) for dose in self.called_now()}):
            found.add(errors.NOT_NOW)
        if not found:
            self._change(plan)
        return found

    def called_now(self):
        return [dose for dose in self.open_ended() if dose.dose_id in self.called]

    def unfit_plan(self, plan, now_s):
        """Why this plan cannot come into force now, whoever asks."""
        found, same = set(), plan.plan_id == self.plan_id
        if same and plan.version <= self.version:
            found.add(errors.OLD_VERSION)
        if self.out:
            found.add(errors.NOT_NOW)
        for dose in plan.doses:
            before = self.doses.get(dose.dose_id)
            found |= self.misfit(dose, now_s, same) if before is None else self.moved(before, dose, same)
        return found

    def seal(self, plan, now_s):
        """Who filled says that this plan's medicine lies inside now.  What is called and not kept is withheld."""
        found = self.unfit_plan(plan, now_s)
        self.filling, self.unfinished = False, True  # of the old plan nothing can be had any more
        if not found:
            kept = {dose.dose_id for dose in plan.doses}
            for dose in self.called_now():
                if dose.dose_id not in kept:
                    self.ended[dose.dose_id] = WITHHELD, CAUSE_REFILL
            self._change(plan)
        return found

    def break_off(self, touched):
        """A refill ends without a seal; once something was touched only a new filling mends that."""
        self.filling, self.unfinished = False, self.unfinished or touched

    def misfit(self, dose, now_s, same):
        """Why this new dose cannot be taken up."""
        found = {errors.SLOT_USED} if same and dose.slot in self.slots_used() else set()
        found |= {errors.DOSE_IN_THE_PAST} if dose.closes_s <= now_s else set()
        given = dose.opens_s < self.until_given_s() or dose.dose_id in self.ended
        return found | ({errors.GIVEN_MEANWHILE} if given else set())

    def moved(self, before, dose, same):
        """Why this dose of the old plan cannot stand like that in the new one."""
        found = {errors.SLOT_USED} if same and before.slot != dose.slot else set()
        ahead = dose.dose_id not in self.ended and before.opens_s != dose.opens_s
        return found | ({errors.GIVEN_MEANWHILE} if ahead and dose.opens_s < self.until_given_s() else set())

    def slots_used(self):
        """Compartments of this filling that have been opened, or whose dose nobody may move."""
        mine = {d.slot for d in self.doses.values() if d.dose_id in self.ended or d.dose_id in self.let_out}
        kept = {d.slot for d in self.doses.values() if self.ended.get(d.dose_id) in REPLACEABLE}
        touched = {d.slot for d in self.doses.values() if d.dose_id in self.let_out}
        return self.used_slots | (mine - kept) | touched

    def until_given_s(self):
        """Up to this moment the plans so far have dealt with the patient's medicine."""
        times = [self.given_until_s]
        for name in self.spent() & set(self.doses):
            late = self.let_out.get(name) == RELEASE_LATE
            times.append(self.doses[name].late_until_s if late else self.doses[name].closes_s)
        return max(times)

    def _change(self, plan):
        same = plan.plan_id == self.plan_id
        self.used_slots, self.given_until_s = self.slots_used() if same else set(), self.until_given_s()
        names = {dose.dose_id for dose in plan.doses}
        for dose in self.open_ended():
            if dose.dose_id not in names:
                self.ended[dose.dose_id] = WITHHELD, CAUSE_REPLACED
        self.plan_id, self.version, self.authorisation = plan.plan_id, plan.version, None
        self.doses = {dose.dose_id: dose for dose in plan.doses}
        self.unfinished = False


REPLACEABLE = ((WITHHELD, CAUSE_CANCELLED), (WITHHELD, CAUSE_REPLACED))
NEVER_LATE = (*REPLACEABLE, ("none", 0))
