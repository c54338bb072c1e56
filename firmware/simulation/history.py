"""What happened to one dispenser: what it told, what it was told, and what really moved.  Knows nothing of its rules.

told   its events of all starts, in the order of its journal, read from the signed bytes
log    the world's own notes, in the order of true time: (at_ms, word, facts ...)
sent   every signed order: (at_ms, counter, body)
"""

from firmware.simulation.world import EPOCH_MS
from protocol.cose import event_hash
from protocol.envelope import NO_PREV
from protocol.record import Record

OFF = ("power cut", "watchdog", "crash")
OUTCOMES = ("DoseTaken", "DoseMissed", "DoseWithheld", "DoseUncertain")


def name_of(body: Record) -> str:
    """The event's or order's name; by name, because the firmware loads its classes more than once."""
    return type(body).__name__


class History:
    """`coses`: seq -> COSE bytes; `told`: seq -> what they say, read and verified.

    `until_s`: true UTC s at which it ends.  `crashes`: (at_ms, error) at the process edge.
    """

    def __init__(self, coses, told, log, sent, until_s, crashes=()):
        self.coses = coses
        self.log = log
        self.sent = sent
        self.until_s = until_s
        self.crashes = list(crashes)
        self.told = [told[seq] for seq in sorted(told)]
        self.plans = {(b.plan.plan_id, b.plan.version): b.plan for b in self.orders("StoreLoadPlan")}
        self._by_id = {}
        self.in_force = list(self._in_force())

    def orders(self, kind):
        """The bodies of every order of this kind, as sent."""
        return [body for _, _, body in self.sent if name_of(body) == kind]

    def authorisations(self):
        """counter -> AuthoriseRelease, as signed."""
        return {counter: body for _, counter, body in self.sent if name_of(body) == "AuthoriseRelease"}

    def events(self, *kinds):
        """(index in told, event, name) of these kinds; of all without."""
        for index, event in enumerate(self.told):
            name = name_of(event.body)
            if not kinds or name in kinds:
                yield index, event, name

    def _in_force(self):
        """The plan in force at each event of `told`, or None; the one just activated at its PlanActivated."""
        plan = None
        for event in self.told:
            if name_of(event.body) == "PlanActivated":
                plan = self.plans.get((event.body.plan_id, event.body.version))
            yield plan

    def dose(self, index, dose_id):
        """The dose of this name in the plan in force at told[index], or None."""
        return self._doses(self.in_force[index]).get(dose_id)

    def slot_in(self, plan, dose_id):
        """Where the plan has this dose, or None."""
        dose = self._doses(plan).get(dose_id)
        return None if dose is None else dose.slot

    def _doses(self, plan):
        """dose_id -> dose of a plan, made once."""
        if plan is None:
            return {}
        key = (plan.plan_id, plan.version)
        if key not in self._by_id:
            self._by_id[key] = {dose.dose_id: dose for dose in plan.doses}
        return self._by_id[key]

    def steps(self):
        """(note, [events]) of the log in order; with each note of the journal what it put on flash for good."""
        last, at_note = self.journalled(), {}
        for event in reversed(self.told):
            index = last.get(event.seq, None if event.seq + 1 not in last else last[event.seq + 1])
            if index is None:
                continue
            last[event.seq] = index
            at_note.setdefault(index, []).insert(0, event)
        for index, row in enumerate(self.log):
            yield row, at_note.get(index, ())

    def journalled(self):
        """seq -> index in the log at which it was on flash for good."""
        return {row[2]: index for index, row in enumerate(self.log) if row[1] == "journalled"}

    def aware_until_s(self):
        """True UTC s up to which it had power and knew the time: the history's end, or when it lost either."""
        clocks = {event.seq: event.clock for event in self.told}
        lost_ms = None
        for at_ms, word, *facts in self.log:
            if word in OFF or (word == "journalled" and not clocks.get(facts[0], 1)):
                lost_ms = at_ms if lost_ms is None else lost_ms
            elif word == "journalled":
                lost_ms = None
        return self.until_s if lost_ms is None else (EPOCH_MS + lost_ms) // 1000


def broken_chain(history):
    """What is wrong with the chain of events, in words; gaps that the device itself has told are none."""
    # JournalDamaged: so many are lost somewhere after this one; they need not lie side by side.
    told = [(event.body.last_good_seq, event.seq) for _, event, _ in history.events("JournalDamaged")]
    found, last, head = [], 0, NO_PREV
    for event in history.told:
        missing = [seq for seq in range(last + 1, event.seq) if not any(good < seq < at for good, at in told)]
        if missing:
            found.append("events %s are missing" % missing[:5])
        elif event.seq == last + 1 and event.prev != head and not told:
            found.append("event %d does not follow event %d" % (event.seq, last))
        last, head = event.seq, event_hash(history.coses[event.seq])
    return found
