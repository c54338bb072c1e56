"""The seven invariants over a history (docs/safety.md).  Each function returns sentences: none when it holds.

Written from the sentences themselves and from what really moved; imports nothing that decides inside the device.
"""

from collections import Counter

from firmware.simulation.history import OUTCOMES, broken_chain, name_of

RELEASE_EARLY, RELEASE_LATE, RELEASE_ASSISTED = 1, 2, 3
CANCELLED, REPLACED = 6, 7
ASSISTED = 4
FROM_RTC, SET_CLOCK = 1, 19  # source of ClockSet, type of the order
OUTCOME_S = 60  # window end to outcome, while powered and the clock is trusted
NOTICED_MS = 15_000  # a leaning or a turned dispenser is noticed by then: the firmware looks every 10 s
LEANING_DEG = 45
DOUBTED_S, CONTRADICTION_S = 600, 60
STEPS = ("ReleaseIntended", "DosePresented", "LateRelease", *OUTCOMES)
NOT_NOW = ("Not yet",)
REFUSAL_MS = 620_000  # a refusal within ten minutes of the same one is only shown again, for ten seconds
HEADLINES = {
    ("*Take", "*the cup"): ("DosePresented",),
    ("*Well done",): ("DoseTaken", "LateRelease"),
    ("*Medicine", "*is locked"): ("DoseMissed", "DoseWithheld", "LateRelease"),
}


def audit(history):
    """Every sentence that is broken, with the invariant's name before it."""
    found = ["I%d: %s" % (n, words) for n, check in enumerate(INVARIANTS, 1) for words in check(history)]
    found += ["chain: " + words for words in broken_chain(history)]
    return found + ["crash: %r at %d s" % (error, at_ms // 1000) for at_ms, error in history.crashes]


def i1_one_release(history):
    """At most one intent, and at most one opening by the motor, for each dose."""
    found = _doubled([event.body.dose_id for _, event, _ in history.events("ReleaseIntended")], "intents")
    opened = [row[3] for row in history.log if row[1] == "uncovers" and row[3] is not None]
    return found + _doubled(opened, "openings")


def _opens(row):
    """Whether this note is a motor that brings a compartment to light."""
    return row[1] == "shutter" and row[2] == "open" and row[3] not in (0, None)


def _doubled(names, what):
    return ["dose %s: %d %s" % (n.hex()[:8], times, what) for n, times in Counter(names).items() if times > 1]


def i2_in_window_or_authorised(history):
    """No intent outside the window, unless a signed authorisation names the dose."""
    authorisations = history.authorisations()
    found = []
    for index, event, _ in history.events("ReleaseIntended"):
        dose = history.dose(index, event.body.dose_id)
        if dose is None:
            found.append("dose %s is released and in no plan" % event.body.dose_id.hex()[:8])
            continue
        wrong = _not_allowed(event, dose, authorisations)
        if wrong:
            found.append("dose in slot %d at %d: %s" % (dose.slot, event.utc_s, wrong))
    return found


def _not_allowed(event, dose, authorisations):
    """Why this release may not be, or None."""
    inside = dose.opens_s <= event.utc_s < dose.closes_s
    kind = event.body.kind
    if kind is None:
        if dose.flags & ASSISTED:
            return "only staff may release it"
        return None if inside else "outside its window"
    order = authorisations.get(event.body.counter)
    if order is None or order.kind != kind or dose.dose_id not in order.dose_ids:
        return "no authorisation names it"
    if event.utc_s >= order.until_s:
        return "the authorisation was over"
    if kind == RELEASE_ASSISTED and not inside:
        return "staff, but outside its window"
    if kind == RELEASE_EARLY and event.utc_s >= dose.closes_s:
        return "early, after its window"
    if kind == RELEASE_LATE and not (dose.late_s and event.utc_s < dose.due_s + dose.late_s):
        return "later than is safe"
    return None


def i3_one_outcome(history):
    """Exactly one outcome for each dose of every plan that came into force, in time, and as it really was."""
    planned, aware_until_s = _planned(history), history.aware_until_s()
    outcomes, found = {}, []
    for event, name, excused in _ends(history):
        dose = planned.get(event.body.dose_id)
        outcomes.setdefault(event.body.dose_id, []).append(name)
        if dose is not None and event.utc_s > dose.closes_s + OUTCOME_S and not excused(dose):
            found.append("%s: outcome %d s after its window" % (_name(dose), event.utc_s - dose.closes_s))
    for dose_id, dose in planned.items():
        told = outcomes.pop(dose_id, [])
        if len(told) > 1 or (not told and dose.closes_s + OUTCOME_S < aware_until_s):
            found.append("%s: outcomes %s" % (_name(dose), told))
    found += ["dose %s has an outcome and is in no plan" % dose_id.hex()[:8] for dose_id in outcomes]
    return found + _supplements(history) + _not_as_it_was(history)


def _name(dose):
    return "dose %s" % dose.dose_id.hex()[:8]


def _planned(history):
    """dose_id -> the dose, as last in force."""
    planned = {}
    for index, _, _ in history.events("PlanActivated"):
        plan = history.in_force[index]
        for dose in plan.doses if plan is not None else ():
            planned[dose.dose_id] = dose
    return planned


def _ends(history):
    """(event, its name, whether a late outcome of this dose is excused) of every outcome.

    Excused: when the window closed it was off, or this start did not always know the time, or the time was stepped.
    """
    boot = began_s = unsure = None
    for _, event, name in history.events():
        if event.boot != boot:
            boot, began_s, unsure = event.boot, event.utc_s, False
        unsure = unsure or not event.clock or (name == "ClockSet" and event.body.source != FROM_RTC)
        if name in OUTCOMES:
            yield (
                event,
                name,
                lambda dose, sure_since_s=None if unsure else began_s: (
                    sure_since_s is None or sure_since_s > dose.closes_s - 5
                ),
            )


def _supplements(history):
    """One LateRelease for each late intent, one end for each authorisation."""
    intents = [e.body.dose_id for _, e, _ in history.events("ReleaseIntended") if e.body.kind == RELEASE_LATE]
    ends = [event.body.dose_id for _, event, _ in history.events("LateRelease")]
    found = (
        [] if sorted(intents) == sorted(ends) else ["%d late intents, %d ends" % (len(intents), len(ends))]
    )
    begun = [event.body.counter for _, event, _ in history.events("Authorised")]
    ended = [event.body.counter for _, event, _ in history.events("AuthorisationEnded")]
    if len(ended) != len(set(ended)) or not set(ended) <= set(begun):
        found.append("authorisations %s, ended %s" % (begun, ended))
    return found


def _not_as_it_was(history):
    """A dose that a hand took is never told as missed, withheld or returned."""
    taken = {row[3] for row in history.log if row[1] == "taken"}
    told = {}
    for _, event, name in history.events(*OUTCOMES):
        told.setdefault(event.body.dose_id, name)
    for _, event, _ in history.events("LateRelease"):
        told[event.body.dose_id] = "DoseMissed" if event.body.result == 2 else "DoseTaken"
    return [
        "dose %s was taken and is told as %s" % (dose_id.hex()[:8], told[dose_id])
        for dose_id in taken
        if told.get(dose_id) in ("DoseMissed", "DoseWithheld")
    ]


def i4_missed_stays_missed(history):
    """After an outcome there is no intent, but a late one for a dose that was missed or withheld."""
    ended, found = {}, []
    for _, event, name in history.events("ReleaseIntended", *OUTCOMES):
        body = event.body
        if name in OUTCOMES:
            ended.setdefault(body.dose_id, (name, getattr(body, "cause", 0)))
            continue
        end, cause = ended.get(body.dose_id, (None, 0))
        late = body.kind == RELEASE_LATE
        fit = end == "DoseMissed" or (end == "DoseWithheld" and cause not in (CANCELLED, REPLACED))
        if end is not None and not (late and fit):
            found.append("dose %s is released after %s" % (body.dose_id.hex()[:8], end))
    return found


def i5_sure_of_time_and_place(history):
    """No intent while the time is unset or doubted, or the position unproven."""
    intents = {event.seq: event for _, event, _ in history.events("ReleaseIntended")}
    found = ["slot %d: the clock is not set" % e.body.slot for e in intents.values() if not e.clock]
    last = history.journalled()
    place, doubt = Place(), Doubt(history)
    for index, row in enumerate(history.log):
        place.see(row)
        doubt.see(row)
        if row[1] == "journalled" and row[2] in intents and last[row[2]] == index:
            reasons = place.unproven(row), doubt.of(intents[row[2]], row[0])
            where = "release in slot %d at %d: " % (intents[row[2]].body.slot, intents[row[2]].utc_s)
            found += [where + reason for reason in reasons if reason]
    return found


class Place:
    """Whether the position is proven, seen from outside.  What happened a moment ago cannot be known yet."""

    def __init__(self):
        self._disturbed = None  # (at_ms, what) since the last motion that arrived
        self._leaning_ms = None

    def see(self, row):
        """One note of the world after the other."""
        at_ms, word = row[0], row[1]
        if word in ("power on", "arrived"):
            self._disturbed = None
            self._leaning_ms = at_ms if self._leaning_ms is not None else None
        elif word == "failed":
            self._disturbed = (at_ms - NOTICED_MS, row[2])
        elif word == "turned by hand":
            self._disturbed = self._disturbed or (at_ms, word)
        elif word == "tilt":
            if self._leaning_ms is not None and at_ms - self._leaning_ms > NOTICED_MS:
                self._disturbed = (self._leaning_ms, "tilted")
            leans = row[2] > LEANING_DEG
            self._leaning_ms = (self._leaning_ms or at_ms) if leans else None

    def unproven(self, row):
        """Why the position was not proven at this note of the journal, or None."""
        at_ms, _, _, position, tilt_deg, _ = row
        if position is None:
            return "the carousel stands between two compartments"
        if self._leaning_ms is not None and at_ms - self._leaning_ms > NOTICED_MS:
            return "it leans by %d degrees" % tilt_deg
        if self._disturbed is not None and at_ms - self._disturbed[0] >= NOTICED_MS:
            return "not proven anew since: " + self._disturbed[1]
        return None


class Doubt:
    """Whether a hub had contradicted the clock in this start, and the centre had not spoken since."""

    def __init__(self, history):
        self._accepted = [
            e for _, e, _ in history.events("CommandAccepted") if e.body.command_type == SET_CLOCK
        ]
        self._since_ms = None

    def see(self, row):
        """One note of the world after the other."""
        if row[1] == "power on":
            self._since_ms = None
        elif row[1] == "hub says" and abs(row[2]) > CONTRADICTION_S and self._since_ms is None:
            self._since_ms = row[0]

    def of(self, intent, at_ms):
        """Why the time was doubted at this intent, or None."""
        if self._since_ms is None or at_ms - self._since_ms >= DOUBTED_S * 1000:
            return None
        if [e for e in self._accepted if e.boot == intent.boot and e.seq < intent.seq]:
            return None
        return "the hub contradicted the clock %d s ago" % ((at_ms - self._since_ms) // 1000)


def i6_plan_whole(history):
    """Every plan in force was signed and came whole; every dose event is about a dose of it."""
    found = []
    ordered = {(body.plan_id, body.version) for body in history.orders("ActivatePlan")}
    before = None
    for index, event, name in history.events():
        body, plan = event.body, history.in_force[index]
        if name == "PlanActivated":
            key = (body.plan_id, body.version)
            if plan is None or key not in ordered or body.doses != len(plan.doses):
                found.append(
                    "plan version %d with %d doses was never ordered so" % (body.version, body.doses)
                )
            before = history.in_force[index - 1] if index else None
        elif hasattr(body, "dose_id") and not _belongs(history, body, plan, before):
            found.append("%s of slot %d is about no dose of the plan" % (name, body.slot))
    return found


def _belongs(history, body, plan, before):
    """Whether this dose lies there in the plan; the end of a replaced dose belongs to the plan before."""
    replaced = name_of(body) == "DoseWithheld" and body.cause == REPLACED
    plans = (plan, before) if replaced else (plan,)
    return any(one is not None and history.slot_in(one, body.dose_id) == body.slot for one in plans)


def i7_journal_first(history):
    """Every release, refusal and outcome is in the journal before anything moves or is shown."""
    by_seq = {event.seq: event for event in history.told}
    phases, last, found, refused_ms = {}, None, [], None
    for row in history.log:
        word = row[1]
        if word == "journalled":
            for seq in (row[2] - 1, row[2]):
                body = by_seq[seq].body if seq in by_seq else None
                if name_of(body) in STEPS:
                    phases[body.slot], last = name_of(body), name_of(body)
                refused_ms = row[0] if name_of(body) == "PressRefused" else refused_ms
        elif word == "turn" and row[2] and phases.get(row[2]) != "ReleaseIntended":
            found.append("turned to slot %d at %d ms without an intent" % (row[2], row[0]))
        elif _opens(row) and phases.get(row[3]) != "ReleaseIntended":
            found.append("opened slot %d at %d ms without an intent" % (row[3], row[0]))
        elif word == "shows":
            found += _shown_too_early(row, last)
            if row[2][:1] == NOT_NOW and (refused_ms is None or row[0] - refused_ms > REFUSAL_MS):
                found.append("a press was refused at %d ms and not journalled" % row[0])
    return found


def _shown_too_early(row, last):
    for headline, needed in HEADLINES.items():
        if row[2][: len(headline)] == headline and last not in needed:
            yield "%s was shown at %d ms after %s" % (" ".join(headline), row[0], last)


INVARIANTS = (
    i1_one_release,
    i2_in_window_or_authorised,
    i3_one_outcome,
    i4_missed_stays_missed,
    i5_sure_of_time_and_place,
    i6_plan_whole,
    i7_journal_first,
)
